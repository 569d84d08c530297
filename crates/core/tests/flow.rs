//! What a flow says: its steps show neither a request nor an outcome.
#![allow(clippy::unwrap_used, reason = "a test may")]

use authwire_core::http::Request;
use authwire_core::{Step, Timestamp};

#[test]
fn a_steps_debug_shows_when_and_not_what() {
    let request = Request::get("https://toy.example/SENTINEL").body(b"SENTINEL".to_vec()).unwrap();
    assert_eq!(format!("{:?}", Step::<()>::Send(request)), "Send(..)");
    assert_eq!(format!("{:?}", Step::<()>::Wait(Timestamp::from_millis(7))), "Wait(Timestamp(7))");
    assert_eq!(format!("{:?}", Step::Done("SENTINEL")), "Done(..)");
}

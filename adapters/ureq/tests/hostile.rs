//! Every fault of the hostile server, over ureq. A program of its own, since it counts threads and descriptors.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[path = "../../testing/over_ureq.rs"]
mod over_ureq;
#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;

use testing::faults::{Subject, survive};

#[test]
fn every_fault() {
    survive(&[Subject { name: "authwire-ureq", make: over_ureq::make, phases: true, connects: true }]);
}

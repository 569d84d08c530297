//! What is left in memory, seen from outside: Linux lets a program read its own memory as a file.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a test may read a file")]

mod toy;

use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, MutexGuard};

use authwire_core::BuildFault;
use toy::{AnySecret, ApiKey, One, Plain, build};

/// One at a time: another test's allocation would take the place of what was freed.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Long, so that it has an allocation of its own size; the allocator writes over the first bytes of what is freed.
fn canary() -> String {
    (0..300u32).map(|at| char::from(b'a' + u8::try_from(at * at % 23).unwrap())).collect()
}

/// Where a text lies.
fn place(text: &str) -> u64 {
    text.as_ptr() as u64
}

/// How much of the canary is at this place now, in windows of eight bytes.
fn left_at(place: u64) -> usize {
    let mut now = [0u8; 300];
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut now, place).unwrap();
    let canary = canary();
    now.windows(8).zip(canary.as_bytes().windows(8)).filter(|(now, canary)| now == canary).count()
}

#[test]
fn a_text_that_is_not_wiped_is_seen() {
    let _alone = alone();
    let text = canary();
    let place = place(&text);
    assert_eq!(left_at(place), 293);
    drop(text);
    assert!(left_at(place) > 200, "the other tests of this file would see nothing");
}

#[test]
fn the_text_given_is_wiped_and_so_is_the_secret_and_each_copy() {
    let _alone = alone();
    let text = with_room(canary());
    let given = place(&text);
    let secret = ApiKey::new(text).unwrap();
    assert_eq!(left_at(given), 0, "the text given");
    let kept = place(secret.expose());
    let copy = secret.clone();
    let copied = place(copy.expose());
    assert_eq!([left_at(kept), left_at(copied)], [293, 293]);
    drop(secret);
    assert_eq!(left_at(kept), 0, "the secret");
    assert_eq!(left_at(copied), 293, "a copy outlives it");
    drop(copy);
    assert_eq!(left_at(copied), 0, "the copy");
}

/// The same text with room to grow: it is not of the size that a secret keeps.
fn with_room(mut text: String) -> String {
    text.reserve_exact(100);
    text
}

#[test]
fn a_text_of_its_exact_size_becomes_the_secret() {
    let _alone = alone();
    let text = canary().into_boxed_str().into_string();
    let given = place(&text);
    let secret = ApiKey::new(text).unwrap();
    assert_eq!(place(secret.expose()), given);
    drop(secret);
    assert_eq!(left_at(given), 0);
}

#[test]
fn a_text_that_is_refused_is_wiped() {
    let _alone = alone();
    let exact = (canary() + " ").into_boxed_str().into_string();
    for text in [exact, with_room(canary() + " ")] {
        let given = place(&text);
        assert!(ApiKey::new(text).is_err());
        assert_eq!(left_at(given), 0);
    }
}

/// A text with room to grow has more memory than it shows.
#[test]
fn what_a_text_held_before_is_wiped() {
    let _alone = alone();
    let mut text = canary();
    text.truncate(1);
    let given = place(&text);
    let secret = AnySecret::new(text).unwrap();
    assert_eq!(left_at(given), 0);
    drop(secret);
}

/// The most memory that this process ever had, in KiB.
fn peak() -> u64 {
    let status = read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line for the peak");
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Escaped it would be three times as long.
#[test]
fn a_huge_value_is_refused_before_it_is_escaped() {
    let _alone = alone();
    let huge = "/".repeat(64 << 20);
    let before = peak();
    let path = build::<One>(|draft| draft.segment("x", &huge));
    let query = build::<Plain>(|draft| draft.query("q", &huge));
    for built in [path, query] {
        assert_eq!(built.unwrap_err().fault(), BuildFault::TargetTooLong);
    }
    let growth = peak() - before;
    assert!(growth < 4 << 10, "{growth} KiB more");
}

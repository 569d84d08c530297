//! The laws of keepers, under proptest.

use authwire_tests::keepers;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_session_survives_or_is_given_up(input in vec(any::<u8>(), 0..300)) {
        keepers::session_keeper(&input);
    }
}

/// The scripts see many refreshes, and not ends alone.
#[test]
fn some_sessions_go_on() {
    let mut runner = TestRunner::deterministic();
    let scripts = vec(any::<u8>(), 200..300);
    let went = (0..1_000).map(|_| keepers::session_keeper(&scripts.new_tree(&mut runner).unwrap().current()));
    let went: Vec<_> = went.collect();
    let long = went.iter().filter(|went| went.renewed >= 3).count();
    let ended = went.iter().filter(|went| went.over).count();
    assert!(long > 50 && (100..950).contains(&ended), "{long} went on, {ended} ended");
}

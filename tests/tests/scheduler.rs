//! The laws of the scheduler under proptest: the same function that the fuzz target calls.

use authwire_tests::scheduler::{Tally, play};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_does_what_a_list_of_flows_does(input in vec(any::<u8>(), 0..600)) {
        play(&input);
    }
}

/// The law sees logins, and replies that come when their flow's slot is another's.
#[test]
fn it_is_put_to_work() {
    let mut seen = Tally::default();
    for seed in 0..200u64 {
        let mut state = seed;
        let input: Vec<u8> = (0..600).map(|_| random(&mut state)).collect();
        let tally = play(&input);
        seen.logged_in += tally.logged_in;
        seen.failed += tally.failed;
        seen.removed += tally.removed;
        seen.dropped += tally.dropped;
        seen.dropped_in_used_slot += tally.dropped_in_used_slot;
    }
    println!("{seen:?}");
    assert!(seen.logged_in > 400 && seen.failed > 400 && seen.removed > 200, "{seen:?}");
    assert!(seen.dropped > 1_000 && seen.dropped_in_used_slot > 200, "{seen:?}");
}

/// One byte of splitmix64.
fn random(state: &mut u64) -> u8 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) as u8
}

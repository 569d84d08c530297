//! A few thousand logins at once end as their phones decided. `examples/million_logins.rs` is the same with a million,
//! and with figures.

use authwire_tests::million::{Plan, Report, logins};

#[test]
fn they_end_as_their_phones_decided() {
    let report = logins(Plan { left: 50, ..Plan::new(3_000, 1) });
    println!("{report:?}");
    assert!(report.broken.is_empty(), "{report:?}");
    assert_eq!(report.pending, 3_000);
    assert_eq!(report.logins, 3_000 + report.left);
    assert_eq!(report.approved + report.declined + report.timed_out + report.left, report.logins);
    // That it is put to work.
    assert!(report.approved > 1_500 && report.declined > 200 && report.timed_out > 400, "{report:?}");
    assert!(report.lost > 300 && report.dropped > 300 && report.dropped_in_used_slot > 50, "{report:?}");
}

/// Without faults nothing is dropped: then what is dropped otherwise was late or doubled.
#[test]
fn a_sound_network_loses_nothing() {
    let report = logins(Plan { left: 0, lost: 0, late: 0, doubled: 0, ..Plan::new(1_000, 2) });
    assert!(report.broken.is_empty(), "{report:?}");
    let Report { requests, replies, lost, dropped, .. } = report;
    assert_eq!((requests, lost, dropped), (replies, 0, 0));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(logins(Plan::new(300, 3)), logins(Plan::new(300, 3)));
    assert_ne!(logins(Plan::new(300, 3)).requests, logins(Plan::new(300, 4)).requests);
}

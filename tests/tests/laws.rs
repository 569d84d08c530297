//! The laws under proptest: the same functions that the fuzz targets call.

use authwire_tests::bytes::Bytes;
use authwire_tests::laws;
use authwire_tests::{flows, golden, subject, targets};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// L1 and L4.
    #[test]
    fn a_request_is_what_was_meant_or_is_not_built(input in vec(any::<u8>(), 0..200)) {
        thread_local!(static SUBJECTS: Vec<subject::Subject> = subject::all());
        SUBJECTS.with(|subjects| laws::request(subjects, &input));
    }

    /// L2.
    #[test]
    fn a_reply_is_a_success_only_where_documented(input in vec(any::<u8>(), 0..200)) {
        thread_local!(static SUBJECTS: Vec<subject::Subject> = subject::all());
        SUBJECTS.with(|subjects| laws::reply(subjects, &input));
    }

    /// The laws of flows.
    #[test]
    fn a_flow_ends_whatever_comes(input in vec(any::<u8>(), 0..400)) {
        flows::any(&input);
    }

    /// L4 for the base: near a URL.
    #[test]
    fn a_base_url_is_read_alike(
        url in "(https?|HTTPS|ftp|)(://|:/|:)([a-zA-Z0-9.:\\[\\]@%_-]{0,20}|localhost|127.0.0.1|\\[::1\\]|\\[[0-9a-f:.]{0,20}\\])(:[0-9]{0,6})?([/a-z0-9.%?#\\\\;~!*'@-]{0,20})"
    ) {
        laws::base_url(&url);
    }

    /// L4 for the base: any text.
    #[test]
    fn any_text_as_a_base_url(text in any::<String>()) {
        laws::base_url(&text);
        laws::base_url(&format!("https://{text}"));
        laws::base_url(&format!("https://h/{text}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every fuzz target, without a fuzzer: bytes, and texts of what readers stumble over.
    #[test]
    fn every_target_takes_any_bytes(
        input in vec(any::<u8>(), 0..80),
        text in "([a-zA-Z0-9+/=_.-]{0,44}|[0-9 ]{0,12}|[ -~]{0,20}|[{}\\[\\]\":,a0 ]{0,16})",
    ) {
        for (_, target) in targets::ALL {
            target(&input);
            target(text.as_bytes());
        }
    }
}

/// What the fuzzers start from: each has some, small, and its law holds for them.
#[test]
fn the_seeds_of_the_fuzz_targets_hold() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let (mut seeds, mut bytes) = (0, 0);
    for (name, target) in targets::ALL {
        let files: Vec<_> = std::fs::read_dir(folder.join(name)).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.len() > 2, "{name}: too few seeds");
        for file in files {
            let seed = std::fs::read(file).unwrap();
            (seeds, bytes) = (seeds + 1, bytes + seed.len());
            target(&seed);
        }
    }
    println!("{} targets, {seeds} seeds, {bytes} bytes", targets::ALL.len());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), targets::ALL.len());
    assert!(bytes < 200_000);
}

/// The new readers accept what is good: a law that refuses all would hold.
#[test]
fn the_readers_take_what_is_good() {
    use authwire_core::BaseUrl;
    use authwire_tests::samples::PNG;

    assert!(laws::png(PNG) && !laws::png(&PNG[1..]));
    assert!(laws::retry_after(b"120") && laws::retry_after(b"Sun, 06 Nov 1994 08:49:37 GMT"));
    assert!(laws::json_object(" {\"a\":1} ") && laws::header_secret("k-12345"));
    assert!(laws::id("dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U") && laws::session_token(&[0, 0]));
    assert!(laws::return_to(&BaseUrl::new("https://a.example").unwrap(), "/b?c#d"));
    assert!(laws::callback(b"\0\0\x03mlthttps://app.example/login/mlt-8f3a"));
    assert!(laws::head(&[0, 0, 0, 0, 0, 1, 0, 0, 2]));
}

/// A law that holds because nothing is ever built would be worth nothing.
#[test]
fn most_requests_are_built() {
    for subject in &subject::all() {
        let mut refused = 0;
        for operation in &subject.operations {
            let built = (0..=255u8)
                .filter(|seed| {
                    let input: Vec<u8> =
                        (0..128u8).map(|at| seed.wrapping_mul(197).wrapping_add(at.wrapping_mul(seed | 1))).collect();
                    laws::request_of(subject, operation, &mut Bytes::new(&input))
                })
                .count();
            println!("{}: {built} of 256 built", operation.name);
            let least = if operation.fields.is_empty() { 256 } else { 64 };
            assert!((least..=256).contains(&built), "{}: {built} of 256 built", operation.name);
            refused += 256 - built;
        }
        assert!(refused > 100, "{}: {refused} refused", subject.name);
    }
}

/// The laws of flows see logins and signatures, not timeouts alone.
#[test]
fn some_flows_end_well() {
    let ends = |first: u8| {
        let inputs = (0..=255u8).map(|seed| {
            // A long pace and a long deadline, then steps and replies.
            let script = (0..60u8).map(move |at| seed.wrapping_mul(167).wrapping_add(at.wrapping_mul(seed | 1)) % 200);
            [vec![first, 0, 64, 255, 255], script.collect()].concat()
        });
        inputs.filter(|input: &Vec<u8>| flows::any(input)).count()
    };
    let all = [0, 1, 2, 3].map(ends);
    println!("{all:?} logins, signatures, verified ones and retried operations, of 256 scripts each");
    assert!(all.iter().all(|ends| (5..250).contains(ends)), "{all:?}");
}

/// L3.
#[test]
fn no_text_shows_a_secret() {
    let mut searches = 0;
    for subject in &subject::all() {
        for operation in &subject.operations {
            searches += laws::echoed(subject, operation);
        }
    }
    println!("{searches} searches, 0 hits");
    assert!(searches > 10_000);
}

/// L2 on every row of the golden tables.
#[test]
fn no_part_of_a_success_is_a_success() {
    let cut = each_row(laws::prefixes);
    println!("{cut} bodies cut");
    assert!(cut > 500);
}

/// L5.
#[test]
fn an_unreadable_error_has_its_statuss_own_meaning() {
    let tried = each_row(laws::default_variant);
    println!("{tried} unreadable errors");
    assert!(tried > 1_000);
}

/// L6.
#[test]
fn unknown_members_change_nothing() {
    let tried = each_row(laws::unknown_fields);
    println!("{tried} bodies with unknown members");
    assert!(tried >= 9);
}

/// L7, mechanically.
#[test]
fn no_mutation_of_a_success_is_a_success() {
    let tried = each_row(laws::mutations);
    println!("{tried} mutations");
    assert!(tried > 10_000);
}

fn each_row(law: fn(&subject::Subject, &golden::ReplyRow) -> usize) -> usize {
    let subjects = subject::all();
    let rows =
        subjects.iter().flat_map(|subject| golden::replies(subject.name).into_iter().map(move |row| (subject, row)));
    rows.map(|(subject, row)| law(subject, &row)).sum()
}

/// Every operation, every status, every media type, and every documented and junk body: `Ok` only where documented.
#[test]
fn the_status_matrix() {
    use authwire_tests::samples::{JUNK, MEDIA};
    use authwire_tests::source::Table;

    let (mut cells, mut successes) = (0u64, 0u64);
    for subject in &subject::all() {
        for operation in &subject.operations {
            let documented = &operation.documented;
            let mut values: Vec<&str> = documented.rows.iter().map(|row| row.values.as_str()).collect();
            values.sort_unstable();
            values.dedup();
            let mut bodies: Vec<&[u8]> =
                documented.rows.iter().map(|row| &row.body[..]).chain(JUNK.iter().copied()).collect();
            bodies.sort_unstable();
            bodies.dedup();
            for values in values {
                let made = operation.make(&mut Table::parse(values)).expect("golden values");
                for (media, body) in MEDIA.iter().flat_map(|media| bodies.iter().map(move |body| (media, body))) {
                    let mut response = golden::response(200, *media, body.to_vec());
                    for status in 100..1_000 {
                        *response.status_mut() = status.try_into().expect("a status");
                        cells += 1;
                        if made.response(&response).is_ok() {
                            successes += 1;
                            assert!(
                                documented.may_be_ok(status, *media, body),
                                "{} {values}: {status} {media:?} {}",
                                operation.name,
                                String::from_utf8_lossy(body)
                            );
                        }
                    }
                }
            }
        }
    }
    println!("{cells} cells, {successes} successes, all documented");
    assert!(cells > 1_000_000 && successes > 100);
}

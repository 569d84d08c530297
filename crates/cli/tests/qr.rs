//! What the terminal shows, read back as a scanner would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::process::Command;

use authwire_cli::qr::for_terminal;
use authwire_emulator::lagrello::Authenticator;

/// Black on white, by the entries of the 256 colours that no theme changes, for each line and no longer.
const BEGIN: &str = "\u{1b}[38;5;16;48;5;231m";
const END: &str = "\u{1b}[0m";
/// What the standard asks for around a code, in modules.
const QUIET: usize = 4;
/// Pixels for a module.
const SCALE: usize = 3;

/// What the printed lines look like: true is dark.
fn bitmap(lines: &[&str]) -> Vec<Vec<bool>> {
    let mut rows = Vec::new();
    for line in lines {
        let blocks = line.strip_prefix(BEGIN).unwrap().strip_suffix(END).unwrap();
        let halves: Vec<_> = blocks
            .chars()
            .map(|block| match block {
                ' ' => (false, false),
                '▀' => (true, false),
                '▄' => (false, true),
                '█' => (true, true),
                other => panic!("{other:?} is no half block"),
            })
            .collect();
        rows.push(halves.iter().map(|(upper, _)| *upper).collect::<Vec<_>>());
        rows.push(halves.iter().map(|(_, lower)| *lower).collect());
    }
    rows
}

/// Reads the printed lines as a scanner does.
fn scan(lines: &[&str]) -> Vec<u8> {
    let rows = bitmap(lines);
    let side = rows[0].len();
    assert!(rows.iter().all(|row| row.len() == side), "a rectangle");
    // An odd side leaves half a line.
    assert!(rows.len() == side || (rows.len() == side + 1 && rows[side].iter().all(|dark| !dark)));

    let dark_rows: Vec<_> = (0..side).filter(|row| rows[*row].contains(&true)).collect();
    let dark_columns: Vec<_> = (0..side).filter(|column| rows.iter().any(|row| row[*column])).collect();
    for dark in [dark_rows, dark_columns] {
        assert_eq!((dark[0], dark[dark.len() - 1]), (QUIET, side - QUIET - 1), "the quiet zone is whole, and no more");
    }

    let luma = |x: usize, y: usize| if rows[y / SCALE][x / SCALE] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, luma);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    let mut data = Vec::new();
    grids[0].decode_to(&mut data).unwrap();
    data
}

fn scan_text(text: &str) -> Vec<u8> {
    scan(&text.lines().collect::<Vec<_>>())
}

/// Bytes that look like nothing.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(next).collect()
}

#[test]
fn a_scanner_reads_what_is_printed() {
    for length in (1..60).chain([100, 255, 500, 1_000]) {
        let data = noise(length, 7);
        assert_eq!(scan_text(&for_terminal(&data).unwrap()), data, "{length} bytes");
    }
}

#[test]
fn bytes_that_other_modes_would_change_arrive_as_they_are() {
    let all: Vec<u8> = (0..=255).collect();
    // Digits, the alphanumeric set, Kanji in Shift JIS, and mixtures: a QR code could hold each in a mode of its own.
    let cases: [&[u8]; 7] = [
        b"0123456789",
        b"HTTPS://A.EXAMPLE/",
        b"\x93\x5f\xe4\xaa\x93\x5f",
        b"otpauth://totp/Ada?secret=GEZDGNBVGY3TQOJQ",
        b"AWE1E\x00\xff\x00\xff0123456789",
        &[0; 37],
        &all,
    ];
    for data in cases {
        assert_eq!(scan_text(&for_terminal(data).unwrap()), data);
    }
}

#[test]
fn one_mode_holds_it_all() {
    // ISO/IEC 18004, table 7: at level M, 40 digits fit version 2 (25 modules) in a mode of their own, and need version 3
    // (29 modules) in byte mode, of which version 2 holds 26. So do 38 of the alphanumeric set, and 16 Kanji.
    for data in [&[b'7'; 40][..], &[b'A'; 38], &b"\x93\x5f\xe4\xaa".repeat(8)] {
        let printed = for_terminal(data).unwrap();
        assert_eq!(bitmap(&printed.lines().collect::<Vec<_>>())[0].len(), 29 + 2 * QUIET, "{} bytes", data.len());
    }
}

#[test]
fn what_no_code_holds_is_not_printed() {
    // ISO/IEC 18004, table 7: version 40, level M, byte mode.
    assert!(for_terminal(&noise(2_331, 1)).is_some());
    assert!(for_terminal(&noise(2_332, 1)).is_none());
}

#[test]
fn the_codes_of_the_tour_can_be_scanned() {
    let output = Command::new(env!("CARGO_BIN_EXE_authwire")).args(["tour", "--qr"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = shown.lines().collect();
    // One picture: the lines in a row that begin with its colours.
    let pictures: Vec<_> = lines
        .chunk_by(|left, right| left.starts_with(BEGIN) == right.starts_with(BEGIN))
        .filter(|chunk| chunk[0].starts_with(BEGIN))
        .collect();
    let codes: Vec<_> = pictures.iter().map(|picture| scan(picture)).collect();
    // Through each adapter: an enrolment, a login and one that moves with nextAuth, then Lagrello's secret for an app.
    let next_auth: [&[u8]; 3] = [b"AWE1E", b"AWE1L", b"AWE1L"];
    let secret: &[u8] = b"otpauth://totp/";
    let begin = [&next_auth[..], &next_auth, &[secret, secret]].concat();
    assert_eq!(codes.len(), begin.len());
    for (code, begin) in codes.iter().zip(begin) {
        assert!(code.starts_with(begin), "{code:?}");
    }
    for code in &codes[6..] {
        let uri = String::from_utf8(code.clone()).unwrap();
        assert_eq!(Authenticator::scan(&uri).unwrap().issuer(), Some("Example Company"));
    }
}

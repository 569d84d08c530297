//! Writes the seeds of the fuzz targets, `fuzz/seeds/TARGET/NAME`, from the golden tables, the vectors and samples: what a
//! fuzzer would be long in finding. `cargo run -p authwire-tests --example seeds`; nothing else writes there.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use authwire_tests::samples::{JUNK, PNG};
use authwire_tests::vectors::{self, Must};
use authwire_tests::{subject, targets};

fn main() -> Result<(), Box<dyn Error>> {
    let mut seeds: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    let mut add = |target: &'static str, seed: Vec<u8>| seeds.entry(target).or_default().push(seed);

    for (at, subject) in subject::all().iter().enumerate() {
        for (operation, ours) in subject.operations.iter().enumerate() {
            let head = [u8::try_from(at)?, u8::try_from(operation)?];
            // All fields by plausible values.
            add("request", [&head[..], &(0..96u8).map(|at| at.wrapping_mul(37)).collect::<Vec<_>>()].concat());
            let rows = &ours.documented.rows;
            let mut known = Vec::new();
            for (row, documented) in rows.iter().enumerate() {
                let kind = (documented.status, documented.is_ok(), documented.form);
                if known.contains(&kind) || known.len() > 3 || row > 255 {
                    continue;
                }
                known.push(kind);
                let row = u8::try_from(row)?;
                let statuses =
                    [200, 200, 200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 429, 500];
                let status = statuses.iter().position(|status| *status == documented.status).unwrap_or_default();
                // As `laws::reply` takes its decisions: subject, operation, row, its values, a listed status, a media
                // type, and the documented body of the same row.
                let media = u8::from(documented.media.is_some());
                add("reply", vec![head[0], head[1], row, 0, 0, u8::try_from(status)?, media, row, 0]);
                if subject.name == "authentiq" {
                    add("error", vec![head[1], row, 128, media, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
                }
            }
        }
    }
    for url in vectors::urls().iter().step_by(12) {
        add("base_url", url.href.clone().unwrap_or_else(|| url.input.clone()).into_bytes());
        add("return_to", url.input.clone().into_bytes());
    }
    for file in vectors::json().iter().filter(|file| file.bytes.len() < 200) {
        let is_object = file.bytes.trim_ascii_start().starts_with(b"{");
        if is_object || file.must == Must::Either {
            add("json_object", file.bytes.clone());
        }
    }
    for junk in JUNK {
        add("json_object", junk.to_vec());
    }
    for chunk in [&b""[..], b"\0\0\0\x04tEXta\0b\0\x36\x37\x38\x39", b"\0\0\0\0IDAT\x35\xaf\x06\x1e"] {
        // Behind the head of 33 bytes.
        add("png", [&PNG[..33], chunk, &PNG[33..]].concat());
    }
    for text in [
        "0",
        "120",
        " 7 ",
        "-1",
        "1e3",
        "18446744073709551616",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
    ] {
        add("retry_after", text.into());
    }
    for text in ["k-12345", "", " lead", "trail ", "tab\tbed", "é", "123456", "12345678", "\u{7f}", "~!"] {
        add("header_secret", text.into());
    }
    for text in [
        "dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U",
        "dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6V",
        "rN6hUJbbB5V0M5Yb1lIA0Q==",
        "rN6hUJbbB5V0M5Yb1lIA0Q",
        "_-8=",
        "+/8=",
        "QR==",
        "4-4=4-4=",
        "alice@example.com",
    ] {
        add("id", text.into());
    }
    for template in 0..7 {
        add("callback", [&[0, template, 6][..], b"mlt+/=https://app.example/login/mlt-8f3a?utm=1"].concat());
    }
    // The kinds of decisions of `laws::session_token` and `laws::token_rules`, and bytes to decide by.
    for first in (0..=255u8).step_by(16) {
        add("session_token", [&[0, first][..], &[40, 3, 200, 77, 1, 2, 3, 4, 5, 6, 7, 8]].concat());
        add("jwt", [&[first][..], &[1, 0, 2, 40, 3, 200, 77, 1, 2, 3, 4, 5]].concat());
        add("head", [0, 0, 0, 0, first % 5, first, 0, first / 16, 1, 0, first / 8].to_vec());
        // A long pace and a long deadline, then steps and replies.
        let script = (0..60u8).map(|at| first.wrapping_mul(167).wrapping_add(at.wrapping_mul(first | 1)) % 200);
        let script: Vec<u8> = script.collect();
        add("flow", [&[first / 16, 0, 64, 255, 255], &script[..]].concat());
        add("scheduler", [&[first], &script[..]].concat());
        add("keeper", [&[first], &script[..]].concat());
    }
    add("session_token", [&[0, 224][..], b"ZTMwLmUzMC5YMTg"].concat());

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let _ = fs::remove_dir_all(&folder);
    let mut bytes = 0;
    for (name, target) in targets::ALL {
        let mut all = seeds.remove(name).ok_or("a target without seeds")?;
        all.sort_unstable();
        all.dedup();
        fs::create_dir_all(folder.join(name))?;
        for (at, seed) in all.iter().enumerate() {
            target(seed);
            bytes += seed.len();
            fs::write(folder.join(name).join(format!("{at:03}")), seed)?;
        }
        println!("{name}: {} seeds", all.len());
    }
    println!("{bytes} bytes");
    assert!(seeds.is_empty(), "seeds without a target");
    Ok(())
}

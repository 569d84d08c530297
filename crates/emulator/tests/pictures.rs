//! The pictures are real: decoded here by other people's code.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use authwire_emulator::nextauth::{NextAuth, Phone};
use common::{NOW, ask};

/// Width, height and RGB pixels.
fn decode(picture: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(picture));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width.try_into().unwrap(), info.height.try_into().unwrap(), pixels)
}

fn read_qr(picture: &[u8]) -> Vec<u8> {
    let (width, height, pixels) = decode(picture);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get((y * width + x) * 3).copied().unwrap()
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    let mut bytes = Vec::new();
    grids.first().unwrap().decode_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_login_code_reads_back_to_the_raw_bytes() {
    for seed in 0..8 {
        let mut nextauth = NextAuth::new(seed);
        let raw = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
        for (query, side) in [("", 500), ("&s=123", 123), ("&s=1000", 1000)] {
            let line = format!("GET /servers/{{s}}/sessions/qr/login?img=png{query}");
            let answer = ask(&mut nextauth, &line);
            assert_eq!(answer.headers()["content-type"], "application/octet-stream");
            let (width, height, _) = decode(answer.body());
            assert_eq!((width, height), (side, side));
            assert_eq!(read_qr(answer.body()), raw, "seed {seed}, side {side}");
        }
    }
}

#[test]
fn an_enrol_code_can_be_scanned_from_the_picture() {
    let mut nextauth = NextAuth::new(3);
    let picture = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/enrol?name=A&img=png").into_body();
    let raw = read_qr(&picture);
    Phone::new(1).scan_and_approve(&mut nextauth, NOW, &raw).unwrap();
}

#[test]
fn sizes_at_the_ends() {
    let mut nextauth = NextAuth::new(3);
    let smallest = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login?img=png&s=1");
    let (width, _, _) = decode(smallest.body());
    assert!((29..80).contains(&width), "one pixel a module at least: {width}");
    let largest = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login?img=png&s=4096");
    assert_eq!(decode(largest.body()).0, 4096);
}

#[test]
fn a_visual_hash_is_symmetric_and_its_servers_own() {
    let picture = ask(&mut NextAuth::new(1), "GET /servers/{s}/vash").into_body();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    let (width, height, pixels) = decode(&picture);
    assert_eq!(width, height);
    for row in pixels.chunks(width * 3) {
        let mut mirrored: Vec<_> = row.chunks(3).collect();
        mirrored.reverse();
        assert_eq!(mirrored.concat(), row);
    }
    assert!(pixels.iter().any(|light| *light != 255));
    assert_ne!(picture, ask(&mut NextAuth::new(2), "GET /servers/{s}/vash").into_body());
}

//! The rules that all transports share, without a socket.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use authwire_core::http::header::HOST;
use authwire_core::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use authwire_core::transport::{
    Collected, ExchangeError, MAX_BODY, MAX_HEAD, Origin, Phase, ProxyAddress, SetupError, TransportKind, check_head,
    host, limit, pause, prepare, prepare_with_host,
};
use authwire_core::{CallError, Sent, Timestamp};

#[test]
fn hosts() {
    for (uri, expected) in [
        ("https://example.com/", Some("example.com")),
        ("https://example.com:443/", Some("example.com")),
        ("https://example.com:80/", Some("example.com:80")),
        ("http://example.com:80/", Some("example.com")),
        ("http://example.com:443/", Some("example.com:443")),
        ("http://example.com:/", Some("example.com")),
        ("https://[::1]/", Some("[::1]")),
        ("https://[::1]:443/", Some("[::1]")),
        ("http://[::1]:8080/", Some("[::1]:8080")),
        ("http://example.com:0/", None),
        ("http://example.com:65536/", None),
        ("http://user@example.com/", None),
        ("http://user:word@example.com/", None),
        ("http://@example.com/", None),
        ("http://[::1]:/", Some("[::1]")),
        ("http://[::1]:0443/", Some("[::1]:0443")),
        ("http://example.com:12a4/", None),
        ("http://example.com:+80/", None),
        ("http://:80/", None),
        ("ws://example.com/", None),
        ("example.com:80", None),
        ("/path", None),
        ("*", None),
    ] {
        let Ok(uri) = uri.parse::<Uri>() else {
            assert_eq!(expected, None);
            continue;
        };
        assert_eq!(host(&uri), expected.map(HeaderValue::from_static), "{uri}");
    }
}

#[test]
fn requests_are_made_alike() {
    let mut request = Request::post("http://example.com").version(Version::HTTP_2).body(vec![1, 2]).unwrap();
    request.extensions_mut().insert("settings of some library");
    let request = prepare(request).unwrap();
    assert_eq!(request.version(), Version::HTTP_11);
    assert!(request.extensions().is_empty());
    assert_eq!(request.headers()["content-length"], "2");
    assert_eq!(request.headers().len(), 1);
}

#[test]
fn lengths_become_the_body_s() {
    let sent = |method: &str, lengths: &[&str], body: &[u8]| {
        let mut request = Request::builder().method(method).uri("http://example.com").body(body.to_vec()).unwrap();
        for length in lengths {
            request.headers_mut().append("content-length", HeaderValue::from_str(length).unwrap());
        }
        let request = prepare(request).ok()?;
        Some(
            request
                .headers()
                .get_all("content-length")
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .collect(),
        )
    };
    let said = |text: &str| Some(vec![text.to_owned()]);
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        for lengths in [&[][..], &["2"], &["02"], &[" 2 "], &["2", "2"]] {
            assert_eq!(sent(method, lengths, b"ab"), said("2"), "{method} {lengths:?}");
        }
        for lengths in [&["3"][..], &["2", "3"], &["+2"], &[""], &["2,2"], &["18446744073709551618"]] {
            assert_eq!(sent(method, lengths, b"ab"), None, "{method} {lengths:?}");
        }
        let empty = if matches!(method, "GET" | "DELETE") { Some(vec![]) } else { said("0") };
        for lengths in [&[][..], &["0"], &["00"], &["0", "0"]] {
            assert_eq!(sent(method, lengths, b""), empty, "{method} {lengths:?}");
        }
    }
}

#[test]
fn the_host_can_be_said() {
    let said = |named: Option<&str>| {
        let mut request = Request::get("http://example.com:80/path").body(vec![]).unwrap();
        request.headers_mut().extend(named.map(|name| (HOST, HeaderValue::from_str(name).unwrap())));
        prepare_with_host(request).map(|request| request.headers().get_all(HOST).iter().cloned().collect::<Vec<_>>())
    };
    assert_eq!(said(None), Ok(vec![HeaderValue::from_static("example.com")]));
    assert_eq!(said(Some("EXAMPLE.com")), Ok(vec![HeaderValue::from_static("example.com")]));
    assert_eq!(said(Some("example.org")), Err(TransportKind::Refused));
}

#[test]
fn an_origin_prepares_what_goes_there() {
    assert_eq!(Origin::of(&Uri::from_static("http://user@example.com")), None);
    let origin = Origin::of(&Uri::from_static("http://example.com:8080/some/path?and=more")).unwrap();
    let prepared = |uri: &str, named: &str| {
        let mut request = Request::post(uri).body(vec![1]).unwrap();
        request.headers_mut().extend(
            Some(named).filter(|named| !named.is_empty()).map(|named| (HOST, HeaderValue::from_str(named).unwrap())),
        );
        let mut ours = request.clone();
        (origin.prepare(&mut ours).map(|()| ours), prepare_with_host(request))
    };
    for (uri, named) in [
        ("http://example.com:8080/", ""),
        ("http://example.com:8080/path?query", "example.com:8080"),
        ("HTTP://EXAMPLE.com:8080/", ""),
        ("http://example.com:8080/", "Example.com:8080"),
    ] {
        let (ours, any) = prepared(uri, named);
        let (ours, any) = (ours.unwrap(), any.unwrap());
        assert_eq!(ours.headers()[HOST], "example.com:8080");
        assert_eq!(ours.headers().len(), any.headers().len());
        assert_eq!((ours.uri(), ours.version(), ours.body()), (any.uri(), any.version(), any.body()));
    }
    for (uri, named) in [
        ("https://example.com:8080/", ""),
        ("http://example.com/", ""),
        ("http://example.com:08080/", ""),
        ("http://example.org:8080/", ""),
        ("http://user@example.com:8080/", ""),
        ("/path", ""),
        ("http://example.com:8080/", "example.com"),
    ] {
        assert_eq!(prepared(uri, named).0.unwrap_err(), TransportKind::Refused, "{uri} {named}");
    }
}

fn head(status: u16, version: Version, headers: &[(&str, &str)]) -> Result<(), TransportKind> {
    check(&Method::GET, status, version, headers, 100)
}

fn check(
    method: &Method,
    status: u16,
    version: Version,
    headers: &[(&str, &str)],
    cap: usize,
) -> Result<(), TransportKind> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap());
    }
    let status = StatusCode::from_u16(status).unwrap();
    let outcome = check_head(method, status, version, &map, cap);
    // The two ways say the same.
    let mut response = Response::builder().status(status).version(version).body(()).unwrap();
    *response.headers_mut() = map;
    assert_eq!(Collected::begin(method, &response.into_parts().0, cap).map(|_| ()), outcome);
    outcome
}

#[test]
fn heads() {
    use TransportKind::{HeadTooLarge, Protocol, TooLarge, Unframed, UnsupportedEncoding};
    let chunked = ("transfer-encoding", "chunked");
    let five = ("content-length", "5");
    assert_eq!(head(200, Version::HTTP_11, &[chunked]), Ok(()));
    assert_eq!(head(200, Version::HTTP_11, &[five]), Ok(()));
    assert_eq!(head(200, Version::HTTP_11, &[five, five]), Ok(()));
    assert_eq!(head(200, Version::HTTP_11, &[five, ("content-length", " 5 ,5 ")]), Ok(()));
    assert_eq!(head(200, Version::HTTP_10, &[five]), Ok(()));
    assert_eq!(head(200, Version::HTTP_11, &[]), Err(Unframed));
    assert_eq!(head(200, Version::HTTP_10, &[]), Err(Unframed));
    assert_eq!(head(200, Version::HTTP_2, &[]), Ok(()));
    assert_eq!(head(200, Version::HTTP_2, &[five]), Ok(()));
    for bodiless in [101, 204, 304] {
        assert_eq!(head(bodiless, Version::HTTP_11, &[]), Ok(()));
        assert_eq!(head(bodiless, Version::HTTP_11, &[chunked, five]), Err(Protocol));
    }
    assert_eq!(check(&Method::HEAD, 200, Version::HTTP_11, &[("content-length", "999")], 100), Ok(()));
    assert_eq!(check(&Method::HEAD, 200, Version::HTTP_11, &[], 100), Ok(()));
    for (version, headers) in [
        (Version::HTTP_11, &[chunked, five][..]),
        (Version::HTTP_11, &[chunked, chunked]),
        (Version::HTTP_11, &[("transfer-encoding", "chunked, chunked")]),
        (Version::HTTP_11, &[("transfer-encoding", "identity")]),
        (Version::HTTP_11, &[("transfer-encoding", "")]),
        (Version::HTTP_10, &[chunked]),
        (Version::HTTP_2, &[chunked]),
        (Version::HTTP_11, &[five, ("content-length", "6")]),
        (Version::HTTP_2, &[five, ("content-length", "6")]),
        (Version::HTTP_11, &[("content-length", "5,")]),
        (Version::HTTP_11, &[("content-length", "")]),
        (Version::HTTP_11, &[("content-length", "+5")]),
        (Version::HTTP_11, &[("content-length", "0x5")]),
        (Version::HTTP_11, &[("content-length", "99999999999999999999")]),
    ] {
        assert_eq!(head(200, version, headers), Err(Protocol), "{version:?} {headers:?}");
    }
    for headers in [
        &[("transfer-encoding", "gzip, chunked")][..],
        &[("transfer-encoding", "gzip"), chunked],
        &[("content-encoding", "gzip"), five],
        &[("content-encoding", ""), five],
        &[("content-encoding", "identity"), ("content-encoding", "br"), five],
    ] {
        assert_eq!(head(200, Version::HTTP_11, headers), Err(UnsupportedEncoding), "{headers:?}");
    }
    assert_eq!(head(200, Version::HTTP_11, &[("content-encoding", "Identity"), five]), Ok(()));
    assert_eq!(head(200, Version::HTTP_11, &[("content-length", "100")]), Ok(()));
    assert_eq!(head(200, Version::HTTP_11, &[("content-length", "101")]), Err(TooLarge));
    let names: Vec<String> = (0..101).map(|number| format!("x-{number}")).collect();
    let mut many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(head(204, Version::HTTP_11, &many), Err(HeadTooLarge));
    many.pop();
    assert_eq!(head(204, Version::HTTP_11, &many), Ok(()));
    // "x: ", the value and the line's end, to the byte.
    let long = "y".repeat(MAX_HEAD - 5);
    assert_eq!(head(204, Version::HTTP_11, &[("x", &long)]), Ok(()));
    assert_eq!(head(204, Version::HTTP_11, &[("xx", &long)]), Err(HeadTooLarge));
    assert_eq!(head(204, Version::HTTP_11, &[("x", &long), ("y", "")]), Err(HeadTooLarge));
}

#[test]
fn bodies_are_collected_up_to_the_cap() {
    let mut headers = HeaderMap::new();
    headers.insert("content-length", HeaderValue::from_static("9000000000000000000"));
    let mut collected = Collected::new(&headers, MAX_BODY);
    collected.push(b"ab").unwrap();
    assert!(!format!("{collected:?}").contains("ab"));
    let mut collected = Collected::new(&headers, 3);
    collected.push(b"ab").unwrap();
    assert_eq!(collected.push(b"cd"), Err(TransportKind::TooLarge));
    collected.push(b"c").unwrap();
    collected.push(b"").unwrap();
    assert_eq!(collected.push(b"d"), Err(TransportKind::TooLarge));
    let mut response = Response::new(());
    response.extensions_mut().insert("of some library");
    response.headers_mut().insert("x", HeaderValue::from_static("y"));
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    let response = collected.into_response(response.into_parts().0);
    assert_eq!((response.status().as_u16(), response.body().as_slice()), (418, &b"abc"[..]));
    assert_eq!(response.headers()["x"], "y");
    assert!(response.extensions().is_empty());
}

#[test]
fn times() {
    let at = Timestamp::from_millis;
    assert_eq!(pause(at(0), at(500)), Duration::from_millis(500));
    assert_eq!(pause(at(0), at(5_000)), Duration::from_secs(1));
    assert_eq!(pause(at(0), Timestamp::MAX), Duration::from_secs(1));
    assert_eq!(pause(at(9), at(3)), Duration::from_millis(1));
    assert_eq!(limit(Duration::ZERO), Duration::from_millis(1));
    assert_eq!(limit(Duration::MAX), Duration::from_secs(86_400));
    assert_eq!(limit(Duration::from_secs(5)), Duration::from_secs(5));
}

#[test]
fn proxies() {
    let proxy = ProxyAddress::new("http://user:p%40ss@proxy:3128/").unwrap();
    assert_eq!((proxy.uri().to_string().as_str(), proxy.credentials()), ("http://proxy:3128/", Some("user:p@ss")));
    assert!(!format!("{proxy:?}").contains("p@ss"));
    assert_eq!(ProxyAddress::new("http://proxy").unwrap().credentials(), None);
    assert_eq!(ProxyAddress::new("proxy"), Err(SetupError::Proxy));
}

#[test]
fn errors() {
    let lost = ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Body));
    assert_eq!((lost.sent, lost.kind()), (Sent::Maybe, TransportKind::Timeout(Phase::Body)));
    assert!(lost.source.is_timeout());
    let unsent = ExchangeError::not_sent(TransportKind::Connect);
    for error in [lost, unsent] {
        let call: CallError<std::convert::Infallible> = error.into();
        assert_eq!(call.to_string(), error.to_string());
        assert_eq!(call.is_uncertain(), error.sent == Sent::Maybe);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), error.kind().to_string());
    }
}

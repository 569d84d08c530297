//! The router reads back what a careful client wrote.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use authwire_emulator::nextauth::{route, route_under, routes};
use common::escape;
use http::Request;

fn get(target: &str) -> Request<Vec<u8>> {
    Request::get(target).body(Vec::new()).unwrap()
}

#[test]
fn values_come_back_in_order_and_decoded_once() {
    for value in ["a/b+c==", "%2F", "ä ö", "..", ".", "a?b#c&d=e", "\u{0}\n", "😀", "a%20b+"] {
        let text = escape(value);
        let target = format!("/servers/{text}/sessions/qr/enrol?userid={text}&name=&x={text}");
        let routed = route(&get(&target)).unwrap();
        assert_eq!(routed.operation, "getQrEnrol");
        assert_eq!(routed.path, [("serverid".to_owned(), value.to_owned())]);
        assert_eq!(routed.path_value("serverid"), Some(value));
        let names: Vec<_> = routed.query.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["userid", "name", "x"]);
        assert_eq!(routed.query_value("userid"), Some(value));
        assert_eq!(routed.query_value("name"), Some(""));
        assert_eq!(routed.query_value("absent"), None);
    }
}

#[test]
fn every_route_is_found_by_its_own_template() {
    for wanted in routes() {
        let path = wanted.template.replace(['{', '}'], "");
        let request = Request::builder().method(&wanted.method).uri(&path).body(Vec::new());
        let routed = route(&request.unwrap()).unwrap();
        assert_eq!(routed.operation, wanted.operation);
        for (name, value) in &routed.path {
            assert_eq!(name, value);
            assert!(wanted.template.contains(&format!("{{{name}}}")));
        }
    }
}

#[test]
fn prefixes() {
    assert_eq!(route(&get("http://h/servers/s/vash")).unwrap().operation, "getServerVash");
    assert!(route_under("/a/b", &get("https://h/a/b/servers/s/vash")).is_some());
    assert!(route_under("/a", &get("/ab/servers/s/vash")).is_none());
    assert!(route_under("", &get("/a/servers/s/vash")).is_none());
    let (name, routed) = authwire_emulator::route(&get("/nextauth/servers/s/vash")).unwrap();
    assert_eq!((name, routed.operation), ("nextauth", "getServerVash"));
    assert!(authwire_emulator::route(&get("/nextauthservers/s/vash")).is_none());
    assert!(authwire_emulator::route(&get("/servers/s/vash")).is_none());
}

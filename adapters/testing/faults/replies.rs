//! Whole replies that want something of the client: groups 68 to 71 and 75. `tests/redirects` has more of the first.

use super::{Fault, GOOD, Sends, kept, whole};

pub fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    // Where nobody listens: a client that follows does not come back with this.
    let away = "http://127.0.0.1:1/";
    for status in [300, 301, 302, 303, 305, 307, 308] {
        for sends in [Sends::Get, Sends::Post] {
            let head = format!("HTTP/1.1 {status} Away\r\nlocation: {away}");
            faults.push(Fault::reply(68, &head, whole(&head), kept(status, GOOD)).sending(sends));
        }
    }
    for header in ["location: /fault", "x: y", "location:", "location: http://[", "location: file:///etc/passwd"] {
        let head = format!("HTTP/1.1 302 Found\r\n{header}");
        faults.push(Fault::reply(69, &head, whole(&head), kept(302, GOOD)));
    }
    for (group, head) in [
        (70, "200 OK|set-cookie: session=eve; Path=/"),
        (70, "200 OK|set-cookie: a=b|set-cookie: c=d; Max-Age=99999999999999999999"),
        (71, "401 No|www-authenticate: Basic realm=x"),
        (71, "401 No|www-authenticate: Digest realm=x, nonce=y|connection: keep-alive"),
        (71, "407 No|proxy-authenticate: Basic realm=x"),
        (71, "408 Late|x: y"),
        (71, "421 Misdirected|alt-svc: h2=\":1\""),
        (71, "425 Early|x: y"),
        (71, "200 OK|refresh: 0; url=http://127.0.0.1:1/"),
        (71, "200 OK|alt-svc: h3=\"127.0.0.1:1\"|link: <http://127.0.0.1:1/>; rel=preload"),
        (71, "200 OK|upgrade: h2c|strict-transport-security: max-age=9"),
        (75, "429 Slow|retry-after: 0"),
        (75, "429 Slow|retry-after: -1"),
        (75, "429 Slow|retry-after: 1000000000000000000"),
        (75, "429 Slow|retry-after: 99999999999999999999999999"),
        (75, "503 Slow|retry-after: Fri, 31 Dec 9999 23:59:59 GMT"),
        (75, "503 Slow|retry-after: soon|retry-after: 1"),
        (75, "429 Slow|x-ratelimit-reset: 18446744073709551615"),
    ] {
        let status = head[..3].parse().unwrap();
        let text = whole(&format!("HTTP/1.1 {}", head.replace('|', "\r\n")));
        faults.push(Fault::reply(group, head, text, kept(status, GOOD)));
    }
    faults
}

//! Which texts are a base URL. That others read them alike is a law of the workspace's own tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use authwire_core::{BaseUrl, InvalidValue, Reason};

#[test]
fn accepted_and_shown_so() {
    let longest_label = format!("https://{}.example", "a".repeat(63));
    let longest_name =
        format!("https://{}", ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join("."));
    let longest_prefix = format!("https://h/{}", "p".repeat(1_023));
    let table = [
        ("https://auth.example.com", "https://auth.example.com"),
        ("https://auth.example.com/", "https://auth.example.com"),
        ("HTTPS://Auth.Example.COM", "https://auth.example.com"),
        ("https://auth.example.com/Tenant/7/", "https://auth.example.com/Tenant/7"),
        ("https://auth.example.com:8443/x", "https://auth.example.com:8443/x"),
        ("https://h:1", "https://h:1"),
        ("https://h:65535", "https://h:65535"),
        ("https://h:443", "https://h:443"),
        ("https://my_host-1.example", "https://my_host-1.example"),
        ("https://1host.example", "https://1host.example"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://h/-._~!$&'()*+,;=:@", "https://h/-._~!$&'()*+,;=:@"),
        ("https://h/...", "https://h/..."),
        ("https://h/a/.b", "https://h/a/.b"),
        ("http://localhost", "http://localhost"),
        ("http://LocalHost:3360/", "http://localhost:3360"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.255.255.254", "http://127.255.255.254"),
        ("http://[::1]", "http://[::1]"),
        ("http://[0:0:0:0:0:0:0:1]:80/p", "http://[0:0:0:0:0:0:0:1]:80/p"),
        (longest_label.as_str(), longest_label.as_str()),
        (longest_name.as_str(), longest_name.as_str()),
        (longest_prefix.as_str(), longest_prefix.as_str()),
    ];
    for (text, shown) in table {
        let base = BaseUrl::new(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(base.to_string(), shown);
        assert_eq!(format!("{base:?}"), format!("BaseUrl({shown})"));
        // All ways in are one.
        assert_eq!(BaseUrl::insecure(text).as_ref(), Ok(&base));
        assert_eq!(text.parse::<BaseUrl>().as_ref(), Ok(&base));
        assert_eq!(BaseUrl::try_from(text).as_ref(), Ok(&base));
        assert_eq!(BaseUrl::try_from(text.to_owned()).as_ref(), Ok(&base));
    }
}

#[test]
fn its_parts() {
    let base = BaseUrl::new("https://Auth.example:8443/a/b/").unwrap();
    assert_eq!(base.scheme().as_str(), "https");
    assert_eq!(base.authority().as_str(), "auth.example:8443");
    assert_eq!(base.prefix(), "/a/b");
    assert!(base.is_https());
    let local = BaseUrl::new("http://localhost").unwrap();
    assert_eq!((local.scheme().as_str(), local.prefix(), local.is_https()), ("http", "", false));
}

#[test]
fn plain_http_is_for_loopback_hosts_or_on_demand() {
    for text in [
        "http://auth.example.com",
        "http://128.0.0.1",
        "http://126.255.255.255",
        "http://192.0.2.7",
        "http://0.0.0.0",
        "http://[::2]",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://localhost.example",
        "http://notlocalhost",
    ] {
        let reason = BaseUrl::new(text).unwrap_err().reason();
        assert_eq!(reason, Reason::Not("https, or http on a loopback host"), "{text}");
        assert!(!BaseUrl::insecure(text).unwrap().is_https(), "{text}");
    }
}

#[test]
fn refused_also_when_insecure() {
    let long_label = format!("https://{}.example", "a".repeat(64));
    let long_name = format!("https://{}", ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(62)].join("."));
    let host = "a URL with a valid host";
    let port = "a URL with a port from 1 to 65535";
    let path = "a URL with a plain path and nothing after it";
    let table = [
        ("", "an absolute URL"),
        ("auth.example.com", "an absolute URL"),
        ("https:/auth.example.com", "an absolute URL"),
        ("//auth.example.com", "an absolute URL"),
        ("https:\\\\auth.example.com", "an absolute URL"),
        ("://auth.example.com", "an http or https URL"),
        ("ftp://auth.example.com", "an http or https URL"),
        (" https://auth.example.com", "an http or https URL"),
        ("httpss://auth.example.com", "an http or https URL"),
        ("https://", host),
        ("https:///path", host),
        ("https://:8443", host),
        ("https://user@auth.example.com", host),
        ("https://good.example@evil.example", host),
        ("https://a b", host),
        ("https://a\\b", host),
        ("https://a\tb", host),
        ("https://a%2eb", host),
        ("https://h?query", host),
        ("https://h#fragment", host),
        ("https://h.", host),
        ("https://.h", host),
        ("https://a..b", host),
        ("https://-a.example", host),
        ("https://a-.example", host),
        ("https://bücher.example", host),
        ("https://127.1", host),
        ("https://2130706433", host),
        ("https://0x7f000001", host),
        ("https://127.0.0.1.", host),
        ("https://127.0.0.01", host),
        ("https://256.0.0.1", host),
        ("https://[::1", host),
        ("https://[::g]", host),
        ("https://[fe80::1%25eth0]", host),
        ("https://[]", host),
        (long_label.as_str(), host),
        (long_name.as_str(), host),
        ("https://h:", port),
        ("https://h:0", port),
        ("https://h:080", port),
        ("https://h:+80", port),
        ("https://h:-1", port),
        ("https://h:65536", port),
        ("https://h:99999", port),
        ("https://h:80:80", port),
        ("https://user:secret@auth.example.com", port),
        ("https://[::1]x", port),
        ("https://[::1]8443", port),
        ("https://[::1]:", port),
        ("https://h//", path),
        ("https://h//a", path),
        ("https://h/a//b", path),
        ("https://h/a//", path),
        ("https://h/.", path),
        ("https://h/..", path),
        ("https://h/a/../b", path),
        ("https://h/./a", path),
        ("https://h/%2e%2e", path),
        ("https://h/a b", path),
        ("https://h/a\\b", path),
        ("https://h/a?b", path),
        ("https://h/a#b", path),
        ("https://h/a\n", path),
        ("https://h/ü", path),
        ("https://h/\0", path),
        ("https://h/[a]", path),
    ];
    for (text, form) in table {
        let refused = Err(InvalidValue::new("base URL", Reason::Not(form)));
        assert_eq!(BaseUrl::new(text), refused, "{text:?}");
        assert_eq!(BaseUrl::insecure(text), refused, "{text:?}");
    }
    let long_prefix = format!("https://h/{}", "p".repeat(1_024));
    assert_eq!(BaseUrl::new(&long_prefix).unwrap_err().reason(), Reason::TooLong { max: 1_024 });
}

/// A secret in the wrong place, such as a password in the URL, does not come back in the error.
#[test]
fn an_error_does_not_repeat_the_url() {
    let error = BaseUrl::new("https://user:SENTINEL@auth.example.com").unwrap_err();
    assert_eq!(error.what(), "base URL");
    assert!(!format!("{error} {error:?}").contains("SENTINEL"));
}

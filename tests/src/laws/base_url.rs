//! L4, for the base itself: what is accepted, two independent readers of URLs take for the same origin and path.

use authwire_core::BaseUrl;

/// Any text as a base URL. Says whether it was accepted.
pub fn base_url(text: &str) -> bool {
    let strict = BaseUrl::new(text);
    let Ok(base) = BaseUrl::insecure(text) else {
        assert!(strict.is_err(), "what is refused when insecure is refused when secure");
        return false;
    };
    let shown = base.to_string();
    let browser = match url::Url::parse(&shown) {
        Ok(browser) => browser,
        // Whether a label is valid Punycode only a reader with Unicode's tables can say: it may refuse, not misread.
        Err(_) if shown.contains("xn--") => return true,
        Err(error) => panic!("{shown}: {error}"),
    };
    let library: http::Uri = shown.parse().unwrap_or_else(|error| panic!("{shown}: {error}"));
    // The reader that browsers use takes the text as given for the same, but for the slash at the end that we drop.
    let given = url::Url::parse(text.strip_suffix('/').unwrap_or(text));
    assert_eq!(given.as_ref(), Ok(&browser), "{text:?}");
    assert_eq!(Some(browser.scheme()), library.scheme_str());
    assert_eq!(browser.port_or_known_default(), library.port_u16().or(Some(if base.is_https() { 443 } else { 80 })));
    assert_eq!(browser.path().trim_end_matches('/'), base.prefix());
    assert_eq!(library.path().trim_end_matches('/'), base.prefix());
    let parts = (browser.username(), browser.password(), browser.query(), browser.fragment(), library.query());
    assert_eq!(parts, ("", None, None, None, None));
    let host = library.host().expect("a host").trim_start_matches('[').trim_end_matches(']');
    match browser.host().expect("a host") {
        url::Host::Domain(name) => assert_eq!(name, host),
        url::Host::Ipv4(address) => assert_eq!(Ok(address), host.parse()),
        url::Host::Ipv6(address) => assert_eq!(Ok(address), host.parse()),
    }
    let loopback = match browser.host().expect("a host") {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    assert_eq!(strict.is_ok(), base.is_https() || loopback, "{text:?}: plain http on loopback hosts only");
    assert_eq!(BaseUrl::insecure(&shown).as_ref(), Ok(&base), "what is shown is read again");
    true
}

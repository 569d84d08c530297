//! Settings that cannot be used.

use authwire_core::transport::SetupError;

use crate::testing::tls::Authority;

/// Settings that cannot be used. `build` makes a client from: roots, only those, client certificate, proxy, user agent.
pub fn setup_errors(
    build: impl Fn(Option<&str>, bool, Option<(&str, &str)>, Option<&str>, Option<&str>) -> Result<(), SetupError>,
) {
    let authority = Authority::new();
    let (chain, key, ..) = authority.issue("a");
    let (_, other_key, ..) = authority.issue("b");
    let pem = authority.pem();
    let truncated = &pem[..pem.len() / 2];
    let root = |pem, only| build(pem, only, None, None, None);
    assert_eq!(root(None, false), Ok(()));
    assert_eq!(root(Some(&pem), false), Ok(()));
    assert_eq!(root(Some(&pem), true), Ok(()));
    for (bad, only) in [(None, true), (Some(""), false), (Some("x"), false), (Some("0\u{3}abc"), false)] {
        assert_eq!(root(bad, only), Err(SetupError::RootCertificate), "{bad:?}");
    }
    assert_eq!(root(Some(truncated), false), Err(SetupError::RootCertificate));
    assert_eq!(root(Some(&key), false), Err(SetupError::RootCertificate));
    let client = |chain, key| build(None, false, Some((chain, key)), None, None);
    assert_eq!(client(&chain, &key), Ok(()));
    for (chain, key) in [(&chain, &other_key), (&chain, &chain), (&key, &key)] {
        assert_eq!(client(chain, key), Err(SetupError::ClientCertificate));
    }
    assert_eq!(client("", ""), Err(SetupError::ClientCertificate));
    let proxy = |text| build(None, false, None, Some(text), None);
    for good in ["http://p", "http://p:3128", "http://p:3128/", "http://u:w@p", "http://u@[::1]:3128", "http://u:%40@p"]
    {
        assert_eq!(proxy(good), Ok(()), "{good}");
    }
    for bad in
        ["", "p:3128", "https://p", "socks5://p", "http://", "http://p/x", "http://p?x", "http://p:0", "http://u:%FF@p"]
    {
        assert_eq!(proxy(bad), Err(SetupError::Proxy), "{bad}");
    }
    let agent = |text| build(None, false, None, None, Some(text));
    assert_eq!(agent("app/1 (x)"), Ok(()));
    for bad in ["", "a\nb", "ä"] {
        assert_eq!(agent(bad), Err(SetupError::UserAgent));
    }
}

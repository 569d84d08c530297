//! R43: where a browser may be sent after a login is on our own origin for every reader, or nowhere.

use authwire_core::BaseUrl;
use authwire_nap::UntrustedReturnTo;

/// Any text as the place to return to, for this home. Says whether it was accepted.
pub fn return_to(home: &BaseUrl, text: &str) -> bool {
    let untrusted = UntrustedReturnTo::new(text);
    assert_eq!(untrusted.untrusted_text(), text);
    assert_eq!(format!("{untrusted:?}"), "UntrustedReturnTo(..)");
    let Some(path) = untrusted.same_origin_path(home) else { return false };
    assert!(path.starts_with('/') && text.ends_with(path), "{text:?} became {path:?}");
    let own: url::Url = home.to_string().parse().expect("a base is a URL");
    // As a link on any page of ours, and as a `Location` that a server makes absolute by putting its origin before it.
    let origin = format!("{}://{}", home.scheme(), home.authority());
    for page in ["/", "/a/b/c?d#e", "/a/"] {
        let page = own.join(page).expect("a page");
        let target = page.join(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(target.origin(), own.origin(), "{text:?} leads away from {page}");
        // The text as it came leads to the same place.
        assert_eq!(page.join(text).as_ref(), Ok(&target), "{text:?}");
    }
    let absolute: url::Url = format!("{origin}{path}").parse().unwrap_or_else(|error| panic!("{path:?}: {error}"));
    assert_eq!(absolute.origin(), own.origin(), "{text:?}");
    // This reader refuses some of what browsers read.
    let library: Option<http::Uri> = format!("{origin}{path}").parse().ok();
    assert!(library.is_none_or(|uri| uri.authority() == Some(home.authority())), "{text:?}");
    let header = http::HeaderValue::from_str(path).expect("a header value");
    assert!(header.as_bytes().iter().all(u8::is_ascii_graphic));
    // For readers that decode too early.
    let decoded = percent_encoding::percent_decode_str(path.split(['?', '#']).next().unwrap_or_default());
    let decoded = decoded.decode_utf8_lossy();
    assert!(!decoded.contains('\\') && !decoded.contains("//"), "{text:?} is {decoded:?} when decoded");
    true
}

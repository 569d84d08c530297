//! What can be a value, what can stand in a path, and the helpers: callback URLs, `otpauth` URIs, pages, permissions, times.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_lagrello::core::{Auth, BaseUrl, BuildFault, Endpoint, Reason, Timestamp};
use authwire_lagrello::http::Request;
use authwire_lagrello::images::GetTotpImage;
use authwire_lagrello::tenants::{ActivateTenant, Company, CreateTenant};
use authwire_lagrello::tokens::{
    CreateToken, DeleteToken, ListTokens, PageLink, PageSize, Permission, Permissions, TokenPage,
};
use authwire_lagrello::users::{
    CreateUser, DeleteUser, DisableTotp, EnableTotp, GetUser, SendMagicLink, UpdateUser, VerifyTotp,
};
use authwire_lagrello::{
    AccessToken, CallbackUrl, ErrorBody, INDEX, Lagrello, MagicLinkToken, QrImageUrl, TotpCode, TotpSecret, UserId,
    otpauth_uri,
};
use common::{make, provider, response};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn user_ids() {
    for good in ["a", " ", "alice@example.com", "é", &"ö".repeat(128), "a\u{200b}", "."] {
        assert_eq!(UserId::new(good).unwrap().as_str(), good);
    }
    for bad in ["", &"ö".repeat(129), "a\0", "a\n", "\u{7f}", "\u{85}"] {
        let error = UserId::new(bad).unwrap_err();
        assert_eq!(error.what(), "userId", "{bad:?}");
    }
}

/// All ways in are one, and what comes out for people is what went in; a `Debug` says what it is.
#[test]
fn texts_of_values() {
    let user = UserId::new("alice").unwrap();
    assert_eq!(
        ("alice".parse::<UserId>().as_ref(), UserId::try_from("alice".to_owned()).as_ref()),
        (Ok(&user), Ok(&user))
    );
    assert!("".parse::<UserId>().is_err() && UserId::try_from(String::new()).is_err());
    assert_eq!(format!("{user} {user:?}"), "alice UserId(\"alice\")");

    let text = "https://a.example/{}";
    let callback = CallbackUrl::new(text).unwrap();
    assert_eq!(
        (text.parse().as_ref(), CallbackUrl::try_from(text.to_owned()).as_ref()),
        (Ok(&callback), Ok(&callback))
    );
    assert!("https://a.example/".parse::<CallbackUrl>().is_err() && CallbackUrl::try_from(String::new()).is_err());
    assert_eq!(format!("{callback} {callback:?}"), format!("{text} CallbackUrl({text:?})"));

    let other = Permission::new("FLY");
    assert_eq!(format!("{} {other} {other:?}", Permission::Read), "READ FLY Other(\"FLY\")");
    let permissions: Permissions = [Permission::Read, other.clone()].into_iter().collect();
    assert!(permissions.contains(&other) && !permissions.contains(&Permission::Write));
}

/// Every operation with a path value, built for this one; `None` where it is refused.
fn paths(id: &str) -> Vec<(&'static str, Option<String>)> {
    fn path<E: Endpoint<Provider = Lagrello>>(endpoint: &E) -> (&'static str, Option<String>) {
        (E::NAME, endpoint.request(&provider()).ok().map(|request| request.uri().path().to_owned()))
    }
    let user = || UserId::new(id).unwrap();
    let mut paths = vec![
        path(&GetUser::new(user())),
        path(&UpdateUser::new(user())),
        path(&DeleteUser::new(user())),
        path(&SendMagicLink::new(user())),
        path(&EnableTotp::new(user())),
        path(&DisableTotp::new(user())),
        path(&VerifyTotp::new(user(), TotpCode::new("123456").unwrap())),
    ];
    if let Ok(key) = AccessToken::new(id) {
        paths.push(path(&DeleteToken::new(key)));
    }
    paths
}

#[test]
fn a_user_called_email() {
    for id in ["email", "Email", "EMAIL", "eMaIl"] {
        for (name, path) in paths(id) {
            let ambiguous = ["lagrello.users.get", "lagrello.users.update", "lagrello.users.delete"].contains(&name);
            assert_eq!(path.is_none(), ambiguous, "{name} {id}");
        }
    }
    let error = GetUser::new(UserId::new("email").unwrap()).request(&provider()).unwrap_err();
    let BuildFault::Value(invalid) = error.fault() else { panic!("{error}") };
    assert_eq!((invalid.what(), invalid.reason()), ("userId", Reason::Reserved));
    for id in ["emails", "e-mail", "email.smith", "email@example.com", "mail", "email "] {
        assert!(paths(id).iter().all(|(_, path)| path.is_some()), "{id}");
    }
}

#[test]
fn ids_that_would_be_another_path() {
    for id in [
        ".",
        "..",
        "../tenant",
        "a/../../tenant",
        "..\\tenant",
        "a/.",
        "/alice",
        "alice/",
        "\\alice",
        "%2e%2e",
        "..%2Ftenant",
        "%2e%2e%2ftenant",
        "..%252ftenant",
        "%25252e%25252e%25252ftenant",
        "..%5ctenant",
        "%2falice",
        "..;a=b/tenant",
        "..;",
        ";",
        ";a",
        "a/;b",
    ] {
        for (name, path) in paths(id) {
            assert_eq!(path, None, "{name} {id}");
        }
    }
    for id in ["a/b", "a..b", "...", "..a/b..", "a;b", "100%", "%", "%zz", "https://idp.example/7", "a\\b", "%61"] {
        for (name, path) in paths(id) {
            let path = path.unwrap_or_else(|| panic!("{name} {id}"));
            assert_eq!(path.split('/').count(), 4 + usize::from(path.ends_with("/totp") || path.ends_with("/email")));
        }
    }
}

/// The laxest router there can be: decodes for ever, takes a backslash for a slash, drops parameters, tidies the path.
fn lax(path: &str) -> Vec<String> {
    let mut path = path.to_owned();
    loop {
        let decoded = percent_encoding::percent_decode_str(&path).decode_utf8_lossy().into_owned();
        if decoded == path {
            break;
        }
        path = decoded;
    }
    let mut segments = Vec::new();
    for segment in path.split(['/', '\\']) {
        match segment.split(';').next().unwrap() {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment.to_owned()),
        }
    }
    segments
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_id_leaves_its_place(
        pieces in prop::collection::vec(
            prop_oneof![
                6 => prop::sample::select(vec![
                    ".", "..", "/", "\\", "%2e", "%2F", "%5c", "%25", "%", "2e", ";", "email", "tenant", "a", "é", "?", "#",
                ]).prop_map(str::to_owned),
                1 => "\\PC{1,3}",
            ],
            1..8,
        ),
    ) {
        let id = pieces.concat();
        for (name, path) in paths(&id) {
            let Some(path) = path else { continue };
            // A proper router reads the id back.
            let raw: Vec<_> = path.split('/').collect();
            let decoded = percent_encoding::percent_decode_str(raw[3]).decode_utf8().unwrap();
            prop_assert_eq!(&*decoded, id.as_str());
            // A lax one stays below the collection, and does not take the id for nothing.
            let lax = lax(&path);
            let collection = if name == "lagrello.tokens.delete" { "tokens" } else { "users" };
            prop_assert_eq!(&lax[..2], ["v1", collection]);
            prop_assert!(lax.len() >= raw.len() - 1, "{lax:?}");
        }
    }

    #[test]
    fn codes_are_six_to_eight_digits(text in prop_oneof!["[0-9]{0,10}", "[0-9 +-]{5,9}", "\\d{5,9}", "\\PC{0,9}"]) {
        let is_code = (6..=8).contains(&text.len()) && text.bytes().all(|byte| (b"0123456789").contains(&byte));
        prop_assert_eq!(TotpCode::new(text).is_ok(), is_code);
    }
}

#[test]
fn callback_templates() {
    for good in ["https://a.example/{}", "https://a.example/cb?t={}", "myapp:{}", "{}", "https://a.example/%7B{}"] {
        assert_eq!(CallbackUrl::new(good).unwrap().as_str(), good);
    }
    for bad in
        ["", "https://a.example/", "https://a.example/{ }", "https://a.example/{token}", "%7B%7D", "a/{}/{}", "{}\n"]
    {
        assert_eq!(CallbackUrl::new(bad).unwrap_err().what(), "callbackUrl", "{bad}");
    }
}

#[test]
fn tokens_in_clicked_urls() {
    let https = "https://app.example.com/login/{}";
    for (template, clicked, token) in [
        (https, "https://app.example.com/login/mlt", Some("mlt")),
        (https, "/login/mlt", Some("mlt")),
        (https, "HTTPS://App.Example.COM:443/login/MLT", Some("MLT")),
        (https, "https://app.example.com/login/mlt?utm_source=mail&x={}", Some("mlt")),
        (https, "https://app.example.com/login/mlt#top", Some("mlt")),
        (https, "https://app.example.com/login/a%2Bb%2Fc%3D%3D", Some("a+b/c==")),
        (https, "https://app.example.com/login/a+b%2541", Some("a+b%41")),
        (https, "https://app.example.com/login/mlt&x", Some("mlt&x")),
        (https, "http://app.example.com/login/mlt", None),
        (https, "https://app.example.com:8443/login/mlt", None),
        (https, "https://app.example.com.evil.example/login/mlt", None),
        (https, "https://app.example.com@evil.example/login/mlt", None),
        (https, "//evil.example/login/mlt", None),
        (https, "https://evil.example/login/mlt", None),
        (https, "/login/mlt?next=https://evil.example/", Some("mlt")),
        ("myapp:login/{}", "https://login/mlt", None),
        ("myapp:login/{}", "myapp://login/mlt", None),
        (https, "login/mlt", None),
        (https, "https://app.example.com/Login/mlt", None),
        (https, "https://app.example.com/login/mlt/more", None),
        (https, "https://app.example.com/login/", None),
        (https, "https://app.example.com/login", None),
        (https, "https://app.example.com/login/?mlt", None),
        (https, "https://app.example.com/logout?next=https://app.example.com/login/mlt", None),
        (https, "https://app.example.com/login/%ff", None),
        (https, "https://app.example.com/login/a%20b", None),
        (https, "https://app.example.com/login/%C3%A9", None),
        (https, "", None),
        ("https://a.example/cb?t={}&lang=sv", "/cb?t=mlt&lang=sv", Some("mlt")),
        ("https://a.example/cb?t={}&lang=sv", "/cb?t=a/b?c&lang=sv&utm=1", Some("a/b?c")),
        ("https://a.example/cb?t={}&lang=sv", "/cb?t=mlt&lang=svenska", None),
        ("https://a.example/cb?t={}&lang=sv", "/cb?t=mlt", None),
        ("https://a.example/cb?t={}&lang=sv", "/cb?x=1&t=mlt&lang=sv", None),
        ("https://a.example/cb?t=pre-{}-post", "/cb?t=pre-mlt-post#x", Some("mlt")),
        ("https://a.example/{}.html", "/mlt.html?x=1", Some("mlt")),
        ("https://a.example/{}.html", "/mlt", None),
        ("https://a.example/l/{}/go", "/l/mlt/go", Some("mlt")),
        ("https://a.example/l/{}/go", "/l/mlt/go/", None),
        ("https://a.example/l/{}/go", "/l/a/b/go", None),
        ("https://a.example?t={}", "https://a.example/?t=mlt", Some("mlt")),
        ("https://a.example?t={}", "https://a.example?t=mlt", Some("mlt")),
        ("http://localhost:80/{}", "http://localhost/mlt", Some("mlt")),
        ("https://a.example/#/login/{}", "https://a.example/#/login/mlt", Some("mlt")),
        ("https://a.example/#/login/{}/x", "https://a.example/#/login/mlt/x", Some("mlt")),
        ("https://a.example/#/login?t={}", "https://a.example/#/login?t=mlt&u=1", Some("mlt")),
        ("myapp://login/{}", "myapp://login/mlt", Some("mlt")),
        ("myapp:login/{}", "myapp:login/mlt", Some("mlt")),
        ("https://{}.example/", "https://mlt.example/", None),
    ] {
        let found = CallbackUrl::new(template).unwrap().token_from(clicked);
        assert_eq!(found.as_ref().ok().map(MagicLinkToken::expose), token, "{template} {clicked}");
        if let Err(error) = found {
            assert!(!error.to_string().contains("mlt") && !format!("{error:?}").contains("mlt"), "{error}");
        }
    }
}

proptest! {
    /// Whatever the token is: put into the template, as the provider must, and taken out again.
    #[test]
    fn a_token_is_taken_out_as_it_was_put_in(
        token in "[!-~]{1,40}",
        template in prop::sample::select(vec![
            "https://a.example/login/{}", "https://a.example/{}/go", "https://a.example/cb?t={}", "https://a.example/cb?a=1&t={}&b=2",
            "https://a.example/x{}y", "https://a.example?t={}", "https://a.example/#/login/{}", "http://localhost:8080/{}?q",
        ]),
        more in prop::sample::select(vec!["", "#x", "&utm=1"]),
    ) {
        let escaped = percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC).to_string();
        let mut clicked = template.replace("{}", &escaped);
        if more == "#x" && !template.contains('#') || more == "&utm=1" && template.contains('?') {
            clicked.push_str(more);
        }
        let callback = CallbackUrl::new(template).unwrap();
        let found = callback.token_from(&clicked).unwrap();
        prop_assert_eq!(found.expose(), &token);
        if let Some((_, path)) = clicked.split_once("://").and_then(|(_, rest)| rest.split_once('/')) {
            let found = callback.token_from(&format!("/{path}")).unwrap();
            prop_assert_eq!(found.expose(), &token);
        }
    }

    #[test]
    fn otpauth_uris_read_back(issuer in "[^:\\pC]{1,20}", account in "[^:\\pC]{1,30}", blocks in 1..8_usize) {
        let secret = "JBSWY3DP".repeat(blocks);
        let uri = otpauth_uri(&TotpSecret::new(secret.clone()).unwrap(), &issuer, &account).unwrap();
        // Read by somebody else's parser.
        let url = url::Url::parse(uri.expose()).unwrap();
        prop_assert_eq!((url.scheme(), url.host_str()), ("otpauth", Some("totp")));
        let label = percent_encoding::percent_decode_str(url.path().strip_prefix('/').unwrap()).decode_utf8().unwrap().into_owned();
        prop_assert_eq!(label, format!("{issuer}:{account}"));
        let query: Vec<_> = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        prop_assert_eq!(query, [("secret".to_owned(), secret), ("issuer".to_owned(), issuer)]);
        prop_assert!(!uri.expose().contains('+'), "some apps show a plus sign for a space");
    }
}

#[test]
fn otpauth_secrets() {
    let uri =
        |secret: &str| otpauth_uri(&TotpSecret::new(secret).unwrap(), "I", "a").map(|uri| uri.expose().to_owned());
    for (secret, written) in [
        ("JBSWY3DPEHPK3PXP", "JBSWY3DPEHPK3PXP"),
        ("jbsw y3dp ehpk 3pxp", "JBSWY3DPEHPK3PXP"),
        ("MFRGG===", "MFRGG"),
        ("ME======", "ME"),
    ] {
        assert_eq!(uri(secret).unwrap(), format!("otpauth://totp/I:a?secret={written}&issuer=I"));
    }
    for bad in ["secretKey", "A", "AAA", "AAAAAA", "MFRGG018", "MF=RGG", "====", "é", "AA&issuer=evil"] {
        let error = uri(bad).unwrap_err();
        assert_eq!(error.what(), "secretKey", "{bad}");
    }
    assert!(TotpSecret::new("A".repeat(4_096)).is_ok());
    for (bad, reason) in [
        (String::new(), Reason::Empty),
        ("A\0".to_owned(), Reason::Not("free of control characters")),
        ("A".repeat(4_097), Reason::TooLong { max: 4_096 }),
    ] {
        assert_eq!(TotpSecret::new(bad).unwrap_err().reason(), reason);
    }
    let secret = TotpSecret::new("MFRGG").unwrap();
    for (issuer, account) in [("", "a"), ("I", ""), ("I:", "a"), ("I", "a:b"), ("I\n", "a"), (&"x".repeat(5_000), "a")]
    {
        assert!(otpauth_uri(&secret, issuer, account).is_err(), "{issuer} {account}");
    }
}

#[test]
fn pictures_urls() {
    for good in ["https://api.lagrello.com/v1/images/totp?userSecret=A", "http://127.0.0.1:8080/", "HTTPS://a.example"]
    {
        assert!(QrImageUrl::new(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "/v1/images/totp",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "ftp://a/",
        "https:",
        "https://a b",
        "https://",
        "https:///a",
        "https://?a",
        "https://:80/",
        "https://a/\"onload=",
        "https://a\\b",
        "//a/b",
    ] {
        assert!(QrImageUrl::new(bad).is_err(), "{bad}");
    }
}

const TOKEN: &str = r#"{"tokenKey":"k","tokenName":"n","createdBy":"c","createdAt":"AT","permissions":PERMISSIONS}"#;

fn page_of(base: &str, list: ListTokens, next: &Value, previous: &Value) -> TokenPage {
    let provider = Lagrello::new(BaseUrl::new(base).unwrap(), &AccessToken::new("key-1").unwrap());
    let body = json!({"data": [], "paging": {"next": next, "previous": previous}}).to_string();
    list.response(&provider, &response(200, None, body)).unwrap()
}

#[test]
fn links_to_other_pages() {
    let plain = "https://api.lagrello.com";
    for (base, link, page) in [
        (plain, "https://api.lagrello.com/v1/tokens?page=4", Some((4, None))),
        (plain, "https://api.lagrello.com/v1/tokens?size=7&page=4&x=y", Some((4, Some(7)))),
        (plain, "https://api.lagrello.com/v1/tokens?page=4&size=21", Some((4, None))),
        (plain, "HTTPS://API.Lagrello.com:443/v1/tokens?page=4", Some((4, None))),
        (plain, "/v1/tokens?page=4", Some((4, None))),
        (plain, " https://api.lagrello.com/v1/tokens?page=4 ", Some((4, None))),
        (plain, "https://api.lagrello.com/v1/tokens?page=4#page=5", Some((4, None))),
        ("https://api.lagrello.com:8443", "https://api.lagrello.com:8443/v1/tokens?page=4", Some((4, None))),
        ("http://127.0.0.1:8080/lagrello", "http://127.0.0.1:8080/lagrello/v1/tokens?page=4", Some((4, None))),
        ("http://localhost", "http://localhost:80/v1/tokens?page=4", Some((4, None))),
        // Another origin.
        (plain, "http://api.lagrello.com/v1/tokens?page=4", None),
        (plain, "https://api.lagrello.com:8443/v1/tokens?page=4", None),
        (plain, "https://evil.example/v1/tokens?page=4", None),
        (plain, "https://api.lagrello.com.evil.example/v1/tokens?page=4", None),
        (plain, "https://api.lagrello.com@evil.example/v1/tokens?page=4", None),
        (plain, "https://evil@api.lagrello.com/v1/tokens?page=4", None),
        (plain, "https://api.lagrello.com\\@evil.example/v1/tokens?page=4", None),
        (plain, "//evil.example/v1/tokens?page=4", None),
        (plain, "/\\evil.example/v1/tokens?page=4", None),
        (plain, "ftp://api.lagrello.com/v1/tokens?page=4", None),
        (plain, "api.lagrello.com:443", None),
        (plain, "javascript:alert(1)", None),
        // Another path.
        (plain, "https://api.lagrello.com/v1/tenant?page=4", None),
        (plain, "https://api.lagrello.com/v1/tokens/?page=4", None),
        (plain, "https://api.lagrello.com/v1/tokens/../tenant?page=4", None),
        ("http://127.0.0.1:8080/lagrello", "http://127.0.0.1:8080/v1/tokens?page=4", None),
        ("http://127.0.0.1:8080/lagrello", "/v1/tokens?page=4", None),
        // No number.
        (plain, "https://api.lagrello.com/v1/tokens", None),
        (plain, "https://api.lagrello.com/v1/tokens?size=4", None),
        (plain, "https://api.lagrello.com/v1/tokens?page=", None),
        (plain, "https://api.lagrello.com/v1/tokens?page=four", None),
        (plain, "https://api.lagrello.com/v1/tokens?page=4&page=5", None),
        (plain, "https://api.lagrello.com/v1/tokens?page=99999999999999999999", None),
        (plain, "https://api.lagrello.com/v1/tokens?page=%34", None),
        (plain, "not a link", None),
    ] {
        for list in [ListTokens::new(), ListTokens::new().page(3)] {
            match (page_of(base, list, &json!(link), &Value::Null).next, page) {
                (PageLink::Page(cursor), Some((page, size))) => {
                    assert_eq!((cursor.page(), cursor.size().map(PageSize::get)), (page, size), "{link}");
                    let next = ListTokens::new().size(PageSize::MAX).at(cursor);
                    let target = format!("/v1/tokens?size={}&page={page}", size.unwrap_or(20));
                    assert_eq!(next.request(&provider()).unwrap().uri().path_and_query().unwrap(), target.as_str());
                }
                (PageLink::Elsewhere, None) => {}
                (found, _) => panic!("{link}: {found:?}"),
            }
        }
    }
    for end in [Value::Null, json!(""), json!("  ")] {
        assert_eq!(page_of(plain, ListTokens::new(), &end, &end).next, PageLink::End);
    }
}

/// A chain of next pages goes up, one of previous pages goes down: neither goes in circles.
#[test]
fn links_that_lead_on() {
    let base = "https://api.lagrello.com";
    for (asked, named) in [(3, 2), (3, 3), (3, 4), (0, -1), (i64::MIN, i64::MAX)] {
        let link = json!(format!("{base}/v1/tokens?page={named}"));
        let page = page_of(base, ListTokens::new().page(asked), &link, &link);
        assert_eq!(matches!(page.next, PageLink::Page(_)), named > asked, "{asked} {named}");
        assert_eq!(matches!(page.previous, PageLink::Page(_)), named < asked, "{asked} {named}");
    }
}

proptest! {
    /// Whatever stands there: what is requested next goes to our base, and holds numbers alone.
    #[test]
    fn no_link_leads_astray(link in prop_oneof![
        "\\PC{0,40}",
        "(https?:)?//(api\\.lagrello\\.com|[a-z@:.\\\\]{1,20})(:[0-9]{1,5})?(/v1/tokens|/[a-z/.]{0,10})?(\\?page=[0-9&=a-z%]{0,12})?",
    ]) {
        let base = "https://api.lagrello.com";
        if let PageLink::Page(cursor) = page_of(base, ListTokens::new(), &json!(link), &Value::Null).next {
            let request = ListTokens::new().at(cursor).request(&provider()).unwrap();
            prop_assert_eq!(request.uri().authority().unwrap().as_str(), "provider.example");
            prop_assert_eq!(request.uri().path(), "/v1/tokens");
            prop_assert!(link.trim().starts_with("https://api.lagrello.com") || link.trim().starts_with("/v1/tokens"), "{}", link);
        }
    }

    #[test]
    fn permissions_survive(names in prop::collection::vec(prop_oneof![
        Just("READ".to_owned()), Just("WRITE".to_owned()), Just("ADMIN".to_owned()), Just("read".to_owned()), "\\PC{0,10}",
    ], 0..6)) {
        let permissions: Vec<Permission> = names.iter().map(|name| Permission::new(name)).collect();
        let request = CreateToken::new("ci").permissions(permissions.clone()).request(&provider()).unwrap();
        let sent: Value = serde_json::from_slice(request.body()).unwrap();
        prop_assert_eq!(&sent["permissions"], &json!(names));
        let body = TOKEN.replace("PERMISSIONS", &sent["permissions"].to_string());
        let token = CreateToken::new("ci").response(&provider(), &response(200, None, body)).unwrap();
        prop_assert_eq!(token.permissions.as_slice(), &permissions[..]);
        prop_assert_eq!(token.permissions, permissions.iter().cloned().collect::<Permissions>());
        for (permission, name) in permissions.iter().zip(&names) {
            prop_assert_eq!(permission.as_str(), name);
            let known = matches!(permission, Permission::Read | Permission::Write | Permission::Admin);
            prop_assert_eq!(known, ["READ", "WRITE", "ADMIN"].contains(&name.as_str()));
        }
    }
}

#[test]
fn times() {
    for (text, millis) in [
        ("2000-01-23T04:56:07.000+00:00", Some(948_603_367_000)),
        ("2000-01-23T04:56:07Z", Some(948_603_367_000)),
        ("2000-01-23T05:56:07.123456789+01:00", Some(948_603_367_123)),
        ("2000-01-22T23:26:07.999999999-05:30", Some(948_603_367_999)),
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2016-12-31T23:59:60Z", Some(1_483_228_799_000)),
        ("1969-12-31T23:59:59.9999Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("2000-01-23T04:56:07", None),
        ("2000-01-23", None),
        ("2000-13-23T04:56:07Z", None),
        ("2000-02-30T04:56:07Z", None),
        ("yesterday", None),
        ("", None),
    ] {
        let body = TOKEN.replace("PERMISSIONS", "[]").replace("AT", text);
        let token = CreateToken::new("ci").response(&provider(), &response(200, None, body)).unwrap();
        assert_eq!(token.created_at.as_str(), text);
        assert_eq!(format!("{} {:?}", token.created_at, token.created_at), format!("{text} CreatedAt({text:?})"));
        assert_eq!(token.created_at.timestamp().map(Timestamp::as_millis), millis, "{text}");
    }
}

/// The goldens fill operations in by their fields; callers do it by these functions.
#[test]
fn what_is_set_is_sent() {
    fn body<E: Endpoint<Provider = Lagrello>>(endpoint: &E) -> Value {
        serde_json::from_slice(endpoint.request(&provider()).unwrap().body()).unwrap()
    }
    let company = Company::new("A").address("B").city("C").postal_code("D").country("SE");
    let activate = ActivateTenant::new(company.org_number("F").vat_number("G"));
    let sent = json!({
        "companyName": "A", "companyAddress": "B", "companyCity": "C", "companyPostalCode": "D",
        "companyCountry": "SE", "companyOrgNumber": "F", "companyVATNumber": "G",
    });
    assert_eq!(body(&activate), sent);
    let (alice, address) = (|| UserId::new("alice").unwrap(), "a@example.com");
    assert_eq!(body(&CreateUser::new(alice()).email(address)), json!({ "userId": "alice", "email": address }));
    assert_eq!(body(&UpdateUser::new(alice()).email(address)), json!({ "email": address }));
    assert_eq!(
        body(&CreateToken::new("ci").permissions([Permission::Read])),
        json!({ "tokenName": "ci", "permissions": ["READ"] })
    );
    let image = GetTotpImage::new().tenant_name("A").user(alice()).secret(TotpSecret::new("MFRGG").unwrap());
    let query = |request: &Request<Vec<u8>>| request.uri().query().map(str::to_owned).unwrap();
    assert_eq!(query(&image.request(&provider()).unwrap()), "tenantName=A&userId=alice&userSecret=MFRGG");
    let list = ListTokens::new().size(PageSize::MAX).page(3);
    assert_eq!(query(&list.request(&provider()).unwrap()), "size=20&page=3");
}

/// A request that was refused for this value.
fn refused<E: Endpoint<Provider = Lagrello>>(endpoint: &E) -> Option<&'static str> {
    match endpoint.request(&provider()).err()?.fault() {
        BuildFault::Value(invalid) => Some(invalid.what()),
        fault => panic!("{fault}"),
    }
}

#[test]
fn lengths_and_countries() {
    let text = |length| "ö".repeat(length);
    for (length, token, tenant, image) in [
        (0, true, true, true),
        (1, false, false, false),
        (40, false, false, false),
        (41, false, false, true),
        (128, false, false, true),
        (129, true, true, true),
    ] {
        assert_eq!(refused(&CreateToken::new(text(length))), token.then_some("tokenName"), "{length}");
        assert_eq!(refused(&CreateTenant::new(text(length), "a@b.c")), tenant.then_some("tenantName"), "{length}");
        assert_eq!(refused(&GetTotpImage::new().tenant_name(text(length))), image.then_some("tenantName"), "{length}");
    }
    for (length, refusal) in [(1, None), (128, None), (129, Some("userSecret"))] {
        let secret = TotpSecret::new(text(length)).unwrap();
        assert_eq!(refused(&GetTotpImage::new().secret(secret)), refusal, "{length}");
    }
    for (country, good) in
        [("SE", true), ("ZZ", true), ("", false), ("se", false), ("SWE", false), ("S1", false), ("é", false)]
    {
        let refusal = refused(&ActivateTenant::new(Company::new("A").country(country)));
        assert_eq!(refusal, (!good).then_some("companyCountry"), "{country}");
    }
    for (size, good) in [(0, false), (1, true), (20, true), (21, false), (u16::MAX, false)] {
        assert_eq!(PageSize::new(size).is_ok(), good, "{size}");
    }
}

#[test]
fn without_an_access_token() {
    let provider = Lagrello::without_token("https://provider.example".parse().unwrap());
    let values = "userId=alice payload=123456 id=k tenantName=T adminEmail=a callbackUrl={} tokenName=n companyName=A \
        companyAddress=B companyCity=C companyPostalCode=D companyCountry=SE companyOrgNumber=F companyVATNumber=G";
    let mut open = Vec::new();
    for entry in INDEX {
        match make(entry.name(), values).request(&provider) {
            Ok(request) => {
                assert!(!request.headers().contains_key("authorization"));
                assert_eq!(entry.auth(), Auth::None);
                open.push(entry.name());
            }
            Err(error) => assert!(matches!(error.fault(), BuildFault::Unsupported(_)), "{error}"),
        }
    }
    assert_eq!(open, ["lagrello.images.totp", "lagrello.tenants.create"]);
}

#[test]
fn bodies_of_errors() {
    let read = |body: &str| {
        let operation = GetUser::new(UserId::new("alice").unwrap());
        let error = operation.response(&provider(), &response(403, None, body)).unwrap_err();
        let body = ErrorBody::of(&error);
        assert!(body.iter().all(|body| format!("{body:?}") == "ErrorBody { .. }"));
        body.map(|body| (body.message().to_owned(), body.error_type().to_owned()))
    };
    let both = Some(("m".to_owned(), "t".to_owned()));
    assert_eq!(read(r#" {"errorType":"t","message":"m","new":1}"#), both);
    for bad in [
        "",
        "{}",
        r#"["m","t"]"#,
        r#"{"message":"m"}"#,
        r#"{"message":"m","errorType":null}"#,
        "<html>",
        r#"{"message":"m","errorType":"t""#,
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
}

/// Answers are read by types of our own inside: what they look like on the wire is not a promise of the public ones, which
/// may get a form of storage of their own.
#[test]
fn public_types_are_not_the_wire_s() {
    /// Whether a type is read by serde: two methods of one name, of which the inherent one is found first if its bound
    /// holds.
    struct Of<T>(core::marker::PhantomData<T>);
    trait NotRead {
        fn is_read(&self) -> bool {
            false
        }
    }
    impl<T> NotRead for Of<T> {}
    impl<T: serde::de::DeserializeOwned> Of<T> {
        fn is_read(&self) -> bool {
            true
        }
    }
    macro_rules! is_read {
        ($($of:ty)*) => {[$((stringify!($of), Of::<$of>(core::marker::PhantomData).is_read())),*]};
    }
    assert_eq!(is_read!(String), [("String", true)], "this test can tell");
    for (name, is_read) in is_read!(
        ErrorBody Company authwire_lagrello::tenants::Tenant authwire_lagrello::tokens::CreatedAt Permission Permissions
        authwire_lagrello::tokens::Token TokenPage authwire_lagrello::users::TotpKey authwire_lagrello::users::User
    ) {
        assert!(!is_read, "{name}");
    }
}

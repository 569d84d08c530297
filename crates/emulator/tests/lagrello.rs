//! Lagrello's server side, asked with raw requests, so that nothing but the emulator is under test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use authwire_emulator::lagrello::{Authenticator, Lagrello, Mail, MailContent, PageEnd, Permission, routes};
use authwire_emulator::{Emulator, Fault, Memory, route};
use http::{Request, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const NOW: Duration = Duration::from_secs(1_800_000_000);

/// Every operation: a request that succeeds for the tenant of [`ready`], where `{code}`, `{link}` and `{key}` stand for
/// what is good then, its status, and the permission that it needs.
const EVERY: [(&str, &str, &str, u16, Option<Permission>); 19] = {
    use Permission::{Admin, Read, Write};
    [
        ("users/create", "POST /v1/users", r#"{"userId":"bob","email":"bob@example.com"}"#, 201, Some(Write)),
        ("users/get", "GET /v1/users/alice", "", 200, Some(Read)),
        ("users/update", "PATCH /v1/users/alice", r#"{"email":"a@example.com"}"#, 200, Some(Write)),
        ("users/delete", "DELETE /v1/users/alice", "", 204, Some(Write)),
        ("users/email/send", "POST /v1/users/alice/email", "", 204, Some(Write)),
        ("users/email/auth", "GET /v1/users/email?payload={link}", "", 200, Some(Read)),
        ("users/totp/toggle", "POST /v1/users/alice/totp", r#"{"enable":true}"#, 200, Some(Write)),
        ("users/totp/toggle", "POST /v1/users/alice/totp", r#"{"enable":false}"#, 204, Some(Write)),
        ("users/totp/auth", "GET /v1/users/alice/totp?payload={code}", "", 200, Some(Read)),
        ("tenants/create", "POST /v1/tenant", r#"{"tenantName":"T","adminEmail":"t@example.com"}"#, 201, None),
        ("tenants/get", "GET /v1/tenant", "", 200, Some(Read)),
        ("tenant/update", "PATCH /v1/tenant", r#"{"callbackUrl":"https://b.example/{}"}"#, 200, Some(Write)),
        ("tenants/delete", "DELETE /v1/tenant", "", 204, Some(Admin)),
        ("tenants/activate", "POST /v1/tenant/activate", COMPANY, 200, Some(Write)),
        ("tenants/cardtoken", "GET /v1/tenant/cardtoken", "", 200, Some(Admin)),
        ("tokens/list", "GET /v1/tokens", "", 200, Some(Admin)),
        ("tokens/create", "POST /v1/tokens", r#"{"tokenName":"ci"}"#, 200, Some(Admin)),
        ("tokens/delete", "DELETE /v1/tokens/{key}", "", 204, Some(Admin)),
        ("images/totp", "GET /v1/images/totp?userSecret=JBSWY3DPEHPK3PXP", "", 200, None),
    ]
};

const COMPANY: &str = r#"{"companyName":"Example AB","companyAddress":"Storgatan 1","companyCity":"Stockholm",
    "companyPostalCode":"111 22","companyCountry":"SE","companyOrgNumber":"556000-0000","companyVATNumber":"SE5560000000"}"#;

fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn request(token: Option<&str>, line: &str, body: &str) -> Request<Vec<u8>> {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    request.body(body.as_bytes().to_vec()).unwrap()
}

/// A tenant with a user alice who has an address and TOTP.
struct World {
    lagrello: Lagrello,
    tenant: String,
    token: String,
    phone: Authenticator,
}

fn ready() -> World {
    let lagrello = Lagrello::new(1);
    let (tenant, token) = (lagrello.tenant_id().to_owned(), lagrello.access_token().to_owned());
    let mut world = World { lagrello, tenant, token, phone: Authenticator::enter("AA").unwrap() };
    assert!(world.lagrello.add_user(&world.tenant, "alice", Some("alice@example.com")));
    world.phone = world.enable();
    world
}

impl World {
    fn at(&mut self, now: Duration, line: &str, body: &str) -> Response<Vec<u8>> {
        let request = request(Some(&self.token), line, body);
        self.lagrello.handle(now, &request)
    }

    fn ask(&mut self, line: &str, body: &str) -> Response<Vec<u8>> {
        self.at(NOW, line, body)
    }

    fn get(&mut self, target: &str) -> Response<Vec<u8>> {
        self.ask(&format!("GET {target}"), "")
    }

    fn enable(&mut self) -> Authenticator {
        let answer = json_of(&self.ask("POST /v1/users/alice/totp", r#"{"enable":true}"#));
        Authenticator::enter(answer["secretKey"].as_str().unwrap()).unwrap()
    }

    fn mail(&self, to: &str) -> Mail {
        self.lagrello.last_mail(to).unwrap().clone()
    }

    /// Sends alice a link, and clicks it: the token, escaped as it stands in the URL.
    fn link(&mut self) -> String {
        assert_empty(&self.ask("POST /v1/users/alice/email", ""));
        let mail = self.mail("alice@example.com");
        mail.click().unwrap().strip_prefix("https://app.example.com/login/").unwrap().to_owned()
    }

    fn verify_link(&mut self, now: Duration, token: &str) -> Response<Vec<u8>> {
        self.at(now, &format!("GET /v1/users/email?payload={token}"), "")
    }

    fn verify_code(&mut self, now: Duration, code: &str) -> u16 {
        self.at(now, &format!("GET /v1/users/alice/totp?payload={code}"), "").status().as_u16()
    }

    /// Fills in what is good now.
    fn fill(&mut self, line: &str) -> String {
        let mut line = line.to_owned();
        if line.contains("{code}") {
            line = line.replace("{code}", &self.phone.code(NOW));
        }
        if line.contains("{link}") {
            line = line.replace("{link}", &self.link());
        }
        if line.contains("{key}") {
            let key = self.lagrello.add_token(NOW, &self.tenant, &[]).unwrap();
            line = line.replace("{key}", &key);
        }
        line
    }
}

fn json_of(response: &Response<Vec<u8>>) -> Value {
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["content-length"], response.body().len().to_string().as_str());
    serde_json::from_slice(response.body()).unwrap()
}

/// A 204.
fn assert_empty(response: &Response<Vec<u8>>) {
    assert_eq!(response.status(), 204);
    assert!(response.body().is_empty() && response.headers().is_empty());
}

/// The documented body of an error: two texts and nothing else.
fn assert_error(response: &Response<Vec<u8>>, status: u16, why: &str) {
    assert_eq!(response.status(), status, "{why}");
    let error = json_of(response);
    let keys: Vec<_> = error.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["errorType", "message"], "{why}");
    assert!(error.as_object().unwrap().values().all(Value::is_string), "{why}");
}

/// As the provider documents them.
const DOCUMENTED: [(&str, &[u16]); 18] = [
    ("users/create", &[201, 403, 409]),
    ("users/delete", &[204, 403, 404]),
    ("users/get", &[200, 403, 404]),
    ("users/update", &[200, 403, 404]),
    ("users/totp/auth", &[200, 401, 403, 404]),
    ("users/totp/toggle", &[200, 204, 403, 404]),
    ("users/email/auth", &[200, 401, 403, 404]),
    ("users/email/send", &[204, 400, 403, 404]),
    ("tenants/delete", &[204, 403]),
    ("tenants/get", &[200, 403]),
    ("tenant/update", &[200, 403]),
    ("tenants/create", &[201]),
    ("tenants/activate", &[200, 400, 403]),
    ("tenants/cardtoken", &[200, 403]),
    ("tokens/list", &[200]),
    ("tokens/create", &[200]),
    ("tokens/delete", &[204, 403, 404]),
    ("images/totp", &[200, 400]),
];

#[test]
fn every_documented_status_is_reached() {
    let mut reached = BTreeSet::new();
    let mut note = |line: &str, status: u16| {
        let operation = authwire_emulator::lagrello::route(&request(None, line, "")).unwrap().operation;
        reached.insert((operation, status));
    };
    for (operation, line, body, status, needed) in EVERY {
        let mut world = ready();
        let line = world.fill(line);
        assert_eq!(world.ask(&line, body).status(), status, "{operation}");
        note(&line, status);
        if needed.is_some() {
            world.token = "nonsense".into();
            note(&line, world.ask(&line, body).status().as_u16());
        }
    }
    for (line, body, status) in [
        ("POST /v1/users", r#"{"userId":"alice"}"#, 409),
        ("GET /v1/users/bob", "", 404),
        ("PATCH /v1/users/bob", "{}", 404),
        ("DELETE /v1/users/bob", "", 404),
        ("POST /v1/users/bob/email", "", 404),
        ("POST /v1/users/carl/email", "", 400),
        ("POST /v1/users/bob/totp", r#"{"enable":true}"#, 404),
        ("POST /v1/users/bob/totp", r#"{"enable":false}"#, 404),
        ("GET /v1/users/bob/totp?payload=123456", "", 404),
        ("GET /v1/users/carl/totp?payload=123456", "", 401),
        ("GET /v1/users/email?payload=made-up", "", 401),
        ("POST /v1/tenant/activate", &COMPANY.replace("\"SE\"", "\"Sweden\""), 400),
        ("DELETE /v1/tokens/made-up", "", 404),
        ("GET /v1/images/totp", "", 400),
    ] {
        let mut world = ready();
        assert!(world.lagrello.add_user(&world.tenant, "carl", None));
        assert_error(&world.ask(line, body), status, line);
        note(line, status);
    }
    let mut world = ready();
    let link = world.link();
    assert!(world.lagrello.delete_user(&world.tenant, "alice"));
    assert_error(&world.verify_link(NOW, &link), 404, "a deleted user's link");
    note("GET /v1/users/email", 404);

    // The two lists of tokens document no 403, and have one.
    let documented: BTreeSet<_> = DOCUMENTED
        .iter()
        .flat_map(|(operation, statuses)| statuses.iter().map(|status| (*operation, *status)))
        .chain([("tokens/list", 403), ("tokens/create", 403)])
        .collect();
    assert_eq!(reached, documented);
    assert_eq!(routes().len(), DOCUMENTED.len());
}

#[test]
fn permissions() {
    for (operation, line, body, status, needed) in EVERY {
        for permission in [Permission::Read, Permission::Write, Permission::Admin] {
            let mut world = ready();
            let line = world.fill(line);
            world.token = world.lagrello.add_token(NOW, &world.tenant, &[permission]).unwrap();
            let answer = world.ask(&line, body);
            if needed.is_none_or(|needed| needed == permission) {
                assert_eq!(answer.status(), status, "{operation} with {permission:?}");
            } else {
                assert_error(&answer, 403, operation);
            }
        }
    }
}

#[test]
fn no_or_a_wrong_token() {
    for (operation, line, body, status, needed) in EVERY {
        let mut world = ready();
        let line = world.fill(line);
        let good = format!("Bearer {}", world.token);
        let bad: [&[&str]; 7] = [
            &[],
            &[""],
            &["Bearer"],
            &["Bearer nonsense"],
            &[&world.token],
            &[&good.replace("Bearer", "Basic")],
            &[&good, &good],
        ];
        for headers in bad {
            let mut asked = request(None, &line, body);
            for value in headers {
                asked.headers_mut().append("authorization", value.parse().unwrap());
            }
            let answer = world.lagrello.clone().handle(NOW, &asked);
            match needed {
                Some(_) => assert_error(&answer, 403, operation),
                None => assert_eq!(answer.status(), status, "{operation}"),
            }
        }
        if needed.is_some() {
            let mut lower = request(None, &line, body);
            lower.headers_mut().insert("authorization", good.replace("Bearer", "bearer").parse().unwrap());
            assert_eq!(world.lagrello.clone().handle(NOW, &lower).status(), status, "{operation}");
            assert!(world.lagrello.remove_token(&world.token.clone()));
            assert_error(&world.ask(&line, body), 403, operation);
        }
    }
}

#[test]
fn a_refused_call_changes_nothing() {
    let mut world = ready();
    let link = world.link();
    let before = world.lagrello.mails().len();
    let good = std::mem::replace(&mut world.token, "nonsense".into());
    let code = world.phone.code(NOW);
    assert_eq!(world.verify_code(NOW, &code), 403);
    assert_eq!(world.verify_link(NOW, &link).status(), 403);
    assert_eq!(world.ask("DELETE /v1/users/alice", "").status(), 403);
    assert_eq!(world.ask("POST /v1/users/alice/email", "").status(), 403);
    assert_eq!(world.lagrello.mails().len(), before);
    world.token = good;
    assert_eq!(world.verify_code(NOW, &code), 200);
    assert_eq!(world.verify_link(NOW, &link).status(), 200);
}

#[test]
fn the_life_of_a_magic_link() {
    let mut world = ready();
    let link = world.link();
    // Awkward on purpose: the token has to be taken out of the URL decoded, and put into the query escaped.
    let token = percent_decode_str(&link).decode_utf8().unwrap().into_owned();
    assert!(token.contains('+') && token.contains('/') && token.contains('='));
    assert_eq!(
        json_of(&world.verify_link(NOW, &escape(&token))),
        json!({"userId":"alice","email":"alice@example.com"})
    );
    assert_error(&world.verify_link(NOW, &link), 401, "used before");

    let lifetime = world.lagrello.settings.link_lifetime;
    let (first, second) = (world.link(), world.link());
    assert_ne!(first, second);
    assert_eq!(world.verify_link(NOW + lifetime - Duration::from_millis(1), &first).status(), 200);
    assert_error(&world.verify_link(NOW + lifetime, &second), 401, "too old");
    let third = world.link();
    world.lagrello.expire_links(&world.tenant.clone(), "alice");
    assert_error(&world.verify_link(NOW, &third), 401, "expired by hand");

    // Another tenant cannot use it, and does not use it up.
    let fourth = world.link();
    let (_, other) = world.lagrello.add_tenant(NOW, "Other", "other@example.com");
    let own = std::mem::replace(&mut world.token, other);
    assert_error(&world.verify_link(NOW, &fourth), 401, "another tenant's");
    world.token = own;
    assert_eq!(world.verify_link(NOW, &fourth).status(), 200);

    // The template may have its place anywhere.
    assert!(world.lagrello.set_callback_url(&world.tenant.clone(), "https://b.example/cb?t={}&x=1"));
    assert_eq!(world.ask("POST /v1/users/alice/email", "").status(), 204);
    let url = world.mail("alice@example.com").click().unwrap().to_owned();
    let link = url.strip_prefix("https://b.example/cb?t=").unwrap().strip_suffix("&x=1").unwrap();
    assert_eq!(world.verify_link(NOW, link).status(), 200);
    assert!(world.lagrello.set_callback_url(&world.tenant.clone(), ""));
    assert_error(&world.ask("POST /v1/users/alice/email", ""), 400, "no template");
    assert_eq!(world.get("/v1/users/email").status(), 400);
}

#[test]
fn the_life_of_a_second_factor() {
    let mut world = ready();
    let answer = json_of(&world.ask("POST /v1/users/alice/totp", r#"{"enable":true}"#));
    let keys: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["qrImage", "secretKey"]);
    let secret = answer["secretKey"].as_str().unwrap();
    assert_eq!(world.lagrello.totp_secret(&world.tenant, "alice").as_deref(), Some(secret));
    assert_eq!(world.verify_code(NOW, &world.phone.code(NOW)), 401, "the old secret's");

    // The person scans the picture, which takes no access token.
    let image = answer["qrImage"].as_str().unwrap().strip_prefix("https://api.lagrello.com").unwrap();
    let picture = world.lagrello.handle(NOW, &request(None, &format!("GET {image}"), ""));
    let phone = Authenticator::scan(&qr_content(&picture)).unwrap();
    assert_eq!((phone.label(), phone.issuer()), ("Example Company:alice", Some("Example Company")));

    let code = phone.code(NOW);
    assert_eq!(world.verify_code(NOW, "000000"), 401);
    assert_eq!(world.verify_code(NOW, &format!("{code}0")), 401);
    assert_eq!(world.verify_code(NOW, ""), 401);
    assert_eq!(world.get("/v1/users/alice/totp").status(), 400, "no code at all");
    assert_eq!(world.verify_code(NOW, &code), 200);
    assert_eq!(world.verify_code(NOW, &code), 401, "used before");
    assert!(world.lagrello.forget_used_codes(&world.tenant.clone(), "alice"));
    assert_eq!(world.verify_code(NOW, &code), 200);
    let later = NOW + Duration::from_secs(30);
    assert_eq!(world.verify_code(later + Duration::from_secs(29), &phone.code(later)), 200);
    assert_eq!(world.verify_code(later, &code), 401, "older than one that was used");
    let old = phone.code(later + Duration::from_secs(300));
    assert_eq!(world.verify_code(later + Duration::from_secs(360), &old), 401, "two steps late");

    assert_empty(&world.ask("POST /v1/users/alice/totp", r#"{"enable":false}"#));
    let last = later + Duration::from_secs(600);
    assert_eq!(world.verify_code(last, &phone.code(last)), 401, "turned off");
    assert_empty(&world.ask("POST /v1/users/alice/totp", r#"{"enable":false}"#));
    assert!(!world.lagrello.forget_used_codes(&world.tenant.clone(), "alice"));
}

fn qr_content(picture: &Response<Vec<u8>>) -> String {
    assert_eq!(picture.status(), 200);
    assert_eq!(picture.headers()["content-type"], "image/png");
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture.body())).read_info().unwrap();
    let side = usize::try_from(reader.info().width).unwrap();
    let mut rows = vec![0; reader.output_buffer_size().unwrap()];
    let stride = reader.next_frame(&mut rows).unwrap().line_size;
    let mut image =
        rqrr::PreparedImage::prepare_from_bitmap(side, side, |x, y| rows[y * stride + x / 8] >> (7 - x % 8) & 1 == 1);
    image.detect_grids()[0].decode().unwrap().1
}

#[test]
fn pictures() {
    let mut world = ready();
    let label = |world: &mut World, query: &str| {
        let phone = Authenticator::scan(&qr_content(&world.get(&format!("/v1/images/totp?{query}")))).unwrap();
        (phone.label().to_owned(), phone.issuer().map(str::to_owned))
    };
    assert_eq!(label(&mut world, "userSecret=MFRGG"), (String::new(), None));
    assert_eq!(label(&mut world, "userSecret=MFRGG&userId=%C3%A9%3F"), ("é?".into(), None));
    assert_eq!(label(&mut world, "userSecret=MFRGG&tenantName=A%26B"), ("A&B:".into(), Some("A&B".into())));
    let x = |times: usize| "x".repeat(times);
    for query in [
        "",
        "userSecret=",
        "userSecret=A&tenantName=",
        "userSecret=A&userId=",
        &format!("userSecret={}", x(129)),
        &format!("userSecret=A&userId={}", x(129)),
        &format!("userSecret=A&tenantName={}", x(41)),
        "userSecret=A%0A",
    ] {
        assert_error(&world.get(&format!("/v1/images/totp?{query}")), 400, query);
    }
    let longest = format!("userSecret={0}&userId={0}&tenantName={1}", x(128), x(40));
    assert_eq!(world.get(&format!("/v1/images/totp?{longest}")).status(), 200);
    for text in [
        "otpauth://hotp/a?secret=MFRGG",
        "otpauth://totp/a",
        "otpauth://totp/a?secret=1",
        "otpauth://totp/a?secret=MFRGG&digits=8",
    ] {
        assert!(Authenticator::scan(text).is_none(), "{text}");
    }
}

#[test]
fn the_life_of_a_tenant() {
    let mut world = ready();
    let name = "Företaget";
    let answer = world.lagrello.handle(
        NOW,
        &request(None, "POST /v1/tenant", &json!({"tenantName": name, "adminEmail": "boss@example.com"}).to_string()),
    );
    assert_eq!(answer.status(), 201);
    let mut tenant = json_of(&answer);
    let id = tenant["tenantId"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 36);
    let empty = json!({"Name":"","Address":"","City":"","PostalCode":"","Country":"","OrgNumber":"","VATNumber":""});
    assert_eq!(tenant, json!({"tenantId":id,"tenantName":name,"callbackUrl":"","companyInfo":empty,"activated":false}));

    let MailContent::Welcome { token_key } = world.mail("boss@example.com").content else { panic!("no welcome") };
    world.token = token_key;
    assert_eq!(json_of(&world.get("/v1/tenant")), tenant);
    assert_eq!(world.get("/v1/users/alice").status(), 404, "another tenant's user");

    let answer = world.ask("PATCH /v1/tenant", r#"{"callbackUrl":"https://c.example/{}"}"#);
    tenant["callbackUrl"] = json!("https://c.example/{}");
    assert_eq!(json_of(&answer), tenant);
    assert_eq!(json_of(&world.ask("PATCH /v1/tenant", "{}")), tenant);
    tenant["activated"] = json!(true);
    tenant["companyInfo"] = json!({"Name":"Example AB","Address":"Storgatan 1","City":"Stockholm","PostalCode":"111 22",
        "Country":"SE","OrgNumber":"556000-0000","VATNumber":"SE5560000000"});
    assert_eq!(json_of(&world.ask("POST /v1/tenant/activate", COMPANY)), tenant);
    assert_eq!(json_of(&world.get("/v1/tenant")), tenant);
    let card = json_of(&world.get("/v1/tenant/cardtoken"));
    assert!(card.as_str().is_some_and(|text| !text.is_empty()));
    assert_ne!(json_of(&world.get("/v1/tenant/cardtoken")), card);

    assert_empty(&world.ask("DELETE /v1/tenant", ""));
    let first = world.mail("boss@example.com");
    assert_empty(&world.ask("DELETE /v1/tenant", ""));
    let second = world.mail("boss@example.com");
    assert_eq!(json_of(&world.get("/v1/tenant")), tenant, "nobody confirmed it");
    assert!(!world.lagrello.confirm_deletion(&first) && first.click().is_none());
    assert!(world.lagrello.has_tenant(&id) && world.lagrello.confirm_deletion(&second));
    assert!(!world.lagrello.has_tenant(&id) && !world.lagrello.confirm_deletion(&second));
    assert_error(&world.get("/v1/tenant"), 403, "its tokens are gone");
    assert!(world.lagrello.has_tenant(&world.tenant));
}

#[test]
fn tokens() {
    let mut world = ready();
    let later = NOW + Duration::from_millis(1_234);
    let body = r#"{"tokenName":"ci","permissions":["WRITE","FLY","WRITE"]}"#;
    let token = json_of(&world.at(later, "POST /v1/tokens", body));
    let key = token["tokenKey"].as_str().unwrap().to_owned();
    let created = "2027-01-15T08:00:01.234+00:00";
    let expected = json!({"tokenKey":key,"tokenName":"ci","createdBy":"first","createdAt":created,"permissions":["READ","WRITE","FLY"]});
    assert_eq!(token, expected);
    assert_eq!(world.lagrello.permissions(&key).unwrap(), ["READ", "WRITE", "FLY"]);
    let listed = json_of(&world.get("/v1/tokens"));
    assert_eq!(listed["data"][1], expected);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);

    // A tenant's list has its own tokens alone, and only those can be deleted.
    let (_, other) = world.lagrello.add_tenant(NOW, "Other", "other@example.com");
    assert_error(&world.ask(&format!("DELETE /v1/tokens/{other}"), ""), 404, "another tenant's");
    let own = std::mem::replace(&mut world.token, other);
    assert_eq!(json_of(&world.get("/v1/tokens"))["data"].as_array().unwrap().len(), 1);
    assert_error(&world.ask(&format!("DELETE /v1/tokens/{key}"), ""), 404, "another tenant's");
    world.token = own;
    assert_empty(&world.ask(&format!("DELETE /v1/tokens/{key}"), ""));
    assert_error(&world.ask(&format!("DELETE /v1/tokens/{key}"), ""), 404, "gone");
    let own = world.token.clone();
    assert_empty(&world.ask(&format!("DELETE /v1/tokens/{own}"), ""));
    assert_error(&world.ask(&format!("DELETE /v1/tokens/{own}"), ""), 403, "it deleted itself");
}

#[test]
fn pages_of_tokens() {
    for count in [1, 2, 19, 20, 21, 40, 41] {
        let mut world = ready();
        for _ in 1..count {
            world.lagrello.add_token(NOW, &world.tenant, &[]).unwrap();
        }
        for size in [1, 2, 7, 20] {
            let mut target = format!("/v1/tokens?size={size}");
            let mut pages: Vec<Value> = Vec::new();
            while !target.is_empty() {
                let page = json_of(&world.get(&target));
                let next = page["paging"]["next"].as_str().unwrap_or_default();
                target = next.strip_prefix("https://api.lagrello.com").unwrap_or_default().to_owned();
                pages.push(page);
            }
            let keys: Vec<_> = pages.iter().flat_map(|page| page["data"].as_array().unwrap().clone()).collect();
            assert_eq!(keys.len(), count, "{count} by {size}");
            assert_eq!(keys.iter().map(|token| token["tokenKey"].as_str()).collect::<BTreeSet<_>>().len(), count);
            assert_eq!(pages.len(), count.div_ceil(size), "{count} by {size}");
            for pair in pages.windows(2) {
                let previous = pair[1]["paging"]["previous"].as_str().unwrap();
                let target = previous.strip_prefix("https://api.lagrello.com").unwrap();
                assert_eq!(json_of(&world.get(target))["data"], pair[0]["data"]);
            }
        }
    }
    let mut world = ready();
    for (end, expected) in [
        (PageEnd::Null, json!({"previous":null,"next":null})),
        (PageEnd::Empty, json!({"previous":"","next":""})),
        (PageEnd::Absent, json!({})),
    ] {
        world.lagrello.settings.page_end = end;
        assert_eq!(json_of(&world.get("/v1/tokens"))["paging"], expected);
    }
    for query in ["size=0", "size=21", "size=-1", "size=", "size=x", "page=0", "page=-1", "page=99999999999999999999"] {
        assert_error(&world.get(&format!("/v1/tokens?{query}")), 400, query);
    }
    let far = json_of(&world.get(&format!("/v1/tokens?page={}&size=20", usize::MAX)));
    assert_eq!(far["data"], json!([]));
    world.lagrello.settings.public_base = Some("https://elsewhere.example".into());
    let second = json_of(&world.get("/v1/tokens?page=2"));
    assert_eq!(second["paging"]["previous"], "https://elsewhere.example/v1/tokens?size=20&page=1");
}

#[test]
fn bodies_are_read_strictly() {
    let long = "x".repeat(129);
    let rows: [(&str, &[&str]); 6] = [
        (
            "POST /v1/users",
            &[
                r#"{}"#,
                r#"{"userId":""}"#,
                r#"{"userId":7}"#,
                r#"{"userId":"a\u0000b"}"#,
                r#"{"userId":"a","email":null}"#,
                r#"{"userId":"a","email":"nobody"}"#,
                r#"{"userId":"a","email":"a@b@c"}"#,
                r#"{"userId":"a","userId":"b"}"#,
                r#"{"userId":"a","name":"b"}"#,
                r#"["a"]"#,
                r#"{"userId":"LONG"}"#,
            ],
        ),
        ("PATCH /v1/users/alice", &[r#"{"email":""}"#, r#"{"email":null}"#, r#"{"userId":"alice"}"#, "[]", "null"]),
        ("POST /v1/users/alice/totp", &[r#"{}"#, r#"{"enable":"true"}"#, r#"{"enable":1}"#, r#"{"enable":null}"#]),
        (
            "POST /v1/tenant",
            &[
                r#"{"tenantName":"T"}"#,
                r#"{"adminEmail":"t@example.com"}"#,
                r#"{"tenantName":"","adminEmail":"t@example.com"}"#,
                r#"{"tenantName":"LONG","adminEmail":"t@example.com"}"#,
                r#"{"tenantName":"T","adminEmail":"t"}"#,
            ],
        ),
        ("PATCH /v1/tenant", &[r#"{"callbackUrl":"https://b.example/"}"#, r#"{"callbackUrl":null}"#]),
        (
            "POST /v1/tokens",
            &[r#"{}"#, r#"{"tokenName":""}"#, r#"{"tokenName":"LONG"}"#, r#"{"tokenName":"a","permissions":"READ"}"#],
        ),
    ];
    let mut world = ready();
    for (line, bodies) in rows {
        for body in bodies {
            assert_error(&world.ask(line, &body.replace("LONG", &long)), 400, body);
        }
        let mut plain = request(Some(&world.token), line, "{}");
        plain.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        assert_error(&world.lagrello.handle(NOW, &plain), 415, line);
    }
    let company: Value = serde_json::from_str(COMPANY).unwrap();
    let fields: Vec<_> = company.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields.len(), 7);
    for field in &fields {
        let mut missing = company.clone();
        missing.as_object_mut().unwrap().remove(field);
        assert_error(&world.ask("POST /v1/tenant/activate", &missing.to_string()), 400, field);
        let mut empty = company.clone();
        empty[field] = json!("");
        assert_error(&world.ask("POST /v1/tenant/activate", &empty.to_string()), 400, field);
    }
    assert_eq!(json_of(&world.get("/v1/tenant"))["activated"], false);
}

#[test]
fn user_ids_are_any_text() {
    let mut world = ready();
    for id in ["bob", "a/b", "..", "a b+c&d=e?f#g", "é\u{1F600}", "%2F", "alice/totp", &"ö".repeat(128)] {
        let body = json!({"userId": id}).to_string();
        assert_eq!(json_of(&world.ask("POST /v1/users", &body)), json!({"userId": id}));
        let path = format!("/v1/users/{}", escape(id));
        assert_eq!(json_of(&world.get(&path)), json!({"userId": id}));
        let changed = json_of(&world.ask(&format!("PATCH {path}"), r#"{"email":"x@example.com"}"#));
        assert_eq!(changed, json!({"userId": id, "email": "x@example.com"}));
        assert_eq!(world.lagrello.email(&world.tenant, id), Some("x@example.com"));
        assert_empty(&world.ask(&format!("DELETE {path}"), ""));
    }
    assert_eq!(world.lagrello.users(&world.tenant), ["alice"]);
    // A user called email is there, and cannot be got: the path is the magic link's.
    assert_eq!(world.ask("POST /v1/users", r#"{"userId":"email","email":"e@example.com"}"#).status(), 201);
    let operation =
        |line: &str| authwire_emulator::lagrello::route(&request(None, line, "")).map(|routed| routed.operation);
    assert_eq!(operation("GET /v1/users/email"), Some("users/email/auth"));
    assert_eq!(operation("GET /v1/users/Email"), Some("users/get"));
    assert_eq!(operation("DELETE /v1/users/email"), Some("users/delete"));
    assert_eq!(operation("POST /v1/users/email/email"), Some("users/email/send"));
    assert_eq!(operation("GET /v1/users//totp"), None);
    assert_eq!(operation("GET /v1/users/alice/"), None);
}

#[test]
fn in_the_emulator() {
    let memory = Memory::with(Emulator::new(7), NOW);
    let (tenant, token) = memory.with_emulator(|emulator, _| {
        let tenant = emulator.lagrello.tenant_id().to_owned();
        emulator.lagrello.add_user(&tenant, "alice", None);
        (tenant, emulator.lagrello.access_token().to_owned())
    });
    let get = request(Some(&token), "GET /lagrello/v1/users/alice", "");
    assert_eq!(route(&get).unwrap().1.operation, "users/get");
    assert_eq!(json_of(&memory.send(&get).unwrap())["userId"], "alice");
    memory.with_emulator(|emulator, _| emulator.fault(Fault::WrongUser));
    assert_ne!(json_of(&memory.send(&get).unwrap())["userId"], "alice");

    // Links begin where the client asked.
    for (uri, host, base) in [
        ("https://auth.example/lagrello/v1/users/alice/totp", None, "https://auth.example/lagrello"),
        ("/lagrello/v1/users/alice/totp", Some("127.0.0.1:8080"), "http://127.0.0.1:8080/lagrello"),
        ("/lagrello/v1/users/alice/totp", None, "https://api.lagrello.com"),
    ] {
        let mut enable = request(Some(&token), &format!("POST {uri}"), r#"{"enable":true}"#);
        if let Some(host) = host {
            enable.headers_mut().insert("host", host.parse().unwrap());
        }
        let answer = json_of(&memory.send(&enable).unwrap());
        let image = answer["qrImage"].as_str().unwrap();
        assert!(
            image.starts_with(&format!("{base}/v1/images/totp?tenantName=Example%20Company&userId=alice&")),
            "{image}"
        );
    }
    // Nothing that is secret is in a Debug.
    let text = memory
        .with_emulator(|emulator, _| format!("{emulator:?} {:?} {:?}", emulator.lagrello.mails(), emulator.log()));
    let secret = memory.with_emulator(|emulator, _| emulator.lagrello.totp_secret(&tenant, "alice").unwrap());
    assert!(!text.contains(&token) && !text.contains(&secret));
}

#[test]
fn a_seed_decides_everything() {
    let run = |seed: u64| {
        let mut lagrello = Lagrello::new(seed);
        let token = lagrello.access_token().to_owned();
        let mut bytes = Vec::new();
        for (line, body) in [
            ("POST /v1/users", r#"{"userId":"alice","email":"alice@example.com"}"#),
            ("POST /v1/users/alice/totp", r#"{"enable":true}"#),
            ("POST /v1/users/alice/email", ""),
            ("POST /v1/tokens", r#"{"tokenName":"ci"}"#),
            ("GET /v1/tenant/cardtoken", ""),
        ] {
            bytes.extend(lagrello.handle(NOW, &request(Some(&token), line, body)).into_body());
        }
        bytes.extend(lagrello.last_mail("alice@example.com").unwrap().click().unwrap().bytes());
        bytes
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

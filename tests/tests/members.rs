//! R38 and R39: each member of each documented success in turn, with what it must not hold.

use std::collections::BTreeSet;

use authwire_tests::laws::{Splices, splices};
use authwire_tests::{golden, subject};

/// Members that may be `null`, as the documents have it or because nobody reads them: optional ones.
const OPTIONAL: &[(&str, &[&str])] = &[
    ("authentiq.keys.", &["/detail", "/error", "/since", "/status", "/title", "/type"]),
    ("authentiq.login.push", &["/status"]),
    ("authentiq.scopes.", &["/email", "/exp", "/field", "/jwt", "/scope", "/status", "/sub"]),
    ("lagrello.tokens.list", &["/paging/next", "/paging/previous"]),
    ("lagrello.users.", &["/email"]),
    ("nap.admin.get_config", &["/notifications/sms"]),
    ("nap.sessions.get_user_flow", &["/inviteToken", "/returnTo", "/ssoProvider", "/ssoUserId"]),
    (
        "nap.sessions.get_user_flow",
        &["/orgs/0/avatarURL", "/orgs/0/deletedAt", "/orgs/0/description", "/orgs/0/settings"],
    ),
    (
        "nextauth.accounts.update_user",
        &["/blocked", "/clientVersion", "/created", "/lastlogin", "/lastprovoke", "/userid"],
    ),
    ("nextauth.sessions.get", &["/accountid", "/canprovoke", "/hsid", "/loggedin", "/loginqrdata", "/pk", "/userid"]),
];

/// Members of more than one type: `null` in some row and a text or a truth in another, a time in two forms, and what a
/// success is told by without them.
const SEVERAL: &[(&str, &[&str])] = &[
    ("authentiq.keys.register", &["/status"]),
    ("authentiq.keys.request_revocation", &["/detail", "/error", "/title", "/type"]),
    ("authentiq.keys.retrieve", &["/since"]),
    ("authentiq.scopes.request", &["/status"]),
    ("lagrello.tokens.list", &["/paging/next", "/paging/previous"]),
    ("lagrello.users.", &["/email"]),
    ("nextauth.sessions.get", &["/loggedin"]),
];

/// Members that may hold what is no value of theirs, deep inside: nobody looks there, or it is somebody's own JSON. They
/// are skipped without recursion.
const FREE: &[(&str, &[&str])] = &[
    ("authentiq.keys.register", &["/status"]),
    ("authentiq.keys.request_revocation", &["/detail"]),
    ("authentiq.scopes.request", &["/status"]),
    ("lagrello.tokens.list", &["/paging"]),
    ("nap.admin.get_config", &["/security/auditLogs"]),
    ("nap.sessions.get_user_flow", &["/orgs/0/settings"]),
];

/// By which name whose id is known.
const IDS: &[&str] =
    &["flowId", "hsid", "id", "pk", "session_id", "sessionId", "ssoUserId", "sub", "tenantId", "userId", "userid"];

fn lists(table: &[(&str, &[&str])], operation: &str, member: &str) -> bool {
    table.iter().any(|(prefix, members)| operation.starts_with(prefix) && members.contains(&member))
}

#[test]
fn another_value_in_a_member_is_malformed_or_documented() {
    let mut seen = Splices::default();
    for subject in &subject::all() {
        for row in golden::replies(subject.name) {
            splices(subject, &row, &mut seen);
        }
    }
    println!("{} bodies", seen.tried);
    let table = |kind: &str| if kind == "null" { OPTIONAL } else { SEVERAL };
    let lax: Vec<_> = seen.lax.iter().filter(|(name, member, kind)| !lists(table(kind), name, member)).collect();
    assert!(lax.is_empty(), "members that take another type: {lax:#?}");
    let free: Vec<_> = seen.free.iter().filter(|(name, member)| !lists(FREE, name, member)).collect();
    assert!(free.is_empty(), "members that take anything: {free:#?}");
    let ids: BTreeSet<_> =
        seen.nul.iter().filter(|(_, member)| IDS.contains(&member.rsplit('/').next().unwrap())).collect();
    assert!(ids.is_empty(), "ids with a NUL: {ids:#?}");
    assert!(seen.tried > 20_000);
}

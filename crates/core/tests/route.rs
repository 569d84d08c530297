//! Routes: the rules of a template. Templates made in a `const` break the build instead (see `src/compile_fail.rs`); at
//! run time the same code panics, and a test can see why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::panic::catch_unwind;

use authwire_core::{Method, Route, http};

#[test]
fn a_well_formed_template_is_split_into_names() {
    let table: &[(&str, &[&str])] = &[
        ("/", &[]),
        ("/a", &[]),
        ("/a/", &[]),
        ("/a/b.c/d-e_f~g", &[]),
        ("/...", &[]),
        ("/.a", &[]),
        ("/{x}", &["x"]),
        ("/{x}/", &["x"]),
        ("/a/{x}/b", &["x"]),
        ("/{x}/{y}", &["x", "y"]),
        ("/{user-id}/{user.id}/{user_id}/{userId}", &["user-id", "user.id", "user_id", "userId"]),
        ("/a/{x}/b/{xx}/c/", &["x", "xx"]),
    ];
    for (template, names) in table {
        let route = Route::get(template);
        assert_eq!(route.template(), *template);
        assert_eq!(route.names().collect::<Vec<_>>(), *names, "{template}");
        assert_eq!(route.exception(), None);
    }
}

#[test]
fn a_malformed_template_is_refused_by_the_rule_it_breaks() {
    let slash = "a template starts with a slash";
    let braces = "a value in braces is a whole segment";
    let name = "a name has letters, digits and -._~ only";
    let empty = "a literal is empty or not plain";
    let plain = "a literal is not plain";
    let table = [
        ("", slash),
        ("a", slash),
        ("a/b", slash),
        ("{x}/b", slash),
        ("https://h/a", slash),
        ("/{x", braces),
        ("/{", braces),
        ("/{x/b", braces),
        ("/{x}y", braces),
        ("/{x}y/b", braces),
        ("/{x} /b", braces),
        ("/{}", name),
        ("/{ x}", name),
        ("/{x/y}", braces),
        ("/{x}{y}", name),
        ("/{{x}}", name),
        ("/{ü}", name),
        ("/{.}", name),
        ("/{..}", name),
        ("/{x}/{y}/{z}/{v}/{w}", "too many values in a template"),
        ("/{x}/{x}", "a name stands twice"),
        ("/{x}/{y}/a/{x}", "a name stands twice"),
        ("//", empty),
        ("//a", empty),
        ("/a//b", empty),
        ("/a//", empty),
        ("/./a", empty),
        ("/a/../b", empty),
        ("/a b/c", empty),
        ("/a?b/c", empty),
        ("/.", plain),
        ("/..", plain),
        ("/a/..", plain),
        ("/a?b=c", plain),
        ("/a#b", plain),
        ("/a%2Fb", plain),
        ("/a:b", plain),
        ("/a;b", plain),
        ("/a\\b", plain),
        ("/ü", plain),
        ("/a}", plain),
        ("/y{x}", plain),
        ("/a\0", plain),
    ];
    for (template, rule) in table {
        let panic = catch_unwind(|| Route::get(template)).expect_err(template);
        assert_eq!(panic.downcast_ref::<&str>(), Some(&rule), "{template:?}");
    }
}

#[test]
fn an_exception_names_a_value_and_a_plain_word() {
    let route = Route::get("/users/{id}/{part}").except("part", "email");
    assert_eq!(route.exception(), Some(("part", "email")));
    assert_eq!(route.template(), "/users/{id}/{part}");
    let table = [
        ("no such value", "users", "email", "the exception names no value of the route"),
        ("no name", "", "email", "the exception names no value of the route"),
        ("part of a name", "i", "email", "the exception names no value of the route"),
        ("other letters", "iD", "email", "the exception names no value of the route"),
        ("empty word", "id", "", "the excepted word must be plain"),
        ("word with a slash", "id", "a/b", "the excepted word must be plain"),
        ("escaped word", "id", "%65", "the excepted word must be plain"),
        ("dots", "id", "..", "the excepted word must be plain"),
    ];
    for (what, name, word, rule) in table {
        let panic = catch_unwind(|| Route::get("/users/{id}/{part}").except(name, word)).expect_err(what);
        assert_eq!(panic.downcast_ref::<&str>(), Some(&rule), "{what}");
    }
    let panic = catch_unwind(|| route.except("id", "x")).expect_err("two");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"one exception a route"));
}

#[test]
fn each_method_is_that_of_http() {
    let table = [
        (Route::get("/m"), Method::Get, http::Method::GET, false),
        (Route::head("/m"), Method::Head, http::Method::HEAD, false),
        (Route::post("/m"), Method::Post, http::Method::POST, true),
        (Route::put("/m"), Method::Put, http::Method::PUT, true),
        (Route::patch("/m"), Method::Patch, http::Method::PATCH, true),
        (Route::delete("/m"), Method::Delete, http::Method::DELETE, false),
    ];
    for (route, method, theirs, expects_body) in table {
        assert_eq!(route.method(), method);
        assert_eq!(http::Method::from(method), theirs);
        assert_eq!(method.expects_body(), expects_body, "{method}");
        assert_eq!(method.to_string(), theirs.as_str());
        assert_eq!(route.to_string(), format!("{theirs} /m"));
        assert_eq!(format!("{route:?}"), format!("Route({theirs} /m)"));
    }
}

#[test]
fn routes_are_equal_when_all_of_them_is() {
    let route = Route::get("/{x}");
    assert_eq!(route, Route::get("/{x}"));
    for other in [Route::post("/{x}"), Route::get("/{y}"), Route::get("/{x}/"), route.except("x", "a")] {
        assert_ne!(route, other);
    }
}

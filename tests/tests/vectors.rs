//! What others collected to break readers of JSON and of URLs, given to ours.

use std::collections::BTreeMap;

use authwire_core::BaseUrl;
use authwire_tests::golden::{self, Form, ReplyRow};
use authwire_tests::subject::{self, Subject};
use authwire_tests::vectors::{self, Must};
use authwire_tests::{laws, samples};

/// One success of each operation for each set of members that the documents give it.
fn successes(subject: &Subject) -> Vec<ReplyRow> {
    let mut rows = BTreeMap::new();
    for row in golden::replies(subject.name).into_iter().filter(ReplyRow::is_ok) {
        let value: serde_json::Value = serde_json::from_slice(&row.body).unwrap_or_default();
        let members = value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
        rows.entry((row.operation.clone(), row.status, row.media.clone(), members)).or_insert(row);
    }
    rows.into_values().collect()
}

/// A word about the files themselves: they came whole, and a reader of JSON takes them as they are meant.
#[test]
fn the_files_of_jsontestsuite_are_whole() {
    let files = vectors::json();
    let count = |must| files.iter().filter(|file| file.must == must).count();
    assert_eq!([count(Must::Accept), count(Must::Reject), count(Must::Either)], [95, 188, 35]);
    for file in &files {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&file.bytes).is_ok()
            && std::str::from_utf8(&file.bytes).is_ok();
        assert!(file.must == Must::Either || is_json == (file.must == Must::Accept), "{}", file.name);
    }
}

#[test]
fn a_file_of_jsontestsuite_is_no_success() {
    let files = vectors::json();
    let (mut bodies, mut successes_of_json) = (0, 0);
    for subject in &subject::all() {
        for row in successes(subject) {
            for file in &files {
                let is_ok = laws::whole(subject, &row, file);
                bodies += 2;
                if is_ok && row.form == Form::Object {
                    successes_of_json += 1;
                    assert_eq!(file.must, Must::Accept, "{}: {}", row.place, file.name);
                }
            }
        }
    }
    println!("{bodies} whole bodies, of which {successes_of_json} are a documented JSON object");
    assert!(bodies > 2 * 62 * 318);
}

#[test]
fn what_is_not_json_is_not_json_inside_a_success() {
    let files = vectors::json();
    let (mut bodies, mut taken) = (0, 0);
    for subject in &subject::all() {
        for row in successes(subject) {
            for file in &files {
                let (tried, is_ok) = laws::spliced(subject, &row, file);
                bodies += tried;
                taken += is_ok;
            }
        }
    }
    println!("{bodies} spliced bodies, of which {taken} are successes, none with an n_ file");
    assert!(bodies > 50_000 && taken > 0);
}

/// A body that is no success must not become one with a byte order mark or white space around it, whatever it is.
#[test]
fn junk_is_no_json_in_any_dress() {
    for junk in samples::JUNK {
        for (before, after) in [("\u{feff}", ""), (" ", "\n"), ("", "\0")] {
            let body = [before.as_bytes(), junk, after.as_bytes()].concat();
            for subject in &subject::all() {
                for row in successes(subject).iter().filter(|row| row.form == Form::Object) {
                    let documented = &subject.operation(&row.operation).documented;
                    let values = &mut authwire_tests::source::Table::parse(&row.values);
                    let made = subject.operation(&row.operation).make(values).unwrap();
                    let is_ok = made.response(&golden::response(row.status, None, body.clone())).is_ok();
                    assert!(!is_ok || documented.may_be_ok(row.status, None, &body), "{}", row.place);
                }
            }
        }
    }
}

/// All texts of the vectors: what is given, what it is relative to, and how a browser writes what it reads.
fn texts() -> Vec<String> {
    let urls = vectors::urls();
    println!("{} vectors", urls.len());
    assert_eq!(urls.len(), 819);
    let mut texts: Vec<String> =
        urls.into_iter().flat_map(|url| [Some(url.input), url.base, url.href]).flatten().collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// R10: what is accepted as a base, `http::Uri` and `url::Url` read alike.
#[test]
fn a_url_of_the_web_platform_is_a_base_read_alike_or_refused() {
    let texts = texts();
    let accepted: Vec<_> = texts.iter().filter(|text| laws::base_url(text)).collect();
    println!("{} texts, {} accepted, 0 read differently: {accepted:?}", texts.len(), accepted.len());
    assert!(accepted.len() > 20);
    // What a browser refuses is refused; but for labels that are no Punycode, which Unicode's tables alone can tell.
    let refused = vectors::urls().into_iter().filter(|url| url.href.is_none()).map(|url| url.input);
    let more: Vec<_> = refused.filter(|text| BaseUrl::insecure(text).is_ok()).collect();
    println!("accepted, and refused by browsers: {more:?}");
    assert!(more.iter().all(|text| text.to_ascii_lowercase().contains("xn--")), "{more:?}");
}

/// R43, with a home that most of the vectors are about.
#[test]
fn a_url_of_the_web_platform_leads_home_or_is_refused() {
    let texts = texts();
    let mut accepted = 0;
    for home in ["http://example.org", "https://example.com", "https://host", "http://h:8080", "https://example.org"] {
        let home = BaseUrl::insecure(home).unwrap();
        let origin = format!("{}://{}", home.scheme(), home.authority());
        for text in &texts {
            let shapes = [
                text.clone(),
                format!("/{text}"),
                format!("{origin}{text}"),
                format!("{origin}/{text}"),
                format!("/a/{text}"),
            ];
            accepted += shapes.iter().filter(|text| laws::return_to(&home, text)).count();
        }
    }
    println!("{} texts in 5 shapes for 5 homes, {accepted} accepted, 0 lead away", texts.len());
    assert!(accepted > 100);
}

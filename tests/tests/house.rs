//! What must be true of the workspace itself: dependencies, counts, files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use authwire_tests::subject;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The providers' folders.
fn packages() -> BTreeSet<&'static str> {
    subject::all().iter().map(|subject| subject.package).collect()
}

/// The crates that a protocol crate needs, itself not counted.
fn tree(package: &str) -> BTreeSet<String> {
    let arguments = ["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--package", package];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let names = lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned);
    names.filter(|name| name != package).collect()
}

#[test]
fn a_protocol_crate_needs_few_crates_and_none_that_does_io() {
    const MOST: usize = 24;
    const IO: &[&str] = &[
        "ureq",
        "hyper",
        "hyper-util",
        "reqwest",
        "tokio",
        "mio",
        "socket2",
        "rustls",
        "native-tls",
        "openssl",
        "getrandom",
        "async-std",
        "smol",
        "async-io",
        "libc",
        "rustix",
        "chrono",
        "url",
    ];
    let providers = packages().into_iter().map(|package| format!("authwire-{package}"));
    for package in std::iter::once("authwire-core".to_owned()).chain(providers) {
        let crates = tree(&package);
        println!("{package}: {} crates: {crates:?}", crates.len());
        assert!(crates.contains("http") && crates.len() <= MOST, "{package} needs {} crates", crates.len());
        for name in IO {
            assert!(!crates.contains(*name), "{package} needs {name}");
        }
    }
}

/// An operation that is not in the index escapes the laws.
#[test]
fn the_index_lists_every_operation_of_the_sources() {
    let subjects = subject::all();
    for package in packages() {
        let mut count = 0;
        visit(&root().join("crates").join(package).join("src"), &mut |text| {
            count += text.matches("\nimpl Endpoint for ").count()
        });
        // A dialect may lack some.
        let of_package = subjects.iter().filter(|subject| subject.package == package);
        let names: BTreeSet<_> =
            of_package.flat_map(|subject| subject.operations.iter().map(|ours| ours.name)).collect();
        assert_eq!(names.len(), count, "{package}");
        assert!(names.iter().all(|name| name.split('.').next() == Some(package)), "{names:?}");
    }
}

fn visit(folder: &Path, look: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, look);
        } else {
            look(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// What the compiler lets through and a reader of JSON, of base64 or of headers is laxer by: in no source of the protocol
/// crates and the adapters (R06, R38, R39, R41, R44).
#[test]
fn no_source_has_a_lax_reader() {
    const EVERYWHERE: &[&str] = &["_unchecked(", "serde_json::Value", "decode_allow_trailing_bits", "Indifferent"];
    const PROTOCOL: &[&str] =
        &["serde(flatten", "serde(untagged", "f32", "f64", "SystemTime", "Instant", "std::", "sleep(", "catch_unwind"];
    let folders = packages().into_iter().chain(["core"]).map(|package| (format!("crates/{package}"), true));
    let adapters = ["ureq", "hyper"].map(|adapter| (format!("adapters/{adapter}"), false));
    let mut lines = 0;
    for (folder, is_protocol) in folders.chain(adapters) {
        visit(&root().join(&folder).join("src"), &mut |text| {
            // Documents may speak of what code must not do.
            for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
                lines += 1;
                let words = EVERYWHERE.iter().chain(PROTOCOL.iter().filter(|_| is_protocol));
                for word in words {
                    // Authentiq's error, of which no member is sure to be of its type: never an answer.
                    let is_known = (&*folder, line) == ("crates/authentiq", "use serde_json::Value;");
                    assert!(is_known || !has_word(line, word), "{folder}: {line}");
                }
            }
        });
    }
    println!("{lines} lines");
    assert!(lines > 5_000);
    assert!(has_word("let x: f64 = 1.0;", "f64") && !has_word("let half64 = 1;", "f64"));
}

/// Whether a line has this, and not as a part of a longer word.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let before = word.starts_with(char::is_alphanumeric) && is_letter(line[..at].chars().next_back());
        let after = word.ends_with(char::is_alphanumeric) && is_letter(line[at + word.len()..].chars().next());
        !before && !after
    })
}

/// A value must not turn one operation into another: wherever a route has a value and another route of the same
/// provider and method has a word at that place, and all else could be the same, the word is excepted.
#[test]
fn a_word_of_another_route_is_excepted() {
    for subject in subject::all() {
        for ours in &subject.operations {
            for other in &subject.operations {
                if ours.name == other.name || ours.route.method() != other.route.method() {
                    continue;
                }
                let pairs: Vec<_> = ours.route.template().split('/').zip(other.route.template().split('/')).collect();
                let lengths = [ours, other].map(|operation| operation.route.template().split('/').count());
                let is_name = |segment: &str| segment.starts_with('{');
                let meets = |(left, right): &(&str, &str)| left == right || is_name(left) || is_name(right);
                if lengths[0] != lengths[1] || !pairs.iter().all(meets) {
                    continue;
                }
                let aliased: Vec<_> = pairs.iter().filter(|(left, right)| is_name(left) && !is_name(right)).collect();
                for (name, word) in aliased {
                    let name = name.trim_matches(['{', '}']);
                    assert_eq!(ours.route.exception(), Some((name, *word)), "{} can become {}", ours.name, other.name);
                }
            }
        }
    }
}

/// The README's table is made of the index.
#[test]
fn the_readme_of_each_provider_lists_its_operations() {
    for subject in subject::all() {
        let readme = std::fs::read_to_string(root().join("crates").join(subject.package).join("README.md")).unwrap();
        for operation in &subject.operations {
            let repeat = if operation.idempotent { "yes" } else { "no" };
            let row = format!("| `{}` | {} | `{}` | {repeat} |", operation.name, operation.title, operation.route);
            assert!(readme.contains(&row), "{}'s README lacks the row\n{row}", subject.package);
        }
    }
}

/// The Rust files below a folder, what was built left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| match path.extension() {
        _ if path.is_dir() && !path.ends_with("target") => sources(&path),
        Some(extension) if extension == "rs" => vec![path],
        _ => Vec::new(),
    });
    found.collect()
}

/// Every requirement has its row, and the tests that the page names are there.
#[test]
fn the_threats_page_names_real_tests() {
    let page = std::fs::read_to_string(root().join("docs/threats.md")).unwrap();
    assert!(!page.contains("@@"), "a figure is missing");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| R")).collect();
    let numbers = rows.iter().map(|row| row[3..5].parse::<usize>().unwrap());
    assert!(numbers.eq(1..=50), "a requirement is missing or stands twice");

    let mut functions = BTreeSet::new();
    for folder in ["crates", "adapters", "tests"] {
        for file in sources(&root().join(folder)) {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let source = std::fs::read_to_string(&file).unwrap();
            let names = source.lines().filter_map(|line| line.trim_start().split("fn ").nth(1));
            functions.extend(names.map(|rest| {
                let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
                format!("{name}::{}", &rest[..end])
            }));
        }
    }
    let mut named = 0;
    for row in rows {
        for test in row.split('`').skip(1).step_by(2).filter(|text| text.contains("::") && text.is_ascii()) {
            let is_path =
                test.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "_:".contains(char));
            if is_path {
                named += 1;
                assert!(functions.contains(test), "docs/threats.md names {test}, which is not there");
            }
        }
    }
    println!("{named} tests named");
    assert!(named > 80, "{named}");
}

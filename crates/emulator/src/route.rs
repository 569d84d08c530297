//! Which operation a request is: a table of routes and the one way to match it.

use crate::incoming::{Incoming, decode, query_pairs};
use http::Method;

/// One operation of a provider's table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The provider's own id of the operation.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The path, values in braces: `/servers/{serverid}/vash`. A slash at the end matters.
    pub template: &'static str,
}

impl Route {
    pub(crate) const fn new(method: Method, template: &'static str, operation: &'static str) -> Self {
        Self { operation, method, template }
    }

    /// The names and raw values of the path, if it has the shape of the template.
    ///
    /// The path is split on `/` first and decoded afterwards, so that `%2F` stays inside its value. Literals are
    /// compared as they came. A dot segment is a value like any other: nothing is normalised, so `..` reaches no
    /// other route, and names nothing that exists. An empty segment is no value.
    fn values<'p>(&self, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
        let mut values = Vec::new();
        let mut segments = path.split('/');
        for wanted in self.template.split('/') {
            let found = segments.next()?;
            match wanted.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(_) if found.is_empty() => return None,
                Some(name) => values.push((name, found)),
                None if wanted == found => {}
                None => return None,
            }
        }
        segments.next().is_none().then_some(values)
    }
}

/// A request that was recognised: the operation, and its values as the server reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Routed {
    /// The provider's own id of the operation.
    pub operation: &'static str,
    /// The path values by name, in the order of the path, decoded once.
    pub path: Vec<(String, String)>,
    /// The query pairs in their order, decoded once.
    pub query: Vec<(String, String)>,
}

impl Routed {
    /// A value of the path.
    #[must_use]
    pub fn path_value(&self, name: &str) -> Option<&str> {
        first(&self.path, name)
    }

    /// The first value of the query under this name.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let (_, value) = pairs.iter().find(|(found, _)| found == name)?;
    Some(value)
}

/// What a table says about a request.
pub(crate) enum Lookup {
    Found(Routed),
    /// The path is known with these methods only, as an `Allow` header spells them.
    WrongMethod(String),
    /// A value or the query cannot be decoded, or a query name is there twice.
    Malformed,
    Unknown,
}

pub(crate) fn look_up(table: &'static [Route], incoming: &Incoming<'_>) -> Lookup {
    let mut allowed = Vec::new();
    for route in table {
        let Some(values) = route.values(incoming.path) else {
            continue;
        };
        if route.method != *incoming.method {
            allowed.push(route.method.as_str());
            continue;
        }
        let path = values.into_iter().map(|(name, raw)| Some((name.to_owned(), decode(raw)?))).collect();
        return match (path, query_pairs(incoming.query)) {
            (Some(path), Some(query)) if !repeats(&query) => {
                Lookup::Found(Routed { operation: route.operation, path, query })
            }
            _ => Lookup::Malformed,
        };
    }
    if allowed.is_empty() { Lookup::Unknown } else { Lookup::WrongMethod(allowed.join(", ")) }
}

/// No provider documents a repeated parameter; guessing which one counts would hide a client's fault.
fn repeats(query: &[(String, String)]) -> bool {
    let mut names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair.first() == pair.last())
}

//! JSON as the platform's Go code reads and writes it.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// An object being written: keys in the order they are put in, no white space.
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    /// A value that is JSON already.
    pub(super) fn raw(mut self, key: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&quote(key));
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    pub(super) fn text(self, key: &str, text: &str) -> Self {
        let json = quote(text);
        self.raw(key, &json)
    }

    /// Absent when there is none.
    pub(super) fn text_opt(self, key: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    pub(super) fn flag(self, key: &str, flag: bool) -> Self {
        self.raw(key, if flag { "true" } else { "false" })
    }

    pub(super) fn number(self, key: &str, number: impl fmt::Display) -> Self {
        self.raw(key, &number.to_string())
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A list of values that are JSON already.
pub(super) fn list(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    format!("[{}]", values.join(","))
}

/// A string. Go escapes what could end a script in an HTML page.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// The texts of a request's body.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads an object: keys in any case, unknown ones ignored, the last of several counts, a `null` is as good as
    /// nothing, invalid UTF-8 is replaced, and what follows the object is not looked at. `None` when it is no object, or a
    /// `known` key has something else than a text.
    pub(super) fn parse(body: &[u8], known: &[&str]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        let Entries(entries) = Entries::deserialize(&mut deserializer).ok()?;
        let mut fields = Vec::new();
        for (key, value) in entries {
            let Some(name) = known.iter().find(|name| name.eq_ignore_ascii_case(&key)) else { continue };
            match value.get() {
                "null" => {}
                json => fields.push(((*name).to_owned(), serde_json::from_str(json).ok()?)),
            }
        }
        Some(Self(fields))
    }

    /// A text that is there, empty or not.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, text) = self.0.iter().rfind(|(found, _)| found == name)?;
        Some(text)
    }

    /// A text, empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

/// The entries of an object in their order.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, Object, quote};

    #[test]
    fn writes_like_go() {
        assert_eq!(quote("a\"<b>&\n"), "\"a\\\"\\u003cb\\u003e\\u0026\\n\"");
        let object = Object::new().text("a", "x").flag("b", true).number("c", 1).text_opt("d", None).finish();
        assert_eq!(object, r#"{"a":"x","b":true,"c":1}"#);
    }

    #[test]
    fn reads_like_go() {
        let known = ["email", "firstName"];
        let read = |body: &[u8]| {
            let fields = Fields::parse(body, &known)?;
            Some((fields.text("email").to_owned(), fields.text("firstName").to_owned()))
        };
        let both = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(read(br#"{"EMAIL":"a","FirstName":"b","other":[1,{}]} trailing"#), both("a", "b"));
        assert_eq!(read(br#"{"email":"a","email":"b","firstname":null}"#), both("b", ""));
        assert_eq!(read(b"{\"email\":\"\xff\"}"), both("\u{FFFD}", ""));
        for bad in ["", "null", "[]", "{bad", r#"{"email":1}"#, r#"{"email":{}}"#, r#"{"email":"a""#] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }
}

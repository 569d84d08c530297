//! What the golden tables say of one operation.

use crate::golden::{Form, ReplyRow, is_jwt, replies};

/// What the documents say of an operation's replies.
#[derive(Clone, Debug)]
pub struct Documented {
    /// Its rows in the golden table.
    pub rows: Vec<ReplyRow>,
}

impl Documented {
    /// Of the operation with this `NAME`.
    pub fn of(provider: &str, operation: &str) -> Self {
        let rows: Vec<_> = replies(provider).into_iter().filter(|row| row.operation == operation).collect();
        assert!(rows.iter().any(ReplyRow::is_ok), "{operation}: no success in the golden table");
        Self { rows }
    }

    /// Whether a reply may be taken for a success, by what sort of body the documents give a success: an oracle that
    /// knows nothing of our code.
    pub fn may_be_ok(&self, status: u16, media: Option<&str>, body: &[u8]) -> bool {
        self.rows.iter().filter(|row| row.is_ok() && row.status == status).any(|row| {
            let essence = media.map(|media| media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
            let is = |types: &[&str]| essence.as_ref().is_none_or(|essence| types.contains(&essence.as_str()));
            // Some document gives JSON another type.
            let own = row.media.as_deref().unwrap_or("application/json");
            let is_json_type =
                is(&["application/json", own]) || essence.as_ref().is_some_and(|essence| essence.ends_with("+json"));
            let is_json = |begins: &[u8]| {
                is_json_type
                    && body.trim_ascii_start().starts_with(begins)
                    // As text: a number that nobody asked for may be too large for any type.
                    && serde_json::from_slice::<Box<serde_json::value::RawValue>>(body).is_ok()
            };
            match row.form {
                Form::Empty => body.is_empty(),
                Form::Object => is_json(b"{"),
                Form::String => is_json(b"\""),
                Form::Png => is(&["image/png", "application/octet-stream"]) && body.starts_with(b"\x89PNG"),
                Form::Jwt => (is_json_type || is(&["application/jwt"])) && is_jwt(body),
                Form::Raw => is(&["application/octet-stream"]) && !body.is_empty(),
                Form::Text => !body.is_empty(),
            }
        })
    }
}

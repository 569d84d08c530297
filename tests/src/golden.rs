//! Reads the golden tables in `golden/`; their format is in `golden/README.md`.

use authwire_core::ReplyError;
use authwire_core::index::AnyRefusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use serde_json::value::RawValue;

use crate::samples;

/// A row of a reply table.
#[derive(Clone, Debug)]
pub struct ReplyRow {
    /// The operation's `NAME`.
    pub operation: String,
    /// Its values, as [`Table::parse`](crate::source::Table::parse) reads them.
    pub values: String,
    /// The status.
    pub status: u16,
    /// The media type.
    pub media: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// What sort of body it is.
    pub form: Form,
    /// `ok …` or the error's kind.
    pub meaning: String,
    /// File and line, for messages.
    pub place: String,
}

/// What sort of body a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// None.
    Empty,
    /// A JSON object.
    Object,
    /// A JSON string by itself.
    String,
    /// The sample picture.
    Png,
    /// A signed token by itself, in its compact form.
    Jwt,
    /// Bytes of no particular form.
    Raw,
    /// Anything else.
    Text,
}

impl ReplyRow {
    /// Whether the row is a success.
    pub fn is_ok(&self) -> bool {
        self.meaning.starts_with("ok ")
    }

    /// The response of this row.
    pub fn response(&self) -> Response<Vec<u8>> {
        response(self.status, self.media.as_deref(), self.body.clone())
    }

    /// Whether an outcome is what the row says.
    pub fn agrees(&self, outcome: &Result<String, ReplyError<AnyRefusal>>) -> bool {
        match (self.meaning.strip_prefix("ok "), outcome) {
            (Some(output), Ok(debug)) => debug.starts_with(output.trim_end()),
            (None, Err(error)) => error.status() == self.status && kind(error).starts_with(&self.meaning),
            _ => false,
        }
    }
}

/// The kind of an error, as the tables write it.
pub fn kind(error: &ReplyError<AnyRefusal>) -> String {
    format!("{:?}", error.kind())
}

/// A response with this status, media type and body.
pub fn response(status: u16, media: Option<&str>, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status from 100 to 999");
    if let Some(media) = media {
        response.headers_mut().insert(CONTENT_TYPE, media.parse().expect("a header value"));
    }
    response
}

/// Reads `golden/PROVIDER.replies`.
pub fn replies(provider: &str) -> Vec<ReplyRow> {
    let file = format!("{provider}.replies");
    let rows = lines(&file).map(|(number, line)| {
        let cells: Vec<&str> = line.splitn(6, " | ").map(str::trim).collect();
        let [operation, values, status, media, body, meaning] = cells[..] else {
            panic!("{file}:{number}: not six cells")
        };
        let (body, form) = sample(body);
        ReplyRow {
            operation: operation.into(),
            values: values.into(),
            status: status.parse().unwrap_or_else(|_| panic!("{file}:{number}: not a status")),
            media: (media != "-").then(|| media.to_owned()),
            body,
            form,
            meaning: meaning.into(),
            place: format!("{file}:{number}"),
        }
    });
    rows.collect()
}

fn sample(cell: &str) -> (Vec<u8>, Form) {
    match cell {
        "-" => (Vec::new(), Form::Empty),
        "<png>" => (samples::PNG.into(), Form::Png),
        "<raw>" => (vec![0, 1, 0xfe, 0xff, b'{'], Form::Raw),
        "<html>" => (samples::HTML.into(), Form::Text),
        object if object.starts_with('{') => (object.into(), Form::Object),
        string if string.starts_with('"') => (string.into(), Form::String),
        text if is_jwt(text.as_bytes()) => (text.into(), Form::Jwt),
        text => (text.into(), Form::Text),
    }
}

/// Whether this is a signed token in its compact form, whoever signed it and whatever it says: three parts of base64url
/// without padding, of which the first is a JSON object and the last is as long as a signature of Ed25519.
pub fn is_jwt(body: &[u8]) -> bool {
    let parts: Vec<_> = body.split(|byte| *byte == b'.').map(|part| URL_SAFE_NO_PAD.decode(part)).collect();
    let [Ok(header), Ok(_), Ok(signature)] = &parts[..] else { return false };
    header.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<Box<RawValue>>(header).is_ok()
        && signature.len() == 64
}

/// A block of a request table.
#[derive(Clone, Debug)]
pub struct RequestBlock {
    /// The operation's `NAME`.
    pub operation: String,
    /// Its values, as [`Table::parse`](crate::source::Table::parse) reads them.
    pub values: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// All headers but `host` and `content-length`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<String>,
    /// File and line, for messages.
    pub place: String,
}

/// Reads `golden/PROVIDER.requests`.
pub fn requests(provider: &str) -> Vec<RequestBlock> {
    let file = format!("{provider}.requests");
    let mut blocks: Vec<RequestBlock> = Vec::new();
    let mut lines = lines(&file).peekable();
    while let Some((number, line)) = lines.next() {
        let place = format!("{file}:{number}");
        let (operation, values) = line.split_once(" | ").unwrap_or((line.trim_end_matches(" |"), ""));
        let (_, request_line) = lines.next().unwrap_or_else(|| panic!("{place}: no request line"));
        let (method, target) = request_line.split_once(' ').unwrap_or_else(|| panic!("{place}: no request line"));
        let mut headers = HeaderMap::new();
        let mut body = None;
        // A block's first line names an operation, which has dots and no colon before its first space.
        while let Some((_, line)) = lines.next_if(|(_, line)| !is_block_start(line)) {
            match line.split_once(": ") {
                Some((name, value)) if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') => {
                    let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
                    headers.append(name, value.parse().expect("a header value"));
                }
                _ => body = Some(line.to_owned()),
            }
        }
        blocks.push(RequestBlock {
            operation: operation.into(),
            values: values.into(),
            method: method.into(),
            target: target.into(),
            headers,
            body,
            place,
        });
    }
    blocks
}

fn is_block_start(line: &str) -> bool {
    line.split(' ').next().is_some_and(|word| {
        word.split('.').count() == 3
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'))
    })
}

/// A member of an answer that the documents do not have bears this name in the tables.
pub const UNDOCUMENTED: &str = "new";

/// A row of an operations table.
#[derive(Clone, Debug)]
pub struct OperationRow {
    /// How the documents call it.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path template.
    pub template: String,
    /// The documented statuses.
    pub statuses: Vec<DocumentedStatus>,
}

/// A status that is documented for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedStatus {
    /// The status.
    pub code: u16,
    /// Whether the documents say of it that our own credential is not accepted. Else it is a success or a refusal.
    pub is_about_us: bool,
}

impl DocumentedStatus {
    fn parse(cell: &str) -> Option<Self> {
        let code = cell.strip_suffix('*');
        Some(Self { code: code.unwrap_or(cell).parse().ok()?, is_about_us: code.is_some() })
    }
}

/// Reads `golden/PROVIDER.operations`.
pub fn operations(provider: &str) -> Vec<OperationRow> {
    let file = format!("{provider}.operations");
    let rows = lines(&file).map(|(number, line)| {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [id, method, template, statuses] = cells[..] else { panic!("{file}:{number}: not four cells") };
        let statuses = statuses.split(',').map(DocumentedStatus::parse).collect::<Option<_>>();
        OperationRow {
            id: id.into(),
            method: method.into(),
            template: template.into(),
            statuses: statuses.unwrap_or_else(|| panic!("{file}:{number}: not statuses")),
        }
    });
    rows.collect()
}

/// The lines of a golden file that are neither empty nor comments, with their numbers.
fn lines(file: &str) -> impl Iterator<Item = (usize, &'static str)> {
    let text = read(file);
    (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Compiled in, so that a fuzz target needs no file.
fn read(file: &str) -> &'static str {
    macro_rules! files {
        ($($name:literal)*) => {
            match file {
                $($name => include_str!(concat!("../golden/", $name)),)*
                _ => panic!("no golden {file}"),
            }
        };
    }
    files! {
        "authentiq.operations" "authentiq.replies" "authentiq.requests"
        "lagrello.operations" "lagrello.replies" "lagrello.requests"
        "nap.operations" "nap.replies" "nap.requests"
        "nexeres.operations" "nexeres.replies" "nexeres.requests"
        "nextauth.operations" "nextauth.replies" "nextauth.requests"
    }
}

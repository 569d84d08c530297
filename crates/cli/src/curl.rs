use authwire_core::http::{Method, Request};

/// The request as a line for a shell. It shows everything, credentials included: for the emulator's own alone.
pub(crate) fn line(request: &Request<Vec<u8>>) -> String {
    let mut line = "curl -i".to_owned();
    // What curl does by itself is left out.
    if request.method() != Method::GET || !request.body().is_empty() {
        line.push_str(&format!(" -X {}", request.method()));
    }
    for (name, value) in request.headers() {
        line.push_str(&format!(" -H {}", quoted(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))));
    }
    if !request.body().is_empty() {
        line.push_str(&format!(" --data-binary {}", quoted(&String::from_utf8_lossy(request.body()))));
    }
    line.push(' ');
    line.push_str(&quoted(&request.uri().to_string()));
    line
}

/// In single quotes, where a shell reads nothing but the quote itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

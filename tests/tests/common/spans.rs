//! A subscriber that writes everything down, of our crates and of all others.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// All spans and events at every level, a line for each field.
#[derive(Clone, Default)]
pub(crate) struct Spans {
    lines: Arc<Mutex<Vec<Line>>>,
    next: Arc<AtomicU64>,
}

/// A field of a span or an event.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The crate and module it is from.
    pub(crate) target: &'static str,
    /// The span, counted from 1; 0 is an event's.
    pub(crate) span: u64,
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    pub(crate) value: String,
}

impl Spans {
    /// What was written down since the last time.
    pub(crate) fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }

    fn push(&self, metadata: Option<&'static Metadata<'static>>, span: u64, record: impl FnOnce(&mut dyn Visit)) {
        let mut fields = Fields(Vec::new());
        record(&mut fields);
        let mut lines = self.lines.lock().unwrap();
        let (target, name) = metadata.map_or(("", ""), |metadata| (metadata.target(), metadata.name()));
        lines.push(Line { target, span, name, field: "", value: String::new() });
        lines.extend(fields.0.into_iter().map(|(field, value)| Line { target, span, name, field, value }));
    }
}

struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        write!(text, "{value:?} {value:#?}").unwrap();
        self.0.push((field.name(), text));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), value.to_string()));
    }
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.push(Some(span.metadata()), id, |fields| span.record(fields));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.push(None, span.into_u64(), |fields| values.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.push(Some(event.metadata()), 0, |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

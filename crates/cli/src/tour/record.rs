use serde::Serialize;

use super::outcome::Outcome;
use super::{Played, Via};

/// One line of a tour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// The number of the step in its story, from 1. The polls of a flow have its number.
    pub step: u32,
    /// What the step is.
    pub kind: Sort,
    /// Through which adapter.
    pub adapter: Via,
    /// The provider's name.
    pub provider: &'static str,
    /// What the step is for.
    pub title: &'static str,
    /// The operation's name, if one was called.
    pub operation: Option<&'static str>,
    /// Its method and path template.
    pub route: Option<String>,
    /// The reply's status, if there was a reply.
    pub status: Option<u16>,
    /// The type of what came out: `Ok`, or an error such as `Refused(NoSuchAccount)`.
    pub outcome: String,
    /// The same for a person.
    pub said: String,
    /// What should have been instead; `None` when all is well.
    pub should_be: Option<String>,
}

impl Record {
    /// About this operation, and this status of its reply.
    pub(super) fn on(self, operation: &'static str, route: String, status: Option<u16>) -> Self {
        Self { operation: Some(operation), route: Some(route), status, ..self }
    }

    /// With this outcome.
    pub(super) fn with(self, outcome: Outcome) -> Self {
        Self { outcome: outcome.name, said: outcome.said, ..self }
    }
}

/// What a [`Record`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Sort {
    /// A call of an operation.
    Request,
    /// A request that a flow sent.
    Poll,
    /// The end of a flow.
    Flow,
    /// What a person did.
    Person,
}

/// A step that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The number of the step in its story.
    pub step: u32,
    /// Through which adapter.
    pub adapter: Via,
    /// The provider's name.
    pub provider: &'static str,
    /// What the step is for.
    pub title: &'static str,
    /// The operation's name, if one was called.
    pub operation: Option<&'static str>,
    /// What came out.
    pub outcome: String,
    /// What should have.
    pub should_be: String,
}

impl From<Record> for Difference {
    fn from(record: Record) -> Self {
        Self {
            step: record.step,
            adapter: record.adapter,
            provider: record.provider,
            title: record.title,
            operation: record.operation,
            outcome: record.outcome,
            should_be: record.should_be.unwrap_or_default(),
        }
    }
}

/// How all stories went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "summary")]
#[non_exhaustive]
pub struct Summary {
    /// Whether each step was as it should be.
    pub ok: bool,
    /// How many stories were played; one provider through two adapters makes two.
    pub stories: u32,
    /// How many steps they had.
    pub steps: u32,
    /// How many requests they sent.
    pub requests: u32,
    /// How long all took.
    pub milliseconds: u64,
    /// The steps that were not as they should be, one a story at most.
    pub differences: Vec<Difference>,
}

impl Default for Summary {
    fn default() -> Self {
        Self { ok: true, stories: 0, steps: 0, requests: 0, milliseconds: 0, differences: Vec::new() }
    }
}

impl Summary {
    pub(super) fn add(&mut self, played: Played) {
        self.stories += 1;
        self.steps += played.steps;
        self.requests += played.requests;
        self.ok &= played.difference.is_none();
        self.differences.extend(played.difference);
    }
}

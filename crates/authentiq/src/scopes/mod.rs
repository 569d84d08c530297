//! Scopes: statements about a person, such as an e-mail address, that an authority verifies and signs. Each verification
//! is a job.

mod check;
mod confirm;
mod content;
mod delete;
mod request;
mod retrieve;
mod sign;

pub use check::{CheckScope, JobState};
pub use confirm::{ConfirmScope, ConfirmScopeRefusal};
pub use content::{JobContent, UnverifiedClaims, UnverifiedJwt};
pub use delete::DeleteScope;
pub use request::{IssuerMode, RequestScope, RequestScopeRefusal};
pub use retrieve::RetrieveScope;
pub use sign::{SignScope, SignScopeRefusal};

/// There is no such job (404, `unknown-job`): the one refusal of [`RetrieveScope`], [`CheckScope`] and [`DeleteScope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such job")]
pub struct UnknownJob;

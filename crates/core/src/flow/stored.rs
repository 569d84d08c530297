//! How what is stored looks: a set of fields that stays, whatever becomes of ours.

use serde::{Deserialize, Serialize};

use crate::{Form, Polling, Storable};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetryProgress {
    form: Form<super::RetryProgress>,
    polling: Polling,
    left: u32,
}

impl Storable for super::RetryProgress {
    const FORM: &'static str = "core.retry/1";
}

impl From<super::RetryProgress> for RetryProgress {
    fn from(progress: super::RetryProgress) -> Self {
        let super::RetryProgress { polling, left } = progress;
        Self { form: Form::new(), polling, left }
    }
}

impl From<RetryProgress> for super::RetryProgress {
    fn from(stored: RetryProgress) -> Self {
        let RetryProgress { form: _, polling, left } = stored;
        Self { polling, left }
    }
}

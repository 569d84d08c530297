use authwire_core::secret::Kind;
use authwire_core::{Reason, Secret};

/// Marks a [`RevocationSecret`].
#[derive(Clone, Copy, Debug)]
pub enum RevocationSecretKind {}

/// What revokes a key without its owner's device: shown once, when the key is registered
/// ([`RegisterKey`](crate::keys::RegisterKey)). Any text that is not empty: its form is not documented, and one that we
/// refused would be lost.
pub type RevocationSecret = Secret<RevocationSecretKind>;

impl Kind for RevocationSecretKind {
    const NAME: &'static str = "RevocationSecret";

    fn check(text: &str) -> Result<(), Reason> {
        not_empty(text)
    }
}

/// Marks a [`Code`].
#[derive(Clone, Copy, Debug)]
pub enum CodeKind {}

/// A one-time code, as a person received it by e-mail or text message. A text and not a number: zeros in front count.
pub type Code = Secret<CodeKind>;

impl Kind for CodeKind {
    const NAME: &'static str = "Code";

    fn check(text: &str) -> Result<(), Reason> {
        not_empty(text)
    }
}

/// Marks a [`JobId`].
#[derive(Clone, Copy, Debug)]
pub enum JobIdKind {}

/// The id of a verification job: 20 characters, no more is known of them. Whoever knows it can read, confirm and delete
/// the job, so it is kept like a secret.
pub type JobId = Secret<JobIdKind>;

impl Kind for JobIdKind {
    const NAME: &'static str = "JobId";

    fn check(text: &str) -> Result<(), Reason> {
        let fits = text.chars().count() == 20 && !text.contains(char::is_control);
        if fits { Ok(()) } else { Err(Reason::Not("20 characters")) }
    }
}

/// Marks a [`DeviceToken`].
#[derive(Clone, Copy, Debug)]
pub enum DeviceTokenKind {}

/// The address of a device at its push service, as its operating system gave it: any text that is not empty.
pub type DeviceToken = Secret<DeviceTokenKind>;

impl Kind for DeviceTokenKind {
    const NAME: &'static str = "DeviceToken";

    fn check(text: &str) -> Result<(), Reason> {
        not_empty(text)
    }
}

/// None of these travels in a header, so that any text can be sent.
fn not_empty(text: &str) -> Result<(), Reason> {
    if text.is_empty() { Err(Reason::Empty) } else { Ok(()) }
}

//! Users: signing up, and proving an e-mail address.

mod send_verification_email;
mod sign_up;
mod verify_email;

pub use send_verification_email::{SendVerificationEmail, SendVerificationEmailRefusal};
pub use sign_up::{SignUp, SignUpRefusal, SignedUp};
pub use verify_email::{VerifyEmail, VerifyEmailRefusal};

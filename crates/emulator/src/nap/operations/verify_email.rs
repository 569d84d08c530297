//! Verification mails and what their links carry.

use super::super::answers::{Answered, done};
use super::super::database::VerificationToken;
use super::super::email;
use super::super::json::Fields;
use super::super::mail::Mail;
use super::super::settings::Dialect;
use super::super::token::{random_token, sha256_hex};
use super::Call;

const INVALID: &str = "Invalid request data. Please check your input and try again.";

/// Every call makes another token; the earlier ones stay good.
pub(super) fn send(call: Call<'_>) -> Answered {
    let Call { nap, now, body, .. } = call;
    let invalid = || nap.bad_request(INVALID, "Failed to bind JSON!");
    let fields = Fields::parse(body, &["email"]).ok_or_else(invalid)?;
    let address = fields.text("email");
    if !email::is_valid(address) {
        return Err(invalid());
    }
    nap.database_is_up("Failed to begin transaction!")?;
    let Some(user) = nap.database.user_by_email(address).cloned() else {
        return Err(nap.bad_request(
            "It seems the user with the provided email does not exist! Please check the email and try again.",
            "No user exists with the provided email address.",
        ));
    };
    if user.verified {
        return Err(nap.bad_request("The email is already verified!", "Email already verified!"));
    }
    let token = random_token(&nap.seed.bytes::<32>());
    let expires = now.saturating_add(nap.settings.verification_lifetime);
    nap.database.verification_tokens.insert(sha256_hex(&token), VerificationToken { user: user.id, expires });
    if nap.settings.mailer_down {
        return Err(nap.failed("Failed to send verification email!"));
    }
    let page = match nap.settings.dialect {
        Dialect::Nap => "auth/verify-email",
        Dialect::Nexeres => "verify-email",
    };
    nap.mailbox.push(Mail {
        at: now,
        to: user.email,
        subject: format!("Welcome to {}! Please verify your email address", nap.settings.app_name),
        text: format!("Hello {}, verify here:\n\n{}/{page}?token={token}\n", user.first_name, nap.settings.base_url()),
    });
    done("Verification email sent successfully!")
}

/// A token is not used up.
pub(super) fn verify(call: Call<'_>) -> Answered {
    let Call { nap, now, body, .. } = call;
    let fields = Fields::parse(body, &["token"]).filter(|fields| !fields.text("token").is_empty());
    let fields = fields.ok_or_else(|| nap.bad_request(INVALID, "Failed to bind JSON!"))?;
    nap.database_is_up("Failed to begin transaction!")?;
    let found = nap.database.verification_tokens.get(&sha256_hex(fields.text("token")));
    let Some(token) = found.filter(|token| now < token.expires) else {
        return Err(nap.bad_request(
            "Invalid token! Please check the token and try again.",
            "No verification token found with the provided token hash.",
        ));
    };
    if let Some(user) = nap.database.users.get_mut(&token.user) {
        user.verified = true;
    }
    done("Email verified successfully!")
}

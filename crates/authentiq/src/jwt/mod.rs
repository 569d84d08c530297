//! Signed tokens: what Authentiq's bodies are made of.
//!
//! Two layers. [`Jws`] is a text in three parts, of which the last is a signature over the others; what stands in it is
//! bytes. Above it are the claims: [`AuthentiqId`], [`Claims`] and [`PushToken`], which are signed into a [`Jws`] and,
//! by a [`Verification`], read out of one.
//!
//! Keys stay where they are: a [`Signer`] may be a security module or a phone, and where the signature takes its time,
//! [`Unsigned`] waits for it. With the feature `ed25519` there are `Ed25519Key`, which signs, and `Ed25519`, which
//! verifies.
//!
//! What verifies is narrow on purpose. There is one algorithm, Ed25519; the header's `alg` is compared with its name and
//! decides nothing. The key is the caller's, or the subject's where a token must be signed by its subject; no key is taken
//! on a token's own word. Each text has one spelling: no padding, no stray bits, no white space. A header that says one
//! thing twice, or that something in it is critical, is refused.
//!
//! Documents: RFC 7515, RFC 7519, RFC 8037; Authentiq API 6, schemas `AuthentiqID`, `Claims` and `PushToken`. The header
//! is the one that Authentiq's own library wrote: `typ`, `alg`, and the signer's key as `kid`.

mod authentiq_id;
mod claims;
#[cfg(feature = "ed25519")]
mod ed25519;
mod header;
mod jws;
mod payload;
mod push_token;
mod signer;
mod verification;

pub use authentiq_id::AuthentiqId;
pub use claims::Claims;
#[cfg(feature = "ed25519")]
#[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
pub use ed25519::{Ed25519, Ed25519Key};
pub use jws::{Alg, Jws, MAX_TOKEN};
pub use payload::ClaimSet;
pub use push_token::PushToken;
pub use signer::{SignError, Signer, Unsigned};
pub use verification::{MAX_LEEWAY, TokenError, Verification, Verified, Verifier};

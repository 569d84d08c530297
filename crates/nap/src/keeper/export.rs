use alloc::string::String;
use core::fmt;
use core::time::Duration;

use authwire_core::keeper::Ticket;
use authwire_core::{Generation, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::lifetime::Lifetime;
use super::session_keeper::{LONGEST_ASKED, State};
use super::{SessionKeeper, SessionOver};
use crate::sessions::RefreshRefusal;
use crate::{RefreshToken, SessionId, SessionToken, Time, Tokens, UnverifiedClaims};

/// What the text begins with that is ours.
const FORMAT: &str = "authwire-nap-session";
const VERSION: u32 = 1;
/// Counters beyond this are nobody's: the whole numbers that every JSON reader knows.
const LARGEST: u64 = 1 << 53;

/// A session as a text, to be stored or moved: JSON in one line, with both tokens in it. Whoever has it has the session.
/// Encrypt it where it is stored, and see that nobody can change it there: it is read strictly, but has no signature.
///
/// Its `Debug` does not show it, and it is wiped when it is dropped.
#[derive(Clone)]
pub struct SessionExport(Zeroizing<String>);

impl SessionExport {
    /// The text itself: the only way out.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionExport([redacted])")
    }
}

/// Why a text is not taken for a session. Says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// It is not such a text at all, or it lacks a field, has one too many or twice, or one of another type.
    #[error("this is not an exported session")]
    Malformed,
    /// It was written by another version of this library, whose form is not known here.
    #[error("the session was exported in a form that is not known here")]
    UnknownVersion,
    /// This field has a value that no export has.
    #[error("the exported session's {0} makes no sense")]
    Field(&'static str),
}

/// Read first, for the rest depends on it.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot<T> {
    format: T,
    version: u32,
    session_id: T,
    // The tokens are written by hand: serde's writer grows its buffer, and leaves pieces of them behind.
    #[serde(skip_serializing)]
    session_token: T,
    session_token_expiry: T,
    #[serde(skip_serializing)]
    refresh_token: T,
    refresh_token_expiry: T,
    begins: u64,
    ends: u64,
    leeway: u64,
    generation: u64,
    rejected: bool,
    refreshes: u64,
    not_before: u64,
    failures: u32,
    now: u64,
    // Named, so that it must be there.
    #[serde(deserialize_with = "Option::deserialize")]
    over: Option<OverWire>,
}

/// Also a refresh in flight is here: whoever restores will not hear of it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum OverWire {
    InvalidRequest,
    InvalidToken,
    NoMembership,
    TokenNotReceived,
    OurCredential,
    Uncertain {
        #[serde(deserialize_with = "Option::deserialize")]
        status: Option<u16>,
    },
    LoggedOut,
}

impl OverWire {
    fn of(state: State) -> Option<Self> {
        let over = match state {
            State::Ready => return None,
            State::InFlight { .. } => return Some(Self::Uncertain { status: None }),
            State::Over(over) => over,
        };
        Some(match over {
            SessionOver::Refused(RefreshRefusal::InvalidRequest) => Self::InvalidRequest,
            SessionOver::Refused(RefreshRefusal::InvalidToken) => Self::InvalidToken,
            SessionOver::Refused(RefreshRefusal::NoMembership) => Self::NoMembership,
            SessionOver::Refused(RefreshRefusal::TokenNotReceived) => Self::TokenNotReceived,
            SessionOver::OurCredential => Self::OurCredential,
            SessionOver::Uncertain { status } => Self::Uncertain { status },
            SessionOver::LoggedOut => Self::LoggedOut,
            // Not a state that a keeper stays in.
            SessionOver::Build(_) => return None,
        })
    }

    fn state(self) -> Result<State, RestoreError> {
        Ok(State::Over(match self {
            Self::InvalidRequest => SessionOver::Refused(RefreshRefusal::InvalidRequest),
            Self::InvalidToken => SessionOver::Refused(RefreshRefusal::InvalidToken),
            Self::NoMembership => SessionOver::Refused(RefreshRefusal::NoMembership),
            Self::TokenNotReceived => SessionOver::Refused(RefreshRefusal::TokenNotReceived),
            Self::OurCredential => SessionOver::OurCredential,
            Self::Uncertain { status: Some(status) } if !(100..=999).contains(&status) => {
                return Err(RestoreError::Field("status"));
            }
            Self::Uncertain { status } => SessionOver::Uncertain { status },
            Self::LoggedOut => SessionOver::LoggedOut,
        }))
    }
}

impl SessionKeeper {
    /// The session as a text, with both tokens in it: as secret as they are.
    ///
    /// Whoever restores it and whoever exported it must not both go on: of two keepers of one session, the second one to
    /// refresh ends it. A keeper that is exported while a refresh is in flight is restored as
    /// [`Uncertain`](SessionOver::Uncertain), for the reply goes elsewhere.
    #[must_use]
    pub fn export_secrets(&self) -> SessionExport {
        let tokens = &self.tokens;
        let snapshot = Snapshot {
            format: FORMAT,
            version: VERSION,
            session_id: tokens.session_id.as_str(),
            session_token: tokens.session_token.expose(),
            session_token_expiry: tokens.session_token_expiry.as_str(),
            refresh_token: tokens.refresh_token.expose(),
            refresh_token_expiry: tokens.refresh_token_expiry.as_str(),
            begins: self.lifetime.begins.as_millis(),
            ends: self.lifetime.ends.as_millis(),
            leeway: u64::try_from(self.leeway.as_millis()).unwrap_or(u64::MAX),
            generation: self.generation.get(),
            rejected: self.rejected,
            refreshes: self.next.get(),
            not_before: self.not_before.as_millis(),
            failures: self.failures,
            now: self.now.as_millis(),
            over: OverWire::of(self.state),
        };
        let plain = serde_json::to_string(&snapshot).unwrap_or_default();
        let secrets = [("session_token", snapshot.session_token), ("refresh_token", snapshot.refresh_token)];
        // Room for all of it, escapes included.
        let room = secrets.iter().fold(plain.len(), |room, (name, token)| {
            room.saturating_add(name.len()).saturating_add(token.len().saturating_mul(2)).saturating_add(8)
        });
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.push_str(plain.strip_suffix('}').unwrap_or_default());
        for (name, token) in secrets {
            text.push_str(",\"");
            text.push_str(name);
            text.push_str("\":\"");
            // Visible ASCII, of which JSON escapes two.
            for character in token.chars() {
                if matches!(character, '"' | '\\') {
                    text.push('\\');
                }
                text.push(character);
            }
            text.push('"');
        }
        text.push('}');
        SessionExport(text)
    }

    /// The keeper of an exported session. It goes on where the exported one was.
    ///
    /// # Errors
    /// When the text is not exactly what [`export_secrets`](Self::export_secrets) writes.
    pub fn restore(text: &str) -> Result<Self, RestoreError> {
        let json = |_| RestoreError::Malformed;
        // serde's derive would take an array, too.
        if !text.starts_with('{') {
            return Err(RestoreError::Malformed);
        }
        let head: Head = serde_json::from_str(text).map_err(json)?;
        if head.format != FORMAT {
            return Err(RestoreError::Malformed);
        }
        if head.version != VERSION {
            return Err(RestoreError::UnknownVersion);
        }
        let mut snapshot: Snapshot<String> = serde_json::from_str(text).map_err(json)?;
        let restored = Self::of(&snapshot);
        snapshot.session_token.zeroize();
        snapshot.refresh_token.zeroize();
        restored
    }

    fn of(snapshot: &Snapshot<String>) -> Result<Self, RestoreError> {
        let field = RestoreError::Field;
        let session_token = SessionToken::new(snapshot.session_token.as_str()).map_err(|_| field("session_token"))?;
        let refresh_token = RefreshToken::new(snapshot.refresh_token.as_str()).map_err(|_| field("refresh_token"))?;
        let time = |name, text: &str| Time::parse(text).ok_or(field(name));
        let count = |name, number| if number <= LARGEST { Ok(number) } else { Err(field(name)) };
        let tokens = Tokens {
            session_id: SessionId::new(snapshot.session_id.as_str()),
            session_token,
            session_token_expiry: time("session_token_expiry", &snapshot.session_token_expiry)?,
            refresh_token,
            refresh_token_expiry: time("refresh_token_expiry", &snapshot.refresh_token_expiry)?,
        };
        let claims = UnverifiedClaims::read(&tokens.session_token);
        let session = claims.as_ref().and_then(|claims| claims.without_verification().session.as_ref());
        if snapshot.session_id.is_empty() || session.is_some_and(|session| *session != tokens.session_id) {
            return Err(field("session_id"));
        }
        let at = Timestamp::from_millis;
        let (now, not_before) = (at(snapshot.now), at(snapshot.not_before));
        if snapshot.begins > snapshot.ends.min(snapshot.now) {
            return Err(field("begins"));
        }
        if not_before > now.saturating_add(LONGEST_ASKED) {
            return Err(field("not_before"));
        }
        Ok(Self {
            tokens,
            lifetime: Lifetime { begins: at(snapshot.begins), ends: at(snapshot.ends) },
            leeway: Duration::from_millis(snapshot.leeway),
            generation: Generation::new(count("generation", snapshot.generation)?),
            rejected: snapshot.rejected,
            next: Ticket::new(count("refreshes", snapshot.refreshes)?),
            not_before,
            failures: snapshot.failures,
            now,
            state: match snapshot.over {
                None => State::Ready,
                Some(over) => over.state()?,
            },
        })
    }
}

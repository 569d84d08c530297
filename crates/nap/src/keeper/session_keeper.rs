use core::fmt;
use core::time::Duration;

use authwire_core::keeper::Ticket;
use authwire_core::{Access, Endpoint, Generation, Keeper, Kind, Reply, ReplyError, RetryAfter, Sent, Timestamp};

use super::SessionOver;
use super::lifetime::{Lifetime, SHORTEST};
use crate::sessions::{Logout, Refresh, RefreshRefusal};
use crate::{Nap, SessionToken, Tokens};

/// How long before it expires a token is refreshed, unless set.
const LEEWAY: Duration = Duration::from_secs(60);
/// The longest pause before a refresh that was certainly not carried out is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause that a reply can ask for.
pub(super) const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);
/// How often a pause doubles at most.
const MAX_DOUBLINGS: u32 = 6;

/// Keeps a session's tokens fresh: a [`Keeper`] over [`Refresh`].
///
/// - **When.** A minute ([`leeway`](Self::leeway)) before the session token expires, at the next access; at once when it
///   was [`rejected`](Keeper::rejected); once a second at most. How long a token is good is counted from when it came, by
///   its own times, so that no clock of yours has to be right.
/// - **Meanwhile.** While a refresh is in flight, the old session token is handed out until it expires: the platform
///   checks a session token by its signature and times alone, and goes on accepting it after the refresh.
/// - **What is tried again.** A refresh that was certainly not carried out: one that was not sent, after a pause of a
///   second that doubles up to a minute; one that was throttled (429), when the platform says, within an hour.
/// - **What is not.** A refresh spends the refresh token, so one that may have been carried out is
///   [`SessionOver::Uncertain`]: no whole reply, any 5xx, a status that the platform does not document, an answer that
///   cannot be read. Then somebody decides: [`refresh_at_risk`](Self::refresh_at_risk), or a new login.
/// - **Alone.** Two keepers of one session end it, and so does whoever else sends a refresh with its tokens.
///
/// ```
/// use authwire_core::{Access, Keeper, Timestamp};
/// use authwire_nap::keeper::SessionKeeper;
/// # use authwire_nap::http::Response;
/// # use authwire_nap::{ApiKey, Nap, Password, core::Endpoint, sessions::Login};
/// # const TOKEN: &str = "ZXlKaGJHY2lPaUpTVXpJMU5pSXNJblI1Y0NJNklrcFhWQ0o5LmV5SnFkR2tpT2lJeElpd2laWGh3SWpveE56azFNekF3TlRJeUxDSnBZWFFpT2pFM09UVXlPVFk1TWpKOS5jMmxu";
/// # fn send(token: &str) -> Response<String> {
/// #     Response::new(format!(r#"{{"message":"Login successful","tokens":{{"session_id":"1","session_token":"{TOKEN}",
/// #         "session_token_expiry":"2026-11-21T22:35:22.186385564Z","refresh_token":"{token}",
/// #         "refresh_token_expiry":"2026-12-21T21:35:22.186385564Z"}},"requireEmailVerification":false}}"#))
/// # }
/// # let nap = Nap::new("https://auth.example.com".parse()?, &ApiKey::new("nap_live_abc")?);
/// # let login = Login::new("ada@example.com", Password::new("correct horse")?);
/// let now = Timestamp::from_secs(1_795_296_922); // your clock
/// let tokens = login.response(&nap, &send("first"))?.tokens;
/// let mut keeper = SessionKeeper::new(tokens, now);
/// assert!(matches!(keeper.access(&nap, now), Access::Use { .. }));
///
/// // An hour later:
/// let now = Timestamp::from_secs(1_795_300_522);
/// let Access::Refresh { ticket, request } = keeper.access(&nap, now) else { panic!("a refresh is due") };
/// assert!(matches!(keeper.access(&nap, now), Access::Busy)); // one at a time
/// let response = send("second"); // … the request, over whatever you have …
/// keeper.reply(&nap, now, ticket, (&response).into());
/// assert!(matches!(keeper.access(&nap, now), Access::Use { .. }));
/// # drop(request);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct SessionKeeper {
    pub(super) tokens: Tokens,
    pub(super) lifetime: Lifetime,
    pub(super) leeway: Duration,
    pub(super) generation: Generation,
    /// Whether the newest session token was not accepted somewhere.
    pub(super) rejected: bool,
    /// The ticket of the next refresh.
    pub(super) next: Ticket,
    /// Before this no refresh is sent.
    pub(super) not_before: Timestamp,
    /// Refreshes in a row that were certainly not carried out.
    pub(super) failures: u32,
    /// The latest time that was told.
    pub(super) now: Timestamp,
    pub(super) state: State,
}

#[derive(Clone, Copy)]
pub(super) enum State {
    Ready,
    InFlight { ticket: Ticket, since: Timestamp },
    Over(SessionOver),
}

impl SessionKeeper {
    /// Keeps the session of these tokens, which came at `now`: out of a login, or of a refresh.
    pub fn new(tokens: Tokens, now: Timestamp) -> Self {
        let lifetime = Lifetime::of(&tokens, now);
        Self {
            tokens,
            lifetime,
            leeway: LEEWAY,
            generation: Generation::default(),
            rejected: false,
            next: Ticket::default(),
            not_before: now.saturating_add(SHORTEST),
            failures: 0,
            now,
            state: State::Ready,
        }
    }

    /// Refreshes so long before the session token expires, instead of a minute; never before half of its time is over.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// The newest tokens. Once there is a [`SessionOver`], the last ones; in the case of
    /// [`Uncertain`](SessionOver::Uncertain) the session token is accepted until it expires, and the refresh token
    /// perhaps.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Which pair of tokens it is.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Whether it has nothing to hand out any more, and why.
    #[must_use]
    pub fn over(&self) -> Option<SessionOver> {
        match self.state {
            State::Over(over) => Some(over),
            State::Ready | State::InFlight { .. } => None,
        }
    }

    /// The operation that ends the session. It may be sent again until it succeeds; the keeper hands out nothing from now
    /// on. `None` while a refresh is in flight, since the session's newest refresh token is not known then: ask again
    /// after it.
    ///
    /// After [`Uncertain`](SessionOver::Uncertain) the platform may say that the session has ended though it goes on: its
    /// newest refresh token went astray, and nobody has it.
    pub fn logout(&mut self) -> Option<Logout> {
        if let State::InFlight { .. } = self.state {
            return None;
        }
        self.state = State::Over(SessionOver::LoggedOut);
        Some(Logout::new(self.tokens.refresh_token.clone()))
    }

    /// Goes on after a [`SessionOver`] by which certainly nothing was carried out, since the platform said so in its own
    /// words: an API key that was not accepted, a user who was no member, a token or request that did not arrive as it
    /// was. For when that was put right; the next access refreshes. Says whether it was such a case.
    pub fn resume(&mut self) -> bool {
        let resumes = match self.state {
            State::Over(SessionOver::OurCredential) => true,
            State::Over(SessionOver::Refused(refusal)) => refusal != RefreshRefusal::InvalidToken,
            _ => false,
        };
        self.go_on(resumes)
    }

    /// Goes on after [`SessionOver::Uncertain`]: the next access sends the last refresh token once more. Says whether it
    /// was such a case.
    ///
    /// If the lost refresh was carried out, the platform refuses the token, and nothing is worse than before. If it was
    /// not, the session goes on. If it is being carried out at the same moment, both may succeed, and then one of the two
    /// pairs of tokens is worth nothing, perhaps ours: leave the platform a while before.
    pub fn refresh_at_risk(&mut self) -> bool {
        self.go_on(matches!(self.state, State::Over(SessionOver::Uncertain { .. })))
    }

    fn go_on(&mut self, goes_on: bool) -> bool {
        if goes_on {
            // What was due then is due still.
            self.state = State::Ready;
        }
        goes_on
    }

    fn operation(&self) -> Refresh {
        Refresh::new(self.tokens.refresh_token.clone()).session(self.tokens.session_id.clone())
    }

    fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// When the refresh with this ticket was handed out, if it is in flight.
    fn in_flight(&self, ticket: Ticket) -> Option<Timestamp> {
        match self.state {
            State::InFlight { ticket: in_flight, since } if in_flight == ticket => Some(since),
            _ => None,
        }
    }

    /// New tokens that came in reply to a request of this time.
    fn renew(&mut self, tokens: Tokens, since: Timestamp) {
        // Counted from the request: the tokens were made after it.
        self.lifetime = Lifetime::of(&tokens, since);
        self.lifetime.ends = self.lifetime.ends.max(self.now.saturating_add(SHORTEST));
        self.tokens = tokens;
        self.generation = self.generation.next();
        self.rejected = false;
        self.failures = 0;
        self.not_before = self.now.saturating_add(SHORTEST);
        self.state = State::Ready;
    }

    /// The refresh was certainly not carried out: it is sent again, after a pause.
    fn pause(&mut self, retry_after: Option<RetryAfter>) {
        let pause = SHORTEST.saturating_mul(1 << self.failures.min(MAX_DOUBLINGS)).min(LONGEST_PAUSE);
        let own = self.now.saturating_add(pause);
        let asked = retry_after.map_or(own, |after| after.at(self.now));
        self.failures = self.failures.saturating_add(1);
        self.not_before = asked.min(self.now.saturating_add(LONGEST_ASKED)).max(own);
        self.state = State::Ready;
    }

    fn failed(&mut self, error: &ReplyError<RefreshRefusal>) {
        self.state = State::Over(match error.kind() {
            // The platform counts a request before anything else looks at it.
            Kind::Throttled => return self.pause(error.retry_after()),
            Kind::Refused(refusal) => SessionOver::Refused(*refusal),
            Kind::OurCredential => SessionOver::OurCredential,
            // Somebody on the way may say what they like of a refresh that was carried out.
            _ => SessionOver::Uncertain { status: Some(error.status()) },
        });
    }
}

impl Keeper for SessionKeeper {
    type Provider = Nap;
    type Token = SessionToken;
    type Over = SessionOver;

    fn access(&mut self, provider: &Nap, now: Timestamp) -> Access<'_, SessionToken, SessionOver> {
        self.advance(now);
        let is_good = !self.rejected && self.now < self.lifetime.ends;
        let is_due = !is_good || self.now >= self.lifetime.refresh_at(self.leeway);
        match self.state {
            State::Over(over) => return Access::Over(over),
            State::Ready if is_due && self.now >= self.not_before => {
                return match self.operation().request(provider) {
                    Ok(request) => {
                        let ticket = self.next;
                        self.next = ticket.next();
                        self.state = State::InFlight { ticket, since: self.now };
                        Access::Refresh { ticket, request }
                    }
                    Err(error) => Access::Over(SessionOver::Build(error)),
                };
            }
            State::Ready | State::InFlight { .. } if is_good => {}
            State::Ready => return Access::Wait(self.not_before),
            State::InFlight { .. } => return Access::Busy,
        }
        Access::Use { token: &self.tokens.session_token, generation: self.generation }
    }

    fn reply(&mut self, provider: &Nap, now: Timestamp, ticket: Ticket, reply: Reply<'_>) {
        self.advance(now);
        let Some(since) = self.in_flight(ticket) else { return };
        match self.operation().read(provider, reply.to_operation(Refresh::NAME)) {
            // A new pair with the old refresh token is an old reply, out of somebody's cache.
            Ok(new) if new.tokens.refresh_token.expose() == self.tokens.refresh_token.expose() => {
                self.state = State::Over(SessionOver::Uncertain { status: Some(reply.code()) });
            }
            Ok(new) => self.renew(new.tokens, since),
            Err(error) => self.failed(&error),
        }
    }

    fn lost(&mut self, now: Timestamp, ticket: Ticket, sent: Sent) {
        self.advance(now);
        if self.in_flight(ticket).is_some() {
            match sent {
                Sent::No => self.pause(None),
                Sent::Maybe => self.state = State::Over(SessionOver::Uncertain { status: None }),
            }
        }
    }

    fn rejected(&mut self, generation: Generation) {
        self.rejected |= generation == self.generation;
    }
}

impl fmt::Debug for SessionKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ready => "ready",
            State::InFlight { .. } => "in flight",
            State::Over(_) => "over",
        };
        f.debug_struct("SessionKeeper")
            .field("state", &state)
            .field("over", &self.over())
            .field("generation", &self.generation)
            .field("rejected", &self.rejected)
            .field("lifetime", &self.lifetime)
            .field("not_before", &self.not_before)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

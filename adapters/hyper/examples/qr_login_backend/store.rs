//! What lies in Redis: logins that wait, and who is logged in. Every key expires.
//!
//! A stored login holds a nonce, and decides who is let in: keep this Redis as you keep your users' sessions.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult, cmd};

use super::session::SessionId;

/// For how long one process may hold a login: longer than its two requests to the provider may take.
const LEASE: Duration = Duration::from_secs(8);
/// For how long somebody stays logged in.
const SESSION: Duration = Duration::from_secs(8 * 60 * 60);

/// Redis, over one connection that is made anew when it breaks.
#[derive(Clone)]
pub(crate) struct Store(ConnectionManager);

impl Store {
    pub(crate) fn connect(url: &str) -> RedisResult<Self> {
        let limit = Some(Duration::from_secs(1));
        let config = ConnectionManagerConfig::new().set_connection_timeout(limit).set_response_timeout(limit);
        let config = config.set_number_of_retries(1);
        Ok(Self(ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?))
    }

    /// Keeps a login that begins.
    pub(crate) async fn begin(&self, session: &SessionId, flow: &str, keep: Duration) -> RedisResult<()> {
        let mut set = cmd("SET");
        set.arg(session.key("login")).arg(flow).arg("PX").arg(millis(keep)).exec_async(&mut self.0.clone()).await
    }

    /// Takes a login for a while, so that two requests of a browser do not drive two copies of it; whether it worked.
    /// If this process dies, it ends by itself.
    pub(crate) async fn lease(&self, session: &SessionId) -> RedisResult<bool> {
        let mut set = cmd("SET");
        set.arg(session.key("lease")).arg(1).arg("NX").arg("PX").arg(millis(LEASE));
        Ok(set.query_async::<Option<String>>(&mut self.0.clone()).await?.is_some())
    }

    /// Gives it back.
    pub(crate) async fn release(&self, session: &SessionId) -> RedisResult<()> {
        cmd("DEL").arg(session.key("lease")).exec_async(&mut self.0.clone()).await
    }

    /// The login that waits.
    pub(crate) async fn waiting(&self, session: &SessionId) -> RedisResult<Option<String>> {
        cmd("GET").arg(session.key("login")).query_async(&mut self.0.clone()).await
    }

    /// Puts a login back that goes on; one that ended meanwhile stays ended.
    pub(crate) async fn put_back(&self, session: &SessionId, flow: &str) -> RedisResult<()> {
        let mut set = cmd("SET");
        set.arg(session.key("login")).arg(flow).arg("XX").arg("KEEPTTL").exec_async(&mut self.0.clone()).await
    }

    /// Ends a login. True for one caller only, however many there are: that one may let the person in.
    pub(crate) async fn end(&self, session: &SessionId) -> RedisResult<bool> {
        Ok(cmd("DEL").arg(session.key("login")).query_async::<u64>(&mut self.0.clone()).await? == 1)
    }

    /// Somebody is logged in.
    pub(crate) async fn let_in(&self, session: &SessionId, user: &str) -> RedisResult<()> {
        let mut set = cmd("SET");
        set.arg(session.key("user")).arg(user).arg("PX").arg(millis(SESSION)).exec_async(&mut self.0.clone()).await
    }

    /// Who is logged in.
    pub(crate) async fn user(&self, session: &SessionId) -> RedisResult<Option<String>> {
        cmd("GET").arg(session.key("user")).query_async(&mut self.0.clone()).await
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! The example `qr_login_backend` as several processes, with a real Redis between them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "../examples/qr_login_backend/main.rs"]
mod backend;
#[path = "../../testing/phone.rs"]
mod phone;
#[path = "../../testing/process.rs"]
mod process;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use authwire_core::http::header::{COOKIE, RETRY_AFTER, SET_COOKIE};
use authwire_core::http::{Request, Response, StatusCode};
use authwire_emulator::nextauth::Phone;
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_hyper::{Client, ExchangeError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use process::{PATIENCE, Process};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// The example's own `main`, in a process of its own.
#[test]
#[ignore = "a process that the tests start"]
fn a_process_of_the_backend() {
    backend::main().unwrap();
}

/// Redis with nothing in it, on a socket in a folder of its own.
struct Redis {
    process: Process,
    folder: PathBuf,
}

impl Redis {
    /// `None` where there is no `redis-server`.
    fn start() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        if Command::new("redis-server").arg("--version").output().is_err() {
            // CI installs it, and must not pass without.
            assert!(std::env::var_os("CI").is_none(), "there is no redis-server");
            // Not `eprintln`, which the runner keeps to itself where a test passes.
            let skipped = b"SKIPPED: there is no redis-server here (Debian: apt-get install redis-server)\n";
            std::io::stderr().write_all(skipped).unwrap();
            return None;
        }
        let name = format!("authwire-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--unixsocket", "s", "--save", "", "--appendonly", "no", "--dir"]).arg(&folder);
        let mut redis = Self { process: Process::start(command.current_dir(&folder)), folder };
        redis.process.find(|line| line.contains("ready to accept connections").then_some(()));
        Some(redis)
    }

    fn url(&self) -> String {
        format!("unix://{}/s", self.folder.display())
    }

    fn connect(&self) -> redis::Connection {
        redis::Client::open(self.url()).unwrap().get_connection().unwrap()
    }

    /// Removes what has such keys; there is some.
    fn forget(&self, pattern: &str) {
        let mut connection = self.connect();
        let keys: Vec<String> = redis::cmd("KEYS").arg(pattern).query(&mut connection).unwrap();
        assert!(!keys.is_empty());
        redis::cmd("DEL").arg(keys).exec(&mut connection).unwrap();
    }

    /// All keys and what they hold.
    fn dump(&self) -> Vec<(String, String)> {
        let mut connection = self.connect();
        let keys: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut connection).unwrap();
        let mut get = |key: String| {
            assert!(redis::cmd("PTTL").arg(&key).query::<i64>(&mut connection).unwrap() > 0, "{key} never expires");
            let value = redis::cmd("GET").arg(&key).query(&mut connection).unwrap();
            (key, value)
        };
        keys.into_iter().map(&mut get).collect()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.process.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A provider, a person with a phone, and two processes of the backend.
struct Site {
    emulator: Server,
    phone: Phone,
    redis: Redis,
    backends: [(Process, String); 2],
    runtime: Runtime,
    client: Client,
}

impl Site {
    fn start(user: Option<&str>, more: &[(&str, &str)]) -> Option<Self> {
        let redis = Redis::start()?;
        let (emulator, phone) = phone::emulator(user);
        let backends = [(); 2].map(|()| start_backend(&emulator, &redis, more));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let client = Client::builder().fresh_connections(true).deadline(PATIENCE).build().unwrap();
        Some(Self { emulator, phone, redis, backends, runtime, client })
    }

    /// A browser's request to one of the processes; its cookie changes as the answer says.
    fn get(&self, at: usize, path: &str, cookie: &mut Option<String>) -> Response<Vec<u8>> {
        let answer = self.runtime.block_on(self.client.exchange(self.request(at, path, cookie.as_deref()))).unwrap();
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (value, flags) = set.split_once("; ").unwrap();
            assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax; Secure");
            assert!(value.starts_with("__Host-session=") && value.len() == 58, "{value}");
            *cookie = Some(value.to_owned());
        }
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer
    }

    fn request(&self, at: usize, path: &str, cookie: Option<&str>) -> Request<Vec<u8>> {
        let mut request = Request::get(format!("{}{path}", self.backends[at].1)).header("user-agent", "Firefox");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, format!("theme=dark; {cookie}"));
        }
        request.body(Vec::new()).unwrap()
    }

    /// Begins a login; gives the code that the page shows.
    fn begin(&self, at: usize, cookie: &mut Option<String>) -> Vec<u8> {
        let answer = self.get(at, "/login", cookie);
        assert_eq!(answer.status(), 200, "{}", text(&answer));
        let page = text(&answer);
        let (_, rest) = page.split_once("data:image/png;base64,").unwrap();
        let picture = STANDARD.decode(rest.split('"').next().unwrap()).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(picture));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let side = info.width as usize;
        phone::read_code(side, |x, y| pixels[(y * side + x) * info.color_type.samples()])
    }

    /// The person scans the code, sees where it comes from, and approves or declines.
    fn scan(&mut self, code: &[u8], approve: bool) {
        let phone = &mut self.phone;
        self.emulator.with_emulator(|emulator, now| {
            let prompt = phone.scan(&emulator.nextauth, now, code).unwrap();
            let shown = prompt.context.as_ref().and_then(|context| context.sessioninfo.as_ref()).unwrap();
            assert_eq!(shown.useragent.as_deref(), Some("Firefox"));
            if approve {
                phone.approve(&mut emulator.nextauth, now, prompt).unwrap();
            } else {
                phone.decline(&mut emulator.nextauth, now, prompt).unwrap();
            }
        });
    }

    /// Asks as the page does, until something else than "waiting" is said.
    fn outcome(&self, at: usize, cookie: &mut Option<String>) -> Response<Vec<u8>> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let answer = self.get(at, "/login/status", cookie);
            if answer.status() != StatusCode::ACCEPTED {
                return answer;
            }
            let seconds: u64 = answer.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds));
            std::thread::sleep(Duration::from_millis(300));
        }
        panic!("the login has no outcome");
    }

    /// Asks how the login is, without waiting for the answer.
    fn asks(&self, at: usize, cookie: &Option<String>) -> JoinHandle<Result<Response<Vec<u8>>, ExchangeError>> {
        let (client, request) = (self.client.clone(), self.request(at, "/login/status", cookie.as_deref()));
        self.runtime.spawn(async move { client.exchange(request).await })
    }

    fn wait_for_polls(&self, count: usize) {
        let end = Instant::now() + PATIENCE;
        while self.polls() < count {
            assert!(Instant::now() < end, "the backend does not ask");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn polls(&self) -> usize {
        phone::count(&self.emulator, "getSession")
    }

    /// No log line and nothing in Redis beside the flows themselves shows a secret.
    fn check_secrets(&mut self, cookies: &[&Option<String>]) {
        let (key, mut nonces) =
            self.emulator.with_emulator(|emulator, _| (emulator.nextauth.api_key().to_owned(), Vec::new()));
        for request in self.emulator.log() {
            nonces.extend(request.headers.get("x-nonce").map(|nonce| nonce.to_str().unwrap().to_owned()));
        }
        assert!(!nonces.is_empty());
        assert!(self.redis.dump().iter().all(|(_, value)| !value.contains(&key)), "our key is in Redis");
        let ids = cookies.iter().map(|cookie| cookie.as_ref().unwrap().split_once('=').unwrap().1.to_owned());
        let secrets: Vec<_> = ids.chain(nonces).chain([key]).collect();
        for (process, _) in &mut self.backends {
            let shown = process.output();
            assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
        }
    }
}

fn start_backend(emulator: &Server, redis: &Redis, more: &[(&str, &str)]) -> (Process, String) {
    let (known, url) = (phone::environment(emulator), redis.url());
    let mut environment: Vec<_> = known.iter().map(|(name, value)| (*name, value.as_str())).collect();
    environment.push(("REDIS_URL", &url));
    environment.extend(more);
    let mut process = Process::of_test("a_process_of_the_backend", &environment);
    let address = process.find(|line| Some(line.split_once("listening on ")?.1.to_owned()));
    (process, address)
}

fn text(answer: &Response<Vec<u8>>) -> String {
    String::from_utf8(answer.body().clone()).unwrap()
}

#[test]
fn a_login_begun_on_one_process_ends_on_the_other() {
    let Some(mut site) = Site::start(Some("alice"), &[]) else { return };
    let mut cookie = None;
    assert_eq!(site.get(0, "/", &mut cookie).status(), StatusCode::UNAUTHORIZED);
    assert_eq!(site.get(0, "/login/status", &mut cookie).status(), StatusCode::GONE);
    assert_eq!(site.get(0, "/login.js", &mut cookie).status(), StatusCode::OK);

    // Whoever loads the page again gets another code, and the first login is over.
    let (first, second) = (site.begin(0, &mut cookie), cookie.clone());
    let (code, before) = (site.begin(0, &mut cookie), cookie.clone());
    assert!(first != code && second != before);
    assert_eq!(site.get(1, "/login/status", &mut second.clone()).status(), StatusCode::GONE);

    assert_eq!(site.get(1, "/login/status", &mut cookie).status(), StatusCode::ACCEPTED);
    assert_eq!(site.get(0, "/", &mut cookie).status(), StatusCode::UNAUTHORIZED);
    site.scan(&code, true);
    assert_eq!(site.outcome(1, &mut cookie).status(), StatusCode::OK);
    assert_ne!(cookie, before, "a new session");
    for at in [0, 1] {
        assert_eq!(text(&site.get(at, "/", &mut cookie)), "alice is logged in");
        // The old session is worth nothing.
        assert_eq!(site.get(at, "/", &mut before.clone()).status(), StatusCode::UNAUTHORIZED);
        assert_eq!(site.get(at, "/login/status", &mut before.clone()).status(), StatusCode::GONE);
        // Who is logged in needs no code.
        assert_eq!(site.get(at, "/login", &mut cookie).status(), StatusCode::SEE_OTHER);
    }
    let kept: Vec<_> = site.redis.dump().into_iter().map(|(key, value)| (key[..5].to_owned(), value)).collect();
    assert_eq!(kept, [("user:".to_owned(), "alice".to_owned())]);
    site.check_secrets(&[&cookie, &before, &second]);
}

#[test]
fn a_process_killed_while_it_asks_loses_no_login() {
    let Some(mut site) = Site::start(Some("alice"), &[]) else { return };
    let mut cookie = None;
    let code = site.begin(0, &mut cookie);
    let slow = FaultPlan::new(Fault::Delay(PATIENCE)).operation("getSession");
    site.emulator.with_emulator(|emulator, _| emulator.fault(slow));
    let asking = site.asks(0, &cookie);
    site.wait_for_polls(1);
    site.backends[0].0.kill();
    assert!(site.runtime.block_on(asking).unwrap().is_err());

    // The login is held for a while by a process that is no more.
    assert_eq!(site.get(1, "/login/status", &mut cookie).status(), StatusCode::ACCEPTED);
    assert_eq!(site.polls(), 1);
    site.scan(&code, true);
    assert_eq!(site.outcome(1, &mut cookie).status(), StatusCode::OK);
    assert_eq!(text(&site.get(1, "/", &mut cookie)), "alice is logged in");
    site.check_secrets(&[&cookie]);
}

#[test]
fn of_many_requests_at_once_one_logs_in() {
    let Some(mut site) = Site::start(Some("alice"), &[]) else { return };
    for _ in 0..10 {
        let mut cookie = None;
        let code = site.begin(0, &mut cookie);
        site.scan(&code, true);
        let polls = site.polls();
        let asking: Vec<_> = (0..8).map(|number| site.asks(number % 2, &cookie)).collect();
        let answers: Vec<_> =
            asking.into_iter().map(|asking| site.runtime.block_on(asking).unwrap().unwrap()).collect();
        let count = |status| answers.iter().filter(|answer| answer.status() == status).count();
        assert_eq!(count(StatusCode::OK), 1);
        assert_eq!(count(StatusCode::ACCEPTED) + count(StatusCode::GONE), 7);
        let cookies = answers.iter().filter(|answer| answer.headers().contains_key(SET_COOKIE)).count();
        assert_eq!((cookies, site.polls() - polls), (1, 2), "one session, of one answer and its confirmation");
    }
    assert_eq!(site.redis.dump().iter().filter(|(key, _)| key.starts_with("user:")).count(), 10);
}

/// The lease only saves requests: that there is one login does not hang on it.
#[test]
fn two_processes_that_hold_one_login_do_not_both_let_in() {
    let Some(mut site) = Site::start(Some("alice"), &[]) else { return };
    for approved_before in [true, false] {
        let mut cookie = None;
        let code = site.begin(0, &mut cookie);
        if approved_before {
            site.scan(&code, true);
        }
        let slow = FaultPlan::new(Fault::Delay(Duration::from_secs(1))).operation("getSession");
        site.emulator.with_emulator(|emulator, _| emulator.fault(slow));
        let polls = site.polls();
        let asking = site.asks(0, &cookie);
        site.wait_for_polls(polls + 1);
        if !approved_before {
            site.scan(&code, true);
        }
        site.redis.forget("lease:*");
        assert_eq!(site.get(1, "/login/status", &mut cookie.clone()).status(), StatusCode::OK);
        let late = site.runtime.block_on(asking).unwrap().unwrap();
        // It saw Alice too and made sure, but is not the first; or it saw nobody, and puts nothing back.
        let (status, asked) = if approved_before { (StatusCode::GONE, 4) } else { (StatusCode::ACCEPTED, 3) };
        assert_eq!((late.status(), late.headers().get(SET_COOKIE), site.polls() - polls), (status, None, asked));
    }
    let kept = site.redis.dump();
    assert!(kept.len() == 2 && kept.iter().all(|(key, _)| key.starts_with("user:")), "{kept:?}");
}

#[test]
fn nobody_is_let_in_who_declines_comes_late_or_is_not_known() {
    let Some(mut site) = Site::start(None, &[("LOGIN_SECONDS", "5")]) else { return };
    let mut cookie = None;
    let code = site.begin(0, &mut cookie);
    site.scan(&code, false);
    let answer = site.outcome(1, &mut cookie);
    assert_eq!((answer.status(), text(&answer).as_str()), (StatusCode::GONE, "This login is over: start again."));
    // Nobody acts at all.
    let code = site.begin(1, &mut cookie);
    assert_eq!(site.outcome(0, &mut cookie).status(), StatusCode::GONE);
    // Too late.
    let polls = site.polls();
    site.scan(&code, true);
    assert_eq!(site.get(0, "/login/status", &mut cookie).status(), StatusCode::GONE);
    assert_eq!(site.polls(), polls, "nobody asks after the end");
    // An account that no user has registered.
    let code = site.begin(1, &mut cookie);
    site.scan(&code, true);
    assert_eq!(site.outcome(0, &mut cookie).status(), StatusCode::FORBIDDEN);
    assert_eq!(site.get(0, "/", &mut cookie).status(), StatusCode::UNAUTHORIZED);
    assert_eq!(site.redis.dump(), []);
    site.check_secrets(&[&cookie]);
}

#[test]
fn each_trouble_is_told_apart() {
    let Some(mut site) = Site::start(Some("alice"), &[]) else { return };
    let mut cookie = None;
    // The provider is out of order, for longer than we pass on.
    site.emulator.with_emulator(|emulator, _| emulator.fault(Fault::unavailable(Duration::from_secs(86_400))));
    let answer = site.get(0, "/login", &mut cookie);
    assert_eq!(
        (answer.status(), answer.headers()[RETRY_AFTER].to_str().unwrap()),
        (StatusCode::SERVICE_UNAVAILABLE, "60")
    );
    site.emulator.with_emulator(|emulator, _| emulator.fault(Fault::DropAfter));
    let answer = site.get(0, "/login", &mut cookie);
    assert_eq!(
        (answer.status(), answer.headers()[RETRY_AFTER].to_str().unwrap()),
        (StatusCode::SERVICE_UNAVAILABLE, "1")
    );
    site.emulator.with_emulator(|emulator, _| emulator.fault(Fault::Html));
    assert_eq!(site.get(0, "/login", &mut cookie).status(), StatusCode::BAD_GATEWAY);
    assert_eq!((cookie.clone(), site.redis.dump()), (None, Vec::new()));
    // While it waits: the flow itself tries later.
    let code = site.begin(0, &mut cookie);
    site.emulator.with_emulator(|emulator, _| emulator.fault(Fault::DropBefore));
    assert_eq!(site.get(1, "/login/status", &mut cookie).status(), StatusCode::ACCEPTED);
    site.scan(&code, true);
    assert_eq!(site.outcome(1, &mut cookie).status(), StatusCode::OK);

    // Our key is revoked: not the person's fault, and an operator hears of it.
    let mut cookie = None;
    site.begin(0, &mut cookie);
    let key = site.emulator.with_emulator(|emulator, _| {
        let key = emulator.nextauth.api_key().to_owned();
        assert!(emulator.nextauth.remove_api_key(&key));
        key
    });
    assert_eq!(site.get(0, "/login/status", &mut cookie).status(), StatusCode::BAD_GATEWAY);
    assert_eq!(site.get(0, "/login/status", &mut cookie).status(), StatusCode::GONE, "it has ended");
    assert_eq!(site.get(0, "/login", &mut None).status(), StatusCode::BAD_GATEWAY);
    site.backends[0].0.find(|line| line.ends_with("our own credential is not accepted").then_some(()));
    site.backends[0].0.find(|line| line.ends_with("our own credential is not accepted").then_some(()));
    assert!(!site.backends[0].0.output().contains(&key));

    // A cookie that nobody gave out is no key of Redis.
    for planted in ["__Host-session=../../x", "__Host-session=", "__Host-session=AAAA", "session=AAAA", "=;;="] {
        assert_eq!(site.get(1, "/login/status", &mut Some(planted.to_owned())).status(), StatusCode::GONE);
    }
    site.redis.process.kill();
    let answer = site.get(1, "/login/status", &mut cookie);
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    site.backends[1].0.find(|line| line.starts_with("login: Redis: ").then_some(()));
}

//! R15: no memory that our secrets held is given back unwiped. An allocator looks into everything that is freed.
//!
//! What `http`, a socket or a TLS library copied is beyond our reach, and so is what serde_json sets aside for a text
//! with escapes: see the last test.

#![expect(unsafe_code, reason = "an allocator that looks is one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use authwire_core::Endpoint;
use authwire_core::secret::{Kind, Secret};
use authwire_lagrello::tenants::GetCardToken;
use authwire_lagrello::tokens::CreateToken;
use authwire_lagrello::users::EnableTotp;
use authwire_lagrello::{AccessToken, Lagrello, UserId};
use authwire_nap::sessions::Refresh;
use authwire_nap::{Nap, RefreshToken, SessionToken};
use authwire_nextauth::Nonce;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;

const CANARY: &str = "canary.7f3a9c01d7e6b842.canary";

struct Looking;

thread_local! {
    /// What to look for, and how often it was found; a thread at a time, so that tests do not see each other's.
    static LOOKING: Cell<bool> = const { Cell::new(false) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: memory comes from the system's allocator and goes back to it, unchanged.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system's conditions. Zeroed, so that all that is looked at was written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if LOOKING.try_with(Cell::get).unwrap_or(false) {
            // SAFETY: the block is whole and initialised until it goes back, in the next line but one.
            let block = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
            // Any eight bytes of the middle are enough.
            let middle = &CANARY.as_bytes()[7..23];
            let is_found = block.windows(8).any(|window| middle.windows(8).any(|piece| piece == window));
            let _ = FOUND.try_with(|found| found.set(found.get() + usize::from(is_found)));
        }
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
    // Growing is the default: a new block, a copy, and the old one comes here.
}

#[global_allocator]
static ALLOCATOR: Looking = Looking;

/// How many blocks with a piece of the canary in them were freed meanwhile.
fn freed(act: impl FnOnce()) -> usize {
    FOUND.with(|found| found.set(0));
    LOOKING.with(|looking| looking.set(true));
    act();
    LOOKING.with(|looking| looking.set(false));
    FOUND.with(Cell::get)
}

/// A text whose memory is its own from the start.
fn text(parts: &[&str]) -> String {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| text.push_str(part));
    text
}

#[test]
fn what_is_not_wiped_is_found() {
    assert_eq!(freed(|| drop(black_box(text(&[CANARY])))), 1);
    let grown = freed(|| {
        let mut text = text(&[CANARY]);
        text.reserve(1_000);
        black_box(&text);
        std::mem::forget(text);
    });
    assert_eq!(grown, 1, "what was there before it grew");
}

/// Of any kind: made, copied, shown, compared by nobody, refused, dropped.
fn lives<K: Kind>(good: &str) -> usize {
    freed(|| {
        let secret = Secret::<K>::new(text(&[good])).unwrap();
        let copy = secret.clone();
        drop(secret);
        assert!(!format!("{copy:?} {copy:#?}").contains("canary"));
        assert!(copy.expose().len() >= 16);
        drop(copy);
        assert!(Secret::<K>::new(text(&[good, "\u{1}"])).is_err());
        assert!(Secret::<K>::new(text(&[&good.repeat(400)])).is_err());
    })
}

#[test]
fn a_secret_leaves_nothing_behind() {
    let found = [
        lives::<authwire_nextauth::ApiKeyKind>(CANARY),
        lives::<authwire_nextauth::RoleIdKind>(CANARY),
        lives::<authwire_nextauth::NonceKind>(CANARY),
        lives::<authwire_lagrello::AccessTokenKind>(CANARY),
        lives::<authwire_lagrello::MagicLinkTokenKind>(CANARY),
        lives::<authwire_lagrello::TotpSecretKind>(CANARY),
        lives::<authwire_lagrello::CardTokenKind>(CANARY),
        lives::<authwire_nap::ApiKeyKind>(CANARY),
        lives::<authwire_nap::RefreshTokenKind>(CANARY),
        lives::<authwire_nap::AdminTokenKind>(CANARY),
    ];
    // The blocks of `repeat` and of the tests' own bodies are not ours.
    assert!(found.iter().all(|found| *found == OF_THE_TEST), "{found:?}");
    let nonce = freed(|| drop(black_box(Nonce::from_text(text(&[CANARY])).unwrap())));
    assert_eq!(nonce, 0);
}

/// `repeat` in [`lives`] makes a text of its own.
const OF_THE_TEST: usize = 1;

/// A session token holds a token in a second layer of base64url, which is decoded to be checked and to be read.
fn session_token() -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    part(&format!("{}.{}.{}", part("{}"), part("{\"email\":\"a@ex.test\"}"), part(CANARY)))
}

/// Read out of replies, straight into their types.
#[test]
fn a_secret_in_a_reply_leaves_nothing_behind() {
    let token = AccessToken::new("key").unwrap();
    let lagrello = Lagrello::new("https://a.example".parse().unwrap(), &token);
    let nap = Nap::new("https://a.example".parse().unwrap(), &authwire_nap::ApiKey::new("key").unwrap());
    let totp = format!(r#"{{"secretKey":"{CANARY}","qrImage":"https://a.example/?{CANARY}"}}"#);
    let no_url = format!(r#"{{"secretKey":"{CANARY}","qrImage":"{CANARY}"}}"#);
    let created =
        format!(r#"{{"tokenKey":"{CANARY}","tokenName":"n","createdBy":"c","createdAt":"t","permissions":[]}}"#);
    let card = format!("\"{CANARY}\"");
    let session = session_token();
    let time = "2026-11-21T22:35:22.186385564Z";
    let tokens = format!(
        r#"{{"tokens":{{"session_id":"s","session_token":"{session}","session_token_expiry":"{time}","refresh_token":"{CANARY}","refresh_token_expiry":"{time}"}}}}"#
    );
    let alice = || UserId::new("alice").unwrap();
    let refresh = || Refresh::new(RefreshToken::new("r").unwrap());
    // The bodies are borrowed: they are the caller's.
    let found = [
        freed(|| drop(EnableTotp::new(alice()).response(&lagrello, &Response::new(&totp)).unwrap())),
        freed(|| drop(EnableTotp::new(alice()).response(&lagrello, &Response::new(&no_url)).unwrap())),
        freed(|| drop(CreateToken::new("n").response(&lagrello, &Response::new(&created)).unwrap())),
        freed(|| drop(GetCardToken::new().response(&lagrello, &Response::new(&card)).unwrap())),
        freed(|| drop(refresh().response(&nap, &Response::new(&tokens)).unwrap())),
        freed(|| drop(SessionToken::new(text(&[&session])).unwrap())),
    ];
    assert_eq!(found, [0; 6]);
}

/// The one copy that is not ours to wipe: serde_json undoes escapes in a place of its own.
#[test]
fn an_escaped_secret_is_copied_once_by_the_reader_of_json() {
    let token = AccessToken::new("key").unwrap();
    let lagrello = Lagrello::new("https://a.example".parse().unwrap(), &token);
    let card = format!("\"\\u002d{CANARY}\"");
    let found = freed(|| drop(GetCardToken::new().response(&lagrello, &Response::new(&card)).unwrap()));
    assert!(found <= 1, "{found}");
    println!("{found} blocks of serde_json's");
}

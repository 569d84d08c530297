//! What can happen to a kept session through either adapter: replies get lost, callers go away, runtimes end.

mod common;

use std::thread;
use std::time::{Duration, Instant};

use authwire_core::transport::TransportKind;
use authwire_core::{Generation, KeepError, Sent};
use authwire_emulator::Fault;
use authwire_nap::Dialect;
use authwire_nap::keeper::{SessionKeeper, SessionOver};
use authwire_nap::sessions::RefreshRefusal;
use common::kept::{HOUR, Handle, WATCHDOG, arrange, at_once, each, fault, over, refreshes, session};
use http::StatusCode;
use tokio::runtime::Builder;

const UNCERTAIN: SessionOver = SessionOver::Uncertain { status: None };
const DELAY: Duration = Duration::from_millis(200);

#[test]
fn one_refresh_serves_all() {
    each(WATCHDOG, |handle, hands, server, _| {
        let first = handle.token().unwrap();
        assert_eq!((first.generation, refreshes(server).done), (Generation::default(), 0));
        hands.advance(HOUR);
        fault(server, Fault::Delay(DELAY));
        for result in at_once(8, &handle) {
            assert_eq!(result.unwrap().generation, Generation::new(1));
        }
        assert_eq!(refreshes(server).done, 1);
        // Within the leeway, whoever is not the one to refresh has the old token, and does not wait.
        hands.advance(HOUR - Duration::from_secs(30));
        fault(server, Fault::Delay(DELAY));
        let mut generations: Vec<_> =
            at_once(8, &handle).into_iter().map(|result| result.unwrap().generation).collect();
        generations.sort();
        assert_eq!((generations[0].get(), generations[7].get()), (1, 2));
        assert_eq!(refreshes(server).done, 2);
        // A complaint about the newest makes one refresh; of an older one, none.
        hands.advance(Duration::from_secs(2));
        (0..3).for_each(|number| handle.rejected(Generation::new(number)));
        assert_eq!(handle.token().unwrap().generation.get(), 3);
        assert_eq!(refreshes(server).done, 3);
    });
}

/// A lost reply is told to all who wait, and somebody decides: the platform goes on with what it has not carried out, and
/// refuses what it has.
#[test]
fn a_lost_reply_is_for_somebody_to_decide() {
    each(WATCHDOG, |handle, hands, server, _| {
        hands.advance(HOUR);
        fault(server, Fault::DropBefore);
        assert!(at_once(4, &handle).iter().all(|result| over(result) == UNCERTAIN));
        assert_eq!((over(&handle.token()), refreshes(server).done), (UNCERTAIN, 0));
        assert!(handle.with_keeper(SessionKeeper::refresh_at_risk).unwrap());
        assert_eq!(handle.token().unwrap().generation.get(), 1);

        hands.advance(HOUR);
        fault(server, Fault::DropAfter);
        assert!(at_once(4, &handle).iter().all(|result| over(result) == UNCERTAIN));
        assert_eq!(refreshes(server).done, 2);
        assert!(handle.with_keeper(SessionKeeper::refresh_at_risk).unwrap());
        assert_eq!(over(&handle.token()), SessionOver::Refused(RefreshRefusal::InvalidToken));
        assert!(!handle.with_keeper(SessionKeeper::refresh_at_risk).unwrap());
    });
}

#[test]
fn what_was_not_carried_out_is_tried_again() {
    each(WATCHDOG, |handle, hands, server, _| {
        hands.advance(HOUR);
        fault(server, Fault::throttled(Duration::from_secs(1)));
        let waiting = handle.clone();
        let caller = thread::spawn(move || waiting.token());
        let begun = Instant::now();
        while server.log().last().unwrap().status != Some(StatusCode::TOO_MANY_REQUESTS) {
            assert!(begun.elapsed() < WATCHDOG);
            thread::sleep(Duration::from_millis(5));
        }
        hands.advance(Duration::from_secs(2));
        assert_eq!(caller.join().unwrap().unwrap().generation.get(), 1);
        assert_eq!(refreshes(server).done, 1);
    });
}

#[test]
fn a_platform_that_cannot_be_reached_ends_nothing() {
    for which in [0, 1] {
        let (server, nap, keeper) = session(Dialect::Nap);
        let (handle, hands) = Handle::both(&nap, &keeper, DELAY).into_iter().nth(which).unwrap();
        drop(server);
        assert!(handle.token().is_ok(), "a good token needs no platform");
        hands.advance(HOUR);
        for result in at_once(3, &handle) {
            let Err(KeepError::NotInTime { until: Some(until), cause: Some(cause) }) = result else {
                panic!("{result:?}");
            };
            assert_eq!((cause.sent, cause.kind()), (Sent::No, TransportKind::Connect));
            assert!(until > hands.now());
        }
    }
}

#[test]
fn nobody_waits_longer_than_the_deadline() {
    each(DELAY, |handle, hands, server, _| {
        hands.advance(HOUR);
        fault(server, Fault::Delay(WATCHDOG));
        for result in at_once(4, &handle) {
            // Whoever came first saw the refresh end; who came later perhaps not.
            assert!(matches!(
                result,
                Err(KeepError::Over(UNCERTAIN) | KeepError::NotInTime { until: None, cause: None })
            ));
        }
        assert_eq!(over(&handle.token()), UNCERTAIN);
    });
}

/// The keeper leaves its handles for another adapter, as a text; and in the end the session is logged out.
#[test]
fn a_session_moves() {
    let (server, nap, keeper) = session(Dialect::Nap);
    let [(ureq, one), (_, _)] = Handle::both(&nap, &keeper, WATCHDOG);
    one.advance(HOUR);
    fault(&server, Fault::Delay(DELAY));
    let refreshing = ureq.clone();
    let caller = thread::spawn(move || refreshing.token());
    let begun = Instant::now();
    while refreshes(&server).done == 0 {
        assert!(begun.elapsed() < WATCHDOG);
        thread::sleep(Duration::from_millis(5));
    }
    // The answer is on its way: a copy of now knows nothing of it, and the keeper itself waits for it.
    let copy = ureq.with_keeper(|keeper| keeper.export_secrets()).unwrap();
    assert_eq!(SessionKeeper::restore(copy.expose()).unwrap().over(), Some(UNCERTAIN));
    let keeper = ureq.clone().into_keeper().unwrap();
    assert_eq!((keeper.generation().get(), keeper.over()), (1, None));
    assert!(caller.join().unwrap().map_or_else(|error| error == KeepError::Taken, |lent| lent.generation.get() == 1));
    assert!(matches!(ureq.token(), Err(KeepError::Taken)));
    assert!(matches!(ureq.with_keeper(|_| ()), Err(KeepError::Taken)));
    assert!(matches!(ureq.into_keeper(), Err(KeepError::Taken)));

    let keeper = SessionKeeper::restore(keeper.export_secrets().expose()).unwrap();
    let [_, (hyper, two)] = Handle::both(&nap, &keeper, WATCHDOG);
    two.advance(2 * HOUR);
    assert_eq!(hyper.token().unwrap().generation.get(), 2);
    let logout = hyper.with_keeper(SessionKeeper::logout).unwrap().unwrap();
    assert_eq!(over(&hyper.token()), SessionOver::LoggedOut);
    authwire_ureq::Client::new().unwrap().call(&nap, &logout).unwrap();
    assert!(arrange(&server, |nap| nap.sessions().is_empty()));
    assert_eq!(refreshes(&server).reused, 0);
}

/// A visitor who goes away does not end the session.
#[test]
fn a_caller_of_hyper_may_go_away() {
    let (server, nap, keeper) = session(Dialect::Nap);
    let [_, (handle, hands)] = Handle::both(&nap, &keeper, WATCHDOG);
    hands.advance(HOUR);
    fault(&server, Fault::Delay(DELAY));
    assert!(handle.token_within(DELAY / 4).is_none());
    for result in at_once(4, &handle) {
        assert_eq!(result.unwrap().generation.get(), 1);
    }
    assert_eq!(refreshes(&server).done, 1);
}

/// A runtime that ends takes its refresh with it: callers on another one hear of it.
#[test]
fn a_runtime_may_end() {
    let (server, nap, keeper) = session(Dialect::Nap);
    let [_, (handle, hands)] = Handle::both(&nap, &keeper, WATCHDOG);
    let Handle::Hyper(_, kept) = &handle else { panic!("hyper") };
    hands.advance(HOUR);
    fault(&server, Fault::Delay(WATCHDOG));
    let ending = Builder::new_current_thread().enable_all().build().unwrap();
    ending.block_on(async { tokio::time::timeout(DELAY, kept.token()).await }).unwrap_err();
    let waiting = handle.clone();
    let caller = thread::spawn(move || waiting.token());
    drop(ending);
    assert_eq!(over(&caller.join().unwrap()), UNCERTAIN);
}

#[test]
fn handles_are_shared() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sendable<T: Send>(_: T) {}
    shared::<authwire_ureq::Kept<SessionKeeper>>();
    shared::<authwire_hyper::Kept<SessionKeeper>>();
    let (_server, nap, keeper) = session(Dialect::Nap);
    let secret = keeper.tokens().refresh_token.expose().to_owned();
    let kept = authwire_hyper::Client::new().unwrap().keep(nap.clone(), keeper.clone());
    sendable(kept.token());
    sendable(kept.clone().into_keeper());
    let other = authwire_ureq::Client::new().unwrap().keep(nap, keeper);
    assert!(!format!("{kept:?} {other:?} {:?}", other.token()).contains(&secret));
}

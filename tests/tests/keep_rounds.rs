//! 10,000 rounds of concurrent access to one NAP session through each adapter, over real sockets.

mod common;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use authwire_core::{Generation, KeepError};
use authwire_emulator::nap::Refreshes;
use authwire_emulator::{Fault, Server};
use authwire_nap::keeper::{SessionKeeper, SessionOver};
use authwire_nap::{Dialect, Nap};
use common::kept::{Handle, Hands, WATCHDOG, arrange, fault, refreshes, session};

/// Random numbers, the same ones each time.
struct Dice(u64);

impl Dice {
    /// Below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's generator of 64 bits; its high bits are good.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// `AUTHWIRE_ROUNDS` makes them fewer or more.
fn rounds() -> u64 {
    std::env::var("AUTHWIRE_ROUNDS").map_or(10_000, |rounds| rounds.parse().unwrap())
}

/// Rounds of four threads that use one session at once, while its tokens expire, are complained of, and refreshes get lost
/// before they are carried out; through hyper, callers go away at any moment, too.
fn many_rounds(handle: &Handle, hands: &Hands, server: &Server, nap: &Nap) {
    const THREADS: u64 = 4;
    let rounds = rounds();
    let started = Instant::now();
    let barrier = Barrier::new(usize::try_from(THREADS).unwrap());
    let lost = AtomicU64::new(0);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (barrier, lost) = (&barrier, &lost);
            scope.spawn(move || {
                let (mut dice, mut last) = (Dice(number), Generation::default());
                for round in 0..rounds {
                    if number == 0 {
                        // A life of an hour, and a leeway of a minute.
                        let step = [2, 60, 3_500, 3_570, 3_600, 7_200][usize::try_from(dice.roll(6)).unwrap()];
                        hands.advance(Duration::from_secs(step));
                        if dice.roll(20) == 0 {
                            fault(server, Fault::DropBefore);
                        }
                    }
                    barrier.wait();
                    if dice.roll(8) == 0 {
                        handle.rejected(last);
                    }
                    for _ in 0..=dice.roll(2) {
                        let result = match dice.roll(4) {
                            0 => handle.token_within(Duration::from_micros(dice.roll(4_000))),
                            _ => Some(handle.token()),
                        };
                        match result {
                            Some(Ok(lent)) => {
                                assert!(lent.generation >= last, "round {round}: an older token");
                                last = lent.generation;
                            }
                            // This test knows that the request was not carried out; others must decide.
                            Some(Err(KeepError::Over(SessionOver::Uncertain { status: None }))) => {
                                let goes_on = handle.with_keeper(SessionKeeper::refresh_at_risk);
                                lost.fetch_add(u64::from(goes_on.unwrap()), Ordering::SeqCst);
                            }
                            Some(Err(error)) => panic!("round {round}: {error:?}"),
                            None => {}
                        }
                    }
                    barrier.wait();
                }
            });
        }
    });
    let took = started.elapsed();
    let Refreshes { done, reused, refused, .. } = refreshes(server);
    let lost = lost.into_inner();
    println!(
        "{}: {rounds} rounds, {done} refreshes, {lost} lost before they were carried out, {took:.1?}",
        handle.name()
    );
    assert_eq!((reused, refused), (0, 0), "a refresh token was used twice");
    assert!(done > rounds / 3 && lost > rounds / 100, "{done} refreshes, {lost} lost");
    // The session is alive, and the keeper has its newest tokens.
    let mut keeper = handle.clone().into_keeper().unwrap();
    assert_eq!(keeper.generation(), Generation::new(done));
    assert_eq!(arrange(server, |nap| nap.sessions().len()), 1);
    let logout = keeper.logout().unwrap();
    authwire_ureq::Client::new().unwrap().call(nap, &logout).unwrap();
    assert_eq!(arrange(server, |nap| nap.sessions().len()), 0);
}

#[test]
fn rounds_through_ureq() {
    let (server, nap, keeper) = session(Dialect::Nap);
    let [(handle, hands), _] = Handle::both(&nap, &keeper, WATCHDOG);
    many_rounds(&handle, &hands, &server, &nap);
}

#[test]
fn rounds_through_hyper() {
    let (server, nap, keeper) = session(Dialect::Nexeres);
    let [_, (handle, hands)] = Handle::both(&nap, &keeper, WATCHDOG);
    many_rounds(&handle, &hands, &server, &nap);
}

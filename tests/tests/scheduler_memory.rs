//! What the scheduler asks of memory. Alone in its file: what other tests allocate at the same time would count, too.

use std::alloc::System;
use std::time::Duration;

use authwire_core::{Flow, Next, Reply, Scheduler, Step, Timestamp};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use authwire_tests::golden::response;
use http::Response;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const FLOWS: usize = 2_000;
const PACE: Duration = Duration::from_secs(5);

struct Setting {
    provider: NextAuth,
    server: ServerId,
    reply: Response<Vec<u8>>,
}

impl Setting {
    fn new() -> Self {
        let key = ApiKey::new("an-api-key").unwrap();
        Self {
            provider: NextAuth::new("https://auth.example".parse().unwrap(), &key),
            server: ServerId::new("rN6hUJbbB5V0M5Yb1lIA0Q==").unwrap(),
            reply: response(200, None, br#"{"loggedin":false}"#.to_vec()),
        }
    }

    fn flow(&self, number: usize) -> AwaitLogin {
        let nonce = Nonce::from_text(format!("{number:043}")).unwrap();
        AwaitLogin::new(self.server.clone(), nonce, Timestamp::MAX).pace(PACE)
    }

    /// One request and its reply, for each flow.
    fn poll(&self, scheduler: &mut Scheduler<AwaitLogin>, now: Timestamp) {
        let mut tickets = 0;
        loop {
            match scheduler.next(&self.provider, now) {
                Next::Send(ticket, _) => {
                    assert!(scheduler.reply(ticket, &self.provider, now, Reply::from(&self.reply)));
                    tickets += 1;
                }
                Next::Wait(until) => break assert!(until > now),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(tickets, FLOWS);
    }

    /// The same without a scheduler.
    fn poll_by_hand(&self, flows: &mut [AwaitLogin], now: Timestamp) {
        for flow in flows {
            assert!(matches!(flow.step(&self.provider, now), Ok(Step::Send(_))));
            flow.reply(&self.provider, now, Reply::from(&self.reply));
            assert!(matches!(flow.step(&self.provider, now), Ok(Step::Wait(_))));
        }
    }
}

#[test]
fn a_step_asks_for_no_memory_beyond_the_request_and_a_flow_is_small() {
    let setting = Setting::new();
    let region = Region::new(ALLOCATOR);
    let mut scheduler = Scheduler::with_capacity(FLOWS);
    for number in 0..FLOWS {
        scheduler.insert(setting.flow(number));
    }
    let now = |round: u32| Timestamp::from_secs(1_800_000_000).saturating_add(PACE * round);
    setting.poll(&mut scheduler, now(0));
    let held = region.change();
    let each = (held.bytes_allocated - held.bytes_deallocated) / FLOWS;
    println!("{each} bytes a flow, {} of them in the flow itself", size_of::<AwaitLogin>());
    assert!((size_of::<AwaitLogin>()..=512).contains(&each), "{each} bytes a flow");

    let mut flows: Vec<AwaitLogin> = (0..FLOWS).map(|number| setting.flow(number)).collect();
    setting.poll_by_hand(&mut flows, now(0));
    for round in 1..5 {
        let region = Region::new(ALLOCATOR);
        setting.poll_by_hand(&mut flows, now(round));
        let by_hand = region.change();
        let region = Region::new(ALLOCATOR);
        setting.poll(&mut scheduler, now(round));
        let scheduled = region.change();
        assert!(by_hand.allocations > FLOWS, "a request takes none");
        assert_eq!(scheduled.allocations, by_hand.allocations, "round {round}");
        assert_eq!(scheduled.reallocations, by_hand.reallocations, "round {round}");
        assert_eq!(scheduled.bytes_allocated, by_hand.bytes_allocated, "round {round}");
        assert_eq!(scheduled.bytes_deallocated, by_hand.bytes_deallocated, "round {round}");
    }
}

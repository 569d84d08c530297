//! Ours against hand-written code, in time and allocations: `cargo bench -p authwire-tests --bench limit`.
//!
//! Both sides run in turns within one process, so that a busy machine is busy for both, and a ratio is the median of
//! many rounds. What it prints is described in `docs/performance.md`.

#![expect(unsafe_code, reason = "the counting allocator is one, and the only such place")]

mod yardstick;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use yardstick::index;

/// How many turns each side has, and how often it runs in one.
const ROUNDS: usize = 301;
const REPEATS: u32 = 200;

/// The system's allocator, and how often it was asked for memory: new, or more of it.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every method hands its arguments to the system's allocator unchanged, and counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are the system's conditions.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    // `cargo test --benches` runs this, too: once through, to see that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = if is_bench { ROUNDS } else { 1 };
    let mut ratios = Vec::new();
    println!("{:28} {:26} {:>9} allocations, ours/hand", "", "time, ours/hand", "/fastest");
    println!(
        "{:28} {:>8} {:>8} {:>8} {:>9} {:>10} {:>10} {:>10}",
        "", "build", "parse", "both", "both", "build", "make", "parse"
    );
    for case in yardstick::cases() {
        let build = ratio(rounds, &case.ours.build, &case.hand.build);
        let parse = ratio(rounds, &case.ours.parse, &case.hand.parse);
        let of_hand = ratio(rounds, &|| case.ours.both(), &|| case.hand.both());
        let fastest = ratio(rounds, &|| case.ours.both(), &|| case.fastest.both());
        let [our_build, our_parse] = [&case.ours.build, &case.ours.parse].map(|step| allocations(step));
        let [hand_build, hand_parse] = [&case.hand.build, &case.hand.parse].map(|step| allocations(step));
        let our_make = allocations(&case.make);
        println!(
            "{:28} {build:8.2} {parse:8.2} {of_hand:8.2} {fastest:9.2} {:>10} {:>10} {:>10}",
            case.name,
            format!("{our_build}/{hand_build}"),
            format!("{our_make}/{hand_build}"),
            format!("{our_parse}/{hand_parse}"),
        );
        let name = case.name;
        ratios.push(format!("ratio time.both.{name} {of_hand:.2} 0.75"));
        ratios.push(format!("ratio time.fastest.{name} {fastest:.2} -"));
        ratios.push(format!("ratio time.build.{name} {build:.2} 0.60"));
        ratios.push(format!("ratio allocations.parse.{name} {:.2} 1.00", share(our_parse, hand_parse)));
    }
    println!("\n{:39} allocations\n{:39} {:>8} {:>8} {:>8}", "", "", "build", "parse", "texts");
    for (name, index::Indexed { side, has_json, texts }) in index::operations() {
        let [build, parse] = [&side.build, &side.parse].map(|step| allocations(step));
        println!("{name:39} {build:>8} {parse:>8} {texts:>8}");
        let limit = if has_json { 6 } else { 5 };
        ratios.push(format!("ratio allocations.build.{name} {:.2} 1.00", share(build, limit)));
        // Nothing of nothing is no ratio.
        if parse > 0 {
            ratios.push(format!("ratio allocations.parse.{name} {:.2} 1.00", share(parse, texts)));
        }
    }
    for (name, build) in index::grown() {
        let (short, long) = (build(1_000), build(index::LONGEST));
        // Per byte.
        let growth = ratio(rounds, &long, &|| (0..10).for_each(|_| short()));
        ratios.push(format!("ratio time.growth.{name} {growth:.2} 1.20"));
    }
    println!();
    ratios.iter().for_each(|line| println!("{line}"));
}

fn share(ours: u64, limit: u64) -> f64 {
    Duration::from_secs(ours).div_duration_f64(Duration::from_secs(limit))
}

/// The median of the rounds' ratios of time.
fn ratio(rounds: usize, ours: &dyn Fn(), hand: &dyn Fn()) -> f64 {
    let mut ratios: Vec<f64> = (0..rounds)
        .map(|round| {
            // Who goes first has the colder cache: in turns.
            let (ours, hand) = if round % 2 == 0 {
                let ours = time(ours);
                (ours, time(hand))
            } else {
                let hand = time(hand);
                (time(ours), hand)
            };
            ours.div_duration_f64(hand)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn time(step: &dyn Fn()) -> Duration {
    let start = Instant::now();
    (0..REPEATS).for_each(|_| step());
    start.elapsed()
}

/// How often a step asks for memory, once it has run before.
fn allocations(step: &dyn Fn()) -> u64 {
    step();
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    step();
    ALLOCATIONS.load(Ordering::Relaxed) - before
}

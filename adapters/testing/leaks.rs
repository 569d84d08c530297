//! What a process holds: threads and descriptors.

use std::fs::read_dir;
use std::thread::sleep;
use std::time::Duration;

/// A count, as Linux gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    pub threads: usize,
    pub descriptors: usize,
}

impl Census {
    pub fn take() -> Self {
        let count = |path| read_dir(path).map_or(0, Iterator::count);
        Self { threads: count("/proc/self/task"), descriptors: count("/proc/self/fd") }
    }

    /// Fails if there is more than there was, once all had half a minute to go.
    pub fn assert_no_more(self) {
        let mut now = Self::take();
        for _ in 0..300 {
            if now.threads <= self.threads && now.descriptors <= self.descriptors {
                println!(
                    "threads {} then, {} now; descriptors {} then, {} now",
                    self.threads, now.threads, self.descriptors, now.descriptors
                );
                return;
            }
            sleep(Duration::from_millis(100));
            now = Self::take();
        }
        panic!("there were {self:?}, there are {now:?}");
    }
}

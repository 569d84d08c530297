//! A process that a test starts, and that ends with the test at the latest.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A process whose output is read line by line.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    /// The lines so far.
    seen: Vec<String>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// This test's own program once more, to run its ignored test of this name alone.
    pub(crate) fn of_test(name: &str, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        // With one thread, the runner would begin a line of its own before the test's first one.
        command.args(["--ignored", "--exact", "--nocapture", "--test-threads=2", name]);
        Self::start(command.envs(environment.iter().copied()))
    }

    pub(crate) fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let (tell, lines) = channel();
        let readers = vec![
            read(child.stdout.take().unwrap(), tell.clone()), //
            read(child.stderr.take().unwrap(), tell),
        ];
        Self { child, lines, seen: Vec::new(), readers }
    }

    /// Waits for a line in which this finds something.
    pub(crate) fn find<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("the line did not come; these did: {:#?}", self.seen);
            };
            let found = find(&line);
            self.seen.push(line);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// At once, with whatever it is doing.
    pub(crate) fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end; it says {}", self.output());
    }

    /// All that it has written so far; all at all when it has ended.
    pub(crate) fn output(&mut self) -> String {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        }
        self.seen.extend(self.lines.try_iter());
        self.seen.join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

fn read(from: impl Read + Send + 'static, tell: Sender<String>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            // The test may listen no more; the process must not block on a full pipe.
            let _ = tell.send(line);
        }
    })
}

//! Every fault of the hostile server, over hyper: the pooled client, and the single connection. A program of its own,
//! since it counts threads and descriptors.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[path = "../../testing/over_connection.rs"]
mod over_connection;
#[path = "../../testing/over_hyper.rs"]
mod over_hyper;
#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;

use testing::faults::{Subject, survive};

#[test]
fn every_fault() {
    survive(&[
        Subject { name: "authwire-hyper", make: over_hyper::make, phases: false, connects: true },
        Subject { name: "its single connection", make: over_connection::make, phases: false, connects: false },
    ]);
}

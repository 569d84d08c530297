//! Nobody there, or somebody who hangs up: groups 1 to 6.

use authwire_core::transport::{Phase, TransportKind};

use super::Want::{Fails, Lost, NotSent};
use super::{Act, Fault, Place, Sends};

pub fn faults() -> Vec<Fault> {
    use TransportKind::{Connect, Io, Truncated};
    // The system may hand a reset over as the end.
    let broken = &[Io, Truncated, Connect];
    let mut faults = vec![
        Fault::new(1, "nobody listens", vec![], NotSent(&[Connect])).at(Place::Nobody),
        Fault::new(2, "a full backlog", vec![], NotSent(&[TransportKind::Timeout(Phase::Connect)]))
            .at(Place::Full)
            .hurried(),
        Fault::new(3, "reset as soon as connected", vec![Act::Reset], Lost(broken)),
        Fault::new(4, "closed as soon as connected", vec![Act::Close], Lost(broken)),
    ];
    for sends in [Sends::Get, Sends::Post] {
        faults.extend([
            Fault::cut(5, "closed after the request", "", Fails(&[Truncated])).sending(sends),
            Fault::new(6, "reset after the request", vec![Act::Read, Act::Reset], Fails(&[Io, Truncated]))
                .sending(sends),
        ]);
    }
    faults
}

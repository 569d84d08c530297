//! Which request is answered badly, and how: by its number and the seed alone, so that both sides know.

/// A way to answer a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    Good,
    GoodInChunks,
    Closed,
    Reset,
    HeadCut,
    BodyCut,
    ChunksCut,
    BothLengths,
    Unframed,
    Compressed,
    TooLarge,
    HeadTooLarge,
    Noise,
    BadChunk,
    InterimFlood,
    Redirect,
    Refused,
    Throttled,
    Unavailable,
    Page,
    Empty,
    SomebodyElse,
    AndAnother,
    Silence,
}

/// What is told apart among outcomes: a word for each.
pub const OK: &str = "ok";

const BAD: [(Answer, &[&str]); 21] = {
    use Answer::*;
    [
        (Closed, &["Truncated"]),
        (Reset, &["Io", "Truncated"]),
        (HeadCut, &["Truncated"]),
        (BodyCut, &["Truncated"]),
        (ChunksCut, &["Truncated"]),
        (BothLengths, &["Protocol"]),
        (Unframed, &["Unframed"]),
        (Compressed, &["UnsupportedEncoding"]),
        (TooLarge, &["TooLarge"]),
        (HeadTooLarge, &["HeadTooLarge"]),
        (Noise, &["Protocol"]),
        (BadChunk, &["Protocol"]),
        (InterimFlood, &["HeadTooLarge"]),
        (Redirect, &["Unexpected"]),
        (Refused, &["Unattributed"]),
        (Throttled, &["Throttled"]),
        (Unavailable, &["Unavailable"]),
        (Page, &["Malformed"]),
        (Empty, &["Malformed"]),
        (SomebodyElse, &["Malformed"]),
        (AndAnother, &[OK]),
    ]
};

fn hash(seed: u64, number: u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    for _ in 0..3 {
        state ^= state >> 31;
        state = state.wrapping_mul(0x94d0_49bb_1331_11eb);
    }
    state ^ (state >> 29)
}

impl Answer {
    /// One in a hundred is bad; of those, one in two hundred is silence, which takes its time.
    pub fn to(seed: u64, number: u64) -> Self {
        let hash = hash(seed, number);
        let choice = hash / 100;
        match hash % 100 {
            0 if choice % 200 == 0 => Self::Silence,
            0 => BAD[usize::try_from(choice / 200 % BAD.len() as u64).unwrap()].0,
            1..=10 => Self::GoodInChunks,
            _ => Self::Good,
        }
    }

    /// The outcomes that a client may make of it.
    pub fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Good | Self::GoodInChunks => &[OK],
            Self::Silence => &["Timeout"],
            bad => BAD.iter().find(|(answer, _)| *answer == bad).unwrap().1,
        }
    }
}

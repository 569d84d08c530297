//! Decisions read off a byte string: how a fuzzer or proptest steers a law.

/// Reads decisions from bytes; at the end it reads zeros, so that any input is an input.
#[derive(Debug)]
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    /// Decisions from these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `bound`, which is at most 65,536.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = if bound <= 256 { usize::from(self.byte()) } else { usize::from(self.u16()) };
        number % bound.max(1)
    }

    /// The next two bytes as a number.
    pub fn u16(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// The next eight bytes as a number.
    pub fn u64(&mut self) -> u64 {
        u64::from_be_bytes([(); 8].map(|()| self.byte()))
    }

    /// One of these.
    pub fn choose<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Up to `max` bytes, cut where the next decision says.
    pub fn take(&mut self, max: usize) -> &'a [u8] {
        let length = self.below(max + 1).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// A text: one that has broken clients before, or any Unicode.
    pub fn text(&mut self) -> String {
        const TROUBLE: &[&str] = &[
            "",
            ".",
            "..",
            "...",
            "a/b",
            "../..",
            "%2e%2e",
            "%2E",
            "%",
            "%25",
            "a?b=c",
            "a#b",
            "a&b=c",
            "a=b",
            "a+b",
            " ",
            "a b",
            "\\",
            "..\\",
            ";",
            "a;b",
            "\r\nx: y",
            "\0",
            "\u{7f}",
            "é",
            "🔑",
            "\u{202e}",
            "email",
            "EMAIL",
            "//",
            "null",
            "{}",
            "[]",
            "\"",
            "'",
            "<script>",
            "@",
            ":",
            "user@host",
            "http://evil.example/",
            "\u{feff}",
            "ａ",
            "İ",
        ];
        match self.byte() {
            0..=127 => self.choose(TROUBLE).to_owned(),
            128..=135 => "x".repeat(self.choose(&[1, 127, 128, 129, 255, 256, 10_000, 16_384, 20_000])),
            136..=143 => "é".repeat(self.choose(&[1, 128, 4_000, 9_000])),
            _ => String::from_utf8_lossy(self.take(64)).into_owned(),
        }
    }
}

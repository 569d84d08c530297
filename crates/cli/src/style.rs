/// Decorations of a text, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    is_colourful: bool,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    Title,
    Aside,
    Good,
    Refused,
    Bad,
}

impl Style {
    pub(crate) const fn new(is_colourful: bool) -> Self {
        Self { is_colourful }
    }

    /// The text, decorated. The colours are the terminal's own, so they fit its background.
    pub(crate) fn paint(self, look: Look, text: &str) -> String {
        let code = match look {
            Look::Title => 1,
            Look::Aside => 2,
            Look::Good => 32,
            Look::Refused => 33,
            Look::Bad => 31,
        };
        if self.is_colourful { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

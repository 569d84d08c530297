use std::env;

/// What the tool finds around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Surroundings {
    /// Whether a person watches: the output is a terminal that can show more than lines of text.
    pub is_terminal: bool,
    /// Whether that person wants no colours (`NO_COLOR`).
    pub no_colour: bool,
}

impl Surroundings {
    /// Asks the environment, and takes the word of the caller for whether the output is a terminal.
    #[must_use]
    pub fn detect(is_terminal: bool) -> Self {
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { is_terminal: is_terminal && !is_dumb, no_colour }
    }

    /// Whether to decorate.
    pub(crate) const fn is_colourful(self) -> bool {
        self.is_terminal && !self.no_colour
    }
}

use std::fmt;
use std::io::{self, Write};

use super::{Record, Sort, Summary, Via};
use crate::style::{Look, Style};
use crate::{Surroundings, qr};

/// Something to show of a tour.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A story begins.
    #[non_exhaustive]
    Play {
        /// Through this adapter.
        via: Via,
        /// The provider's name.
        provider: &'static str,
        /// The provider's base URL on the emulator.
        url: &'a str,
    },
    /// A flow begins; its polls follow, and what people do meanwhile.
    #[non_exhaustive]
    Begins {
        /// The number of the step.
        step: u32,
        /// What it is for.
        title: &'static str,
        /// The operation that it polls.
        operation: &'static str,
        /// The method and path template of that.
        route: &'a str,
    },
    /// A step ended, or a poll of a flow.
    Step(&'a Record),
    /// A QR code to be scanned. As secret as what it lets in, until it is used.
    Qr(QrData<'a>),
    /// The end.
    End(&'a Summary),
}

/// What a QR code holds. Its `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct QrData<'a>(&'a [u8]);

impl<'a> QrData<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }
}

impl fmt::Debug for QrData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrData({} bytes)", self.0.len())
    }
}

/// Who shows a tour.
pub trait Report {
    /// Shows an event.
    ///
    /// # Errors
    /// When it cannot be written.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()>;
}

/// For machines: one JSON object a line.
pub struct Lines<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Lines<'a> {
    /// Writes to `out`.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out }
    }

    fn line(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut *self.out, value)?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

impl Report for Lines<'_> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Step(record) => self.line(record),
            Event::End(summary) => self.line(summary),
            Event::Play { .. } | Event::Begins { .. } | Event::Qr(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").finish_non_exhaustive()
    }
}

/// For people.
pub struct Text<'a> {
    out: &'a mut dyn Write,
    style: Style,
    with_qr: bool,
    /// The last flow that began: its heading stands already.
    begun: u32,
}

impl<'a> Text<'a> {
    /// Writes to `out`, with colours as the surroundings allow, and with QR codes or without.
    pub fn new(out: &'a mut dyn Write, surroundings: Surroundings, with_qr: bool) -> Self {
        Self { out, style: Style::new(surroundings.is_colourful()), with_qr, begun: 0 }
    }

    fn heading(&mut self, step: u32, title: &str) -> io::Result<()> {
        writeln!(self.out, "{step:3}  {}", self.style.paint(Look::Title, title))
    }

    fn request(&mut self, operation: &str, route: &str) -> io::Result<()> {
        let line = format!("{operation}  {route}");
        writeln!(self.out, "     {}", self.style.paint(Look::Aside, &line))
    }

    fn step(&mut self, record: &Record) -> io::Result<()> {
        let is_in_flow = self.begun == record.step;
        match record.kind {
            Sort::Request => {
                self.heading(record.step, record.title)?;
                if let (Some(operation), Some(route)) = (record.operation, &record.route) {
                    self.request(operation, route)?;
                }
            }
            Sort::Person if is_in_flow => writeln!(self.out, "     {}", self.style.paint(Look::Title, record.title))?,
            Sort::Person => self.heading(record.step, record.title)?,
            Sort::Poll | Sort::Flow => {}
        }
        writeln!(self.out, "     {}", self.line(record))?;
        if let Some(should_be) = &record.should_be {
            let line = format!("NOT AS IT SHOULD BE: {should_be}");
            writeln!(self.out, "     {}", self.style.paint(Look::Bad, &line))?;
        }
        Ok(())
    }

    /// What came out.
    fn line(&self, record: &Record) -> String {
        let status = record.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
        let outcome = match record.kind {
            Sort::Poll => return self.style.paint(Look::Aside, &format!("{status} {}", record.outcome)),
            Sort::Request => format!("{status} {}", record.outcome),
            Sort::Flow => record.outcome.clone(),
            Sort::Person if record.should_be.is_none() => return record.said.clone(),
            Sort::Person => record.outcome.clone(),
        };
        let look = match (&record.should_be, record.outcome.as_str()) {
            (Some(_), _) => Look::Bad,
            (None, "Ok") => Look::Good,
            (None, _) => Look::Refused,
        };
        format!("{}: {}", self.style.paint(look, &outcome), record.said)
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let Summary { stories, steps, requests, milliseconds, .. } = summary;
        writeln!(self.out, "\nStories: {stories}, steps: {steps}, requests: {requests}, time: {milliseconds} ms.")?;
        for it in &summary.differences {
            let line = format!(
                "Not as it should be: {} through {}, step {} ({}): {}; it should be: {}",
                it.provider,
                it.adapter.name(),
                it.step,
                it.operation.unwrap_or(it.title),
                it.outcome,
                it.should_be
            );
            writeln!(self.out, "{}", self.style.paint(Look::Bad, &line))?;
        }
        if summary.ok {
            writeln!(self.out, "{}", self.style.paint(Look::Good, "Each step was as it should be."))?;
        }
        Ok(())
    }
}

impl Report for Text<'_> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Play { via, provider, url } => {
                self.begun = 0;
                let line = format!("{provider} through {}, on the emulator at {url}", via.name());
                writeln!(self.out, "\n{}", self.style.paint(Look::Title, &line))
            }
            Event::Begins { step, title, operation, route } => {
                self.begun = *step;
                self.heading(*step, title)?;
                self.request(operation, route)
            }
            Event::Step(record) => self.step(record),
            Event::Qr(QrData(data)) => match qr::for_terminal(data) {
                Some(picture) if self.with_qr => write!(self.out, "{picture}"),
                _ => Ok(()),
            },
            Event::End(summary) => self.end(summary),
        }?;
        self.out.flush()
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("with_qr", &self.with_qr).finish_non_exhaustive()
    }
}

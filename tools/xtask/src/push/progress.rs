//! How far a push is: on a terminal in one line that changes, elsewhere in a line now and then.

use std::io::Write;
use std::time::Duration;

/// How long nothing is said where there is no terminal.
const QUIET: Duration = Duration::from_secs(2);

/// How far it is.
pub struct Progress<W> {
    to: W,
    is_terminal: bool,
    /// How many bytes there are.
    of: usize,
    /// The percentage that was said last.
    last: Option<usize>,
    /// When something was said last, from the beginning on.
    said: Duration,
}

impl<W: Write> Progress<W> {
    /// Of a file of so many bytes.
    pub const fn of(of: usize, to: W, is_terminal: bool) -> Progress<W> {
        Progress { to, is_terminal, of, last: None, said: Duration::ZERO }
    }

    /// So many bytes are there, that long after the beginning.
    pub fn show(&mut self, has: usize, after: Duration) {
        let percent = has.saturating_mul(100).checked_div(self.of).unwrap_or(100);
        let is_time = self.is_terminal || after.saturating_sub(self.said) >= QUIET;
        if !is_time || self.last == Some(percent) {
            return;
        }
        (self.last, self.said) = (Some(percent), after);
        let text = format!("escrow: {percent:3} % of {} KiB", self.of.div_ceil(1024));
        // Nobody needs it.
        let _ = match self.is_terminal {
            true => write!(self.to, "\r{text}"),
            false => writeln!(self.to, "{text}"),
        };
    }

    /// There will be no more.
    pub fn end(&mut self) {
        if self.is_terminal && self.last.is_some() {
            let _ = writeln!(self.to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(is_terminal: bool, at: &[(usize, u64)]) -> String {
        let mut said = Vec::new();
        let mut progress = Progress::of(4096, &mut said, is_terminal);
        at.iter().for_each(|(has, after)| progress.show(*has, Duration::from_millis(*after)));
        progress.end();
        String::from_utf8(said).unwrap()
    }

    #[test]
    fn without_a_terminal_a_line_comes_now_and_then() {
        let at = [(0, 0), (41, 1999), (82, 2000), (123, 2001), (164, 3999), (205, 4000), (205, 9000)];
        assert_eq!(said(false, &at), "escrow:   2 % of 4 KiB\nescrow:   5 % of 4 KiB\n");
        assert_eq!(said(false, &at[..2]), "", "what is quick says nothing");
    }

    #[test]
    fn on_a_terminal_each_percent_is_shown_in_one_line() {
        assert_eq!(
            said(true, &[(0, 0), (41, 1), (42, 2)]),
            "\rescrow:   0 % of 4 KiB\rescrow:   1 % of 4 KiB\n"
        );
        assert_eq!(said(true, &[]), "");
    }
}

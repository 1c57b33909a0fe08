//! The person's terminal in raw mode, put back whatever happens.

use std::io::{IsTerminal as _, stdin};

use anyhow::{Context as _, Result};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// While this lives, every key goes to the guest at once, control keys too.
#[derive(Debug)]
pub struct RawMode {
    before: Option<Termios>,
}

impl RawMode {
    /// Switches the terminal on standard input to raw mode; does nothing where there is none.
    ///
    /// # Errors
    /// Where the terminal refuses.
    pub fn enter() -> Result<Self> {
        if !stdin().is_terminal() {
            return Ok(RawMode { before: None });
        }
        let before = tcgetattr(stdin()).context("cannot read the terminal's settings")?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw).context("cannot change the terminal's settings")?;
        Ok(RawMode { before: Some(before) })
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _restored = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}

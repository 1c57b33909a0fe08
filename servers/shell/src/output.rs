//! What the shell shows: text, collected into as few requests as possible, and the marks that tell a program at the
//! other end of the line where prompts, commands and their results are.
//!
//! The marks are the semantic prompts that terminals know as OSC 133: `A` before the prompt, `B` after it, `C` when a
//! command starts, `D;STATUS` when it has ended. Terminals do not show them. `OSC 7780;halt;STATUS` is our own.

use core::fmt::{self, Write};

use heapless::String;
use ipc_proto::operator::{MAX_PRINT, Request};
use module_rt::operator;
use shell_core::pieces::whole;

/// Collects text and sends it to the supervisor's console.
pub struct Output {
    pending: String<MAX_PRINT>,
}

impl Output {
    /// Nothing collected yet.
    pub fn new() -> Output {
        Output { pending: String::new() }
    }

    /// Sends what is collected.
    pub fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = core::mem::take(&mut self.pending);
            // There is no second way to tell the operator that the first one is broken.
            let _ = operator::ask(&Request::Print { text });
        }
    }

    /// Sends the whole lines of what is collected, so that what others say comes between two of them.
    fn make_room(&mut self) {
        let (lines, rest) = self.pending.split_at(whole(&self.pending));
        // Both are shorter than what they were.
        let (lines, rest) = (String::try_from(lines), String::try_from(rest));
        self.pending = lines.unwrap_or_default();
        self.flush();
        self.pending = rest.unwrap_or_default();
    }

    /// Adds a character.
    pub fn character(&mut self, character: char) {
        if self.pending.push(character).is_err() {
            self.make_room();
            let _ = self.pending.push(character);
        }
    }

    /// Adds text.
    pub fn text(&mut self, text: &str) {
        text.chars().for_each(|character| self.character(character));
    }

    /// Adds words; control characters in them are shown as `?`, whoever wrote them.
    pub fn words(&mut self, words: fmt::Arguments<'_>) {
        struct Plain<'a>(&'a mut Output);
        impl Write for Plain<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                for character in text.chars() {
                    self.0.character(if character.is_control() { '?' } else { character });
                }
                Ok(())
            }
        }
        let _ = Plain(self).write_fmt(words);
    }

    /// Adds a line of words.
    pub fn line(&mut self, line: fmt::Arguments<'_>) {
        self.words(line);
        self.text("\r\n");
    }

    /// Adds the prompt.
    pub fn prompt(&mut self) {
        self.text("\x1b]133;A\x07escrow> \x1b]133;B\x07");
    }

    /// Marks the start of a command's output.
    pub fn command_started(&mut self) {
        self.text("\x1b]133;C\x07");
    }

    /// Marks the end of a command and says whether it succeeded.
    pub fn command_ended(&mut self, success: bool) {
        self.text(if success { "\x1b]133;D;0\x07" } else { "\x1b]133;D;1\x07" });
    }

    /// Asks whoever runs the machine to end it.
    pub fn halt(&mut self) {
        self.text("\x1b]7780;halt;0\x07");
    }
}

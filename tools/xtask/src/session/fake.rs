//! A guest without QEMU, for tests: it answers each line from a table.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::machine::{Event, Guest};

/// What the fake's shell sends when it waits for a line.
pub const READY: &str = "\x1b]133;A\x07escrow> \x1b]133;B\x07";

/// What the fake does with a line.
#[derive(Clone, Debug)]
pub enum Act {
    /// Prints this and ends the command with this status.
    Say(&'static str, u32),
    /// Sends these bytes and nothing else.
    Raw(&'static str),
    /// Prints this, and ends the command at the next key.
    UntilKey(&'static str),
    /// Executes this many instructions between two polls, for ever.
    Spin(u64),
    /// The same, and reports a kill between two polls, so many times.
    Sweep(u64, u32),
    /// Executes nothing; its clock goes on, by so many seconds between two polls.
    Idle(u64),
    /// Closes the serial line.
    End,
}

/// The guest.
#[derive(Debug)]
pub struct Fake {
    acts: Vec<(&'static str, Act)>,
    events: VecDeque<Event>,
    line: Vec<u8>,
    insns: u64,
    speed: u64,
    kills: u32,
    seconds: u64,
    idling: u64,
    until_key: bool,
    /// The instructions that a line takes.
    each: u64,
}

impl Fake {
    /// One that boots to a prompt, and knows these lines and `halt`.
    pub fn new(boot: &str, acts: Vec<(&'static str, Act)>) -> Self {
        let (events, line) = (VecDeque::new(), Vec::new());
        let mut fake = Fake {
            acts,
            events,
            line,
            insns: 0,
            speed: 0,
            kills: 0,
            seconds: 0,
            idling: 0,
            until_key: false,
            each: 0,
        };
        fake.print(&format!("{boot}{READY}"));
        fake
    }

    /// Each line takes so many instructions.
    pub fn that_takes(self, insns: u64) -> Self {
        Fake { each: insns, ..self }
    }

    fn print(&mut self, text: &str) {
        // Byte by byte, as slow lines do it.
        self.events.extend(text.bytes().map(|byte| Event::Serial(vec![byte])));
    }

    fn obey(&mut self, line: &str) {
        self.insns = self.insns.saturating_add(self.each);
        self.print(&format!("{line}\r\n"));
        if line == "halt" {
            return self.print("\x1b]133;C\x07\x1b]133;D;0\x07\x1b]7780;halt;0\x07");
        }
        let act = self.acts.iter().find(|(name, _)| *name == line).map(|(_, act)| act.clone());
        match act {
            Some(Act::Say(text, code)) => {
                self.print(&format!("\x1b]133;C\x07{text}\x1b]133;D;{code}\x07{READY}"));
            }
            Some(Act::Raw(text)) => self.print(text),
            Some(Act::UntilKey(text)) => {
                self.until_key = true;
                self.print(&format!("\x1b]133;C\x07{text}"));
            }
            Some(Act::Spin(speed)) => self.speed = speed,
            Some(Act::Sweep(speed, kills)) => (self.speed, self.kills) = (speed, kills),
            Some(Act::Idle(seconds)) => self.idling = seconds,
            Some(Act::End) => self.events.push_back(Event::Ended),
            None => {
                self.print(&format!("\x1b]133;C\x07error: no command `{line}`\r\n\x1b]133;D;1\x07{READY}"))
            }
        }
    }
}

impl Guest for Fake {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        for &byte in bytes {
            if std::mem::take(&mut self.until_key) {
                self.print(&format!("key {}\r\n\x1b]133;D;0\x07{READY}", char::from(byte)));
            } else if byte == b'\r' {
                let line = String::from_utf8(std::mem::take(&mut self.line))?;
                self.obey(&line);
            } else {
                self.line.push(byte);
            }
        }
        Ok(())
    }

    fn next(&mut self, patience: Duration) -> Event {
        self.events.pop_front().unwrap_or_else(|| {
            std::thread::sleep(patience);
            Event::Quiet
        })
    }

    fn executed_instructions(&mut self) -> Result<u64> {
        if matches!(self.events.front(), Some(Event::Ended)) {
            bail!("gone");
        }
        self.insns = self.insns.saturating_add(self.speed);
        if let Some(left) = self.kills.checked_sub(1) {
            self.kills = left;
            self.print("\x1b]7780;kill;5;1000;ok\x07");
        }
        Ok(self.insns)
    }

    fn guest_seconds(&mut self) -> Result<u64> {
        self.seconds = self.seconds.saturating_add(self.idling);
        Ok(self.seconds)
    }

    fn complaints(&self) -> String {
        "qemu: no bios\n".to_owned()
    }

    fn quit(&mut self) -> Result<()> {
        Ok(())
    }
}

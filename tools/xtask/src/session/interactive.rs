//! A person at the guest's console: keys go in, text comes out, Ctrl-A x leaves.

use std::io::{Read as _, stdin};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use super::terminal::RawMode;
use crate::console::addresses::Addresses;
use crate::console::marks::{Mark, MarkParser, Piece};
use crate::gone;
use crate::machine::{Event, Guest as _, Machine};

/// Begins a command to us instead of to the guest.
const CTRL_A: u8 = 0x01;

/// Connects the terminal to the machine until the guest halts or the person leaves, and returns
/// the exit code: the guest's own, or 0 where the person left. Addresses of reports are explained.
///
/// # Errors
/// Where the root task panics, QEMU ends by itself, or a signal stops us.
pub fn talk(mut machine: Machine, addresses: Addresses) -> Result<u8> {
    let raw = RawMode::enter()?;
    read_keys(machine.sender());
    let mut keys = Keys::default();
    let mut parser = MarkParser::default();
    let mut shown = Shown { at_line_start: true, addresses };
    let outcome = loop {
        match machine.next(Duration::from_millis(200)) {
            Event::Serial(bytes) => match shown.show(parser.feed(&bytes)) {
                Some(Mark::Halt(code)) => break Ok(u8::try_from(code).unwrap_or(1)),
                Some(_) => break Err("the root task panicked; the report is above"),
                None => {}
            },
            Event::Typed(bytes) => {
                let typed = keys.take(&bytes);
                if !typed.to_guest.is_empty() && machine.send(&typed.to_guest).is_err() {
                    break Err("QEMU has ended");
                }
                if typed.leave {
                    break Ok(0);
                }
            }
            Event::Ended => break Err("QEMU ended before the system halted"),
            Event::Stop => break Err("stopped by a signal"),
            Event::Quiet => {}
        }
    };
    let complaints = machine.complaints();
    let _status = machine.quit();
    drop(raw);
    if !shown.at_line_start {
        println!();
    }
    match outcome {
        Ok(code) => Ok(code),
        Err(why) if complaints.trim().is_empty() => bail!("{why}"),
        Err(why) => bail!("{why}; QEMU says: {}", complaints.trim()),
    }
}

/// What stands on the terminal.
struct Shown {
    at_line_start: bool,
    addresses: Addresses,
}

impl Shown {
    /// Prints the text; returns the mark that ends the session.
    fn show(&mut self, pieces: Vec<Piece>) -> Option<Mark> {
        let mut end = None;
        for piece in pieces {
            match piece {
                Piece::Text(text) => {
                    self.at_line_start = text.last() == Some(&b'\n');
                    gone::print(&self.addresses.explain(&text));
                }
                // What the shell still says after it has said that all is over is of no use.
                Piece::Mark(Mark::Halt(code)) => {
                    end = Some(Mark::Halt(code));
                    break;
                }
                Piece::Mark(Mark::Panic) => end = Some(Mark::Panic),
                Piece::Mark(_) => {}
            }
        }
        end
    }
}

fn read_keys(to: Sender<Event>) {
    // The thread ends with the program: a read from a terminal cannot be taken back.
    thread::spawn(move || {
        let mut buffer = [0_u8; 256];
        while let Ok(length) = stdin().read(&mut buffer) {
            let bytes = buffer.get(..length).unwrap_or_default();
            if bytes.is_empty() || to.send(Event::Typed(bytes.to_vec())).is_err() {
                return;
            }
        }
    });
}

/// Finds the Ctrl-A commands in what is typed.
#[derive(Debug, Default)]
struct Keys {
    after_ctrl_a: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Typed {
    to_guest: Vec<u8>,
    leave: bool,
}

impl Keys {
    fn take(&mut self, bytes: &[u8]) -> Typed {
        let mut typed = Typed::default();
        for &byte in bytes {
            if !std::mem::take(&mut self.after_ctrl_a) {
                if byte == CTRL_A {
                    self.after_ctrl_a = true;
                } else {
                    typed.to_guest.push(byte);
                }
                continue;
            }
            match byte {
                b'x' | b'X' => typed.leave = true,
                CTRL_A => typed.to_guest.push(CTRL_A),
                // Not a command of ours: the guest gets both.
                other => typed.to_guest.extend([CTRL_A, other]),
            }
        }
        typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_a_x_leaves_even_when_it_comes_in_two_reads() {
        let mut keys = Keys::default();
        assert_eq!(keys.take(b"ps\r\x01"), Typed { to_guest: b"ps\r".into(), leave: false });
        assert_eq!(keys.take(b"x"), Typed { to_guest: Vec::new(), leave: true });
    }

    #[test]
    fn other_keys_after_ctrl_a_reach_the_guest() {
        let mut keys = Keys::default();
        assert_eq!(keys.take(b"\x01\x01\x01bx").to_guest, b"\x01\x01bx");
        assert!(!keys.take(b"x").leave);
    }
}

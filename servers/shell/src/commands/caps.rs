//! `caps`.

use core::fmt::{self, Write};

use heapless::String;
use ipc_proto::name::Name;
use ipc_proto::operator::{Grant, HolderInfo, Mark, Sentence, SlotInfo, WindowInfo};
use serde::Serialize;

use super::json;
use super::pages::{each_holder, each_slot, each_window, marks};
use crate::output::Output;

/// The longest words for a grant, in bytes: a connection to a module with a long name.
const MAX_WORDS: usize = 64;

/// What is shown, piece by piece; each way of showing it does with the pieces what it likes.
trait Show {
    fn slot(&mut self, slot: &SlotInfo, output: &mut Output);
    fn slots_end(&mut self, size: u8, output: &mut Output);
    fn holder(&mut self, holder: &HolderInfo, output: &mut Output);
    fn holders_end(&mut self, output: &mut Output);
    fn window(&mut self, window: &WindowInfo, output: &mut Output);
    fn marks(&mut self, marks: &[Mark], output: &mut Output);
}

pub fn show(name: Name, json: bool, output: &mut Output) -> Result<(), Sentence> {
    if json {
        walk(name, &mut ForPrograms { first: true }, output)
    } else {
        walk(name, &mut ForPeople::default(), output)
    }
}

fn walk(name: Name, show: &mut impl Show, output: &mut Output) -> Result<(), Sentence> {
    let size = each_slot(name, |slot| show.slot(slot, output))?;
    show.slots_end(size, output);
    each_holder(name, |holder| show.holder(holder, output))?;
    show.holders_end(output);
    each_window(name, |window| show.window(window, output))?;
    show.marks(&marks(name)?, output);
    Ok(())
}

/// A table.
#[derive(Default)]
struct ForPeople {
    slots: u32,
    held: u32,
    differences: u32,
    holders: u32,
}

/// In words, with the width that it is given.
struct Granted(Option<Grant>);

impl fmt::Display for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = String::<MAX_WORDS>::new();
        // The longest words of a grant fit.
        let _ = match self.0 {
            Some(grant) => write!(words, "{grant}"),
            None => write!(words, "nothing"),
        };
        f.pad(&words)
    }
}

impl Show for ForPeople {
    fn slot(&mut self, slot: &SlotInfo, output: &mut Output) {
        if self.slots == 0 {
            output.line(format_args!("{:>4}  {:32} held", "slot", "granted"));
        }
        self.slots = self.slots.saturating_add(1);
        self.held = self.held.saturating_add(u32::from(slot.held));
        let held = match (slot.grant.is_some(), slot.held) {
            (true, true) => "yes",
            (true, false) => "NO: it was granted",
            (false, true) => "YES: it was not granted",
            (false, false) => "no",
        };
        self.differences = self.differences.saturating_add(u32::from(!slot.is_as_granted()));
        output.line(format_args!("{:>4}  {:32} {held}", slot.slot, Granted(slot.grant)));
    }

    fn slots_end(&mut self, size: u8, output: &mut Output) {
        let held = self.held;
        match self.differences {
            0 => output.line(format_args!("{held} of {size} slots hold something: as granted")),
            n => {
                output.line(format_args!("{held} of {size} slots hold something: {n} DIFFER from the grant"))
            }
        }
    }

    fn holder(&mut self, holder: &HolderInfo, output: &mut Output) {
        self.holders = self.holders.saturating_add(1);
        output.line(format_args!("{} can call it, by its slot {}", holder.client, holder.slot));
    }

    fn holders_end(&mut self, output: &mut Output) {
        if self.holders == 0 {
            output.line(format_args!("nobody can call it"));
        }
    }

    fn window(&mut self, window: &WindowInfo, output: &mut Output) {
        let WindowInfo { with, vaddr, kib, shared, .. } = window;
        let shares = if *shared { "shares" } else { "has lost" };
        let other = with.as_ref().map_or("a module that is gone", Name::as_str);
        output.line(format_args!("it {shares} {kib} KiB at {vaddr:#x} with {other}"));
    }

    fn marks(&mut self, marks: &[Mark], output: &mut Output) {
        for mark in marks {
            output.line(format_args!("marked {mark}: docs/threat-model.md says how far that reaches"));
        }
    }
}

/// An object of JSON, a line for each slot and each holder.
struct ForPrograms {
    /// Nothing stands in the list yet.
    first: bool,
}

impl ForPrograms {
    fn entry(&mut self, value: &impl Serialize, output: &mut Output) {
        let comma = if core::mem::take(&mut self.first) { "" } else { "," };
        json::line(comma, value, output);
    }
}

impl Show for ForPrograms {
    fn slot(&mut self, slot: &SlotInfo, output: &mut Output) {
        if self.first {
            output.line(format_args!("{{\"slots\":["));
        }
        self.entry(slot, output);
    }

    fn slots_end(&mut self, size: u8, output: &mut Output) {
        self.first = true;
        output.line(format_args!("],\"size\":{size},\"holders\":["));
    }

    fn holder(&mut self, holder: &HolderInfo, output: &mut Output) {
        self.entry(holder, output);
    }

    fn holders_end(&mut self, output: &mut Output) {
        self.first = true;
        output.line(format_args!("],\"windows\":["));
    }

    fn window(&mut self, window: &WindowInfo, output: &mut Output) {
        self.entry(window, output);
    }

    fn marks(&mut self, marks: &[Mark], output: &mut Output) {
        self.first = true;
        output.line(format_args!("],\"marks\":["));
        marks.iter().for_each(|mark| self.entry(mark, output));
        output.line(format_args!("]}}"));
    }
}

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
    /// `lost` is the device that was taken back from the module.
    fn slots_end(&mut self, size: u8, lost: Option<Mark>, output: &mut Output);
    fn holder(&mut self, holder: &HolderInfo, output: &mut Output);
    fn holders_end(&mut self, output: &mut Output);
    fn window(&mut self, window: &WindowInfo, output: &mut Output);
    fn marks(&mut self, marks: &[Mark], lost: Option<Mark>, output: &mut Output);
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
    let (marks, taken_back) = marks(name)?;
    let lost = marks.iter().copied().find(|mark| taken_back && mark.is_device());
    show.slots_end(size, lost, output);
    each_holder(name, |holder| show.holder(holder, output))?;
    show.holders_end(output);
    each_window(name, |window| show.window(window, output))?;
    show.marks(&marks, lost, output);
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

    fn slots_end(&mut self, size: u8, lost: Option<Mark>, output: &mut Output) {
        let held = self.held;
        match (self.differences, lost) {
            (0, None) => output.line(format_args!("{held} of {size} slots hold something: as granted")),
            (0, Some(device)) => output.line(format_args!(
                "{held} of {size} slots hold something: as granted, less the {device}, which was taken back"
            )),
            (n, _) => {
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
        let WindowInfo { with, gone, vaddr, kib, shared, .. } = window;
        let other = with.as_ref().map_or("a module that is gone", Name::as_str);
        match (shared, gone) {
            (true, _) => output.line(format_args!("it shares {kib} KiB at {vaddr:#x} with {other}")),
            (false, None) => output.line(format_args!(
                "it shared {kib} KiB at {vaddr:#x} with {other}: memory of its own is there now"
            )),
            (false, Some(generation)) => output.line(format_args!(
                "it shared {kib} KiB at {vaddr:#x} with {other}.{generation}, which is gone: memory of its own is there now"
            )),
        }
    }

    fn marks(&mut self, marks: &[Mark], lost: Option<Mark>, output: &mut Output) {
        for mark in marks {
            let taken = if lost == Some(*mark) { ", which only its next instance has again" } else { "" };
            output.line(format_args!("marked {mark}{taken}: docs/threat-model.md says how far that reaches"));
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

    fn slots_end(&mut self, size: u8, _: Option<Mark>, output: &mut Output) {
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

    fn marks(&mut self, marks: &[Mark], lost: Option<Mark>, output: &mut Output) {
        self.first = true;
        output.line(format_args!("],\"marks\":["));
        marks.iter().for_each(|mark| self.entry(mark, output));
        match lost {
            Some(device) => output.line(format_args!("],\"taken_back\":\"{device}\"}}")),
            None => output.line(format_args!("]}}")),
        }
    }
}

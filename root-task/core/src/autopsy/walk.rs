//! The walk up a stack, from frame pointer to frame pointer.
//!
//! A function that keeps a frame pointer leaves a record of two words on the stack, on both machines: the address of its
//! caller's record, and the address that it returns to. A module can have written anything there; so each record must lie
//! in the stack and above the one before it, and what it returns to must be code of the module. Where that does not hold
//! the walk ends, and says why.

use heapless::Vec;
use ipc_proto::operator::{Backtrace, WalkEnd as End};

use super::Stack;

/// What a walk begins with: registers of a dead thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The instruction that it stands on.
    pub pc: u64,
    /// The frame pointer.
    pub frame: u64,
    /// Where a function that has just been called returns to, before it has made a record: asked for where `pc` is no
    /// code, so that who jumped there is not left out.
    pub link: Option<u64>,
}

/// Walks up a stack. `is_code` says whether the module has code at an address, `word` reads the stack. It reads at most
/// two words for each record, of which there are fewer than addresses.
pub fn walk(
    start: &Start,
    stack: &Stack,
    is_code: impl Fn(u64) -> bool,
    mut word: impl FnMut(u64) -> Option<u64>,
) -> Backtrace {
    let mut frames = Vec::new();
    // There is room for the first two.
    let _ = frames.push(start.pc);
    if !is_code(start.pc)
        && let Some(link) = start.link.filter(|link| is_code(*link))
    {
        let _ = frames.push(link);
    }
    let (mut record, mut lowest) = (start.frame, stack.bottom);
    let end = loop {
        if record == 0 {
            break End::Complete;
        }
        if !record.is_multiple_of(8) {
            break End::Unaligned(record);
        }
        if !stack.has_record(record) {
            break End::Outside(record);
        }
        if record < lowest {
            break End::NotAbove(record);
        }
        let (Some(next), Some(returns_to)) = (word(record), word(record.saturating_add(8))) else {
            break End::Unreadable(record);
        };
        // The first function's record on a machine whose calls leave nothing on the stack.
        if next == 0 && returns_to == 0 {
            break End::Complete;
        }
        if !is_code(returns_to) {
            break End::NoCode(returns_to);
        }
        if frames.push(returns_to).is_err() {
            break End::Full;
        }
        (record, lowest) = (next, record.saturating_add(16));
    };
    Backtrace { frames, end }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;

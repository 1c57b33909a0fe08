//! Who waits for an answer: a caller by its reply capability, saved until the answer is known; or the host, on the line.

use core::fmt;

use ipc_proto::name::Name;
use sel4::cap;

use super::{Parking, Response};
use crate::arch;
use crate::memory::{Memory, OutOf};
use root_task_core::slots::SlotRange;

/// Who asks for something that takes a while.
#[derive(Clone, Copy, Debug)]
pub enum Asker {
    /// The operator whose request is in hand.
    Operator,
    /// The host's tool.
    Push(Pushed),
}

/// What the host's tool has sent.
#[derive(Clone, Copy, Debug)]
pub struct Pushed {
    /// The transfer's number.
    pub transfer: u32,
    /// The module.
    pub name: Name,
    /// Whether it takes the place of another file.
    pub replaces: bool,
}

/// Who waits for what comes of a module.
pub enum Asks {
    /// An operator.
    Operator(Waiter),
    /// The host's tool.
    Push(Pushed),
}

/// Why a caller was not saved.
#[derive(Debug)]
pub enum NotSaved {
    /// Nobody waits for an answer: the request was sent and not called, or the caller is gone.
    Nobody,
    /// It waits, and can still be answered in the ordinary way.
    OutOf(OutOf),
}

impl fmt::Display for NotSaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotSaved::Nobody => f.write_str("nobody waits for the answer"),
            NotSaved::OutOf(what) => what.fmt(f),
        }
    }
}

/// A saved caller.
pub struct Waiter {
    slots: SlotRange,
}

impl Waiter {
    /// Saves the caller whose request is in hand.
    ///
    /// # Errors
    /// [`NotSaved`]; no slot is kept.
    pub fn save(memory: &mut Memory, parking: &mut Parking) -> Result<Waiter, NotSaved> {
        let slots = memory.alloc_slots(1).map_err(NotSaved::OutOf)?;
        let why = match parking.save_caller_to(u64::from(slots.first.0)) {
            Ok(true) => return Ok(Waiter { slots }),
            Ok(false) => NotSaved::Nobody,
            Err(error) => NotSaved::OutOf(OutOf::Kernel(error)),
        };
        memory.free_slots(slots);
        Err(why)
    }

    /// Answers it. Does not wait: a caller that is gone gets nothing.
    pub fn answer(self, memory: &mut Memory, response: Response) {
        if let Response::Answer(info) = response {
            cap::Endpoint::from_bits(u64::from(self.slots.first.0)).nb_send(info);
        }
        // The answer has used the capability up; where the caller was gone, the kernel had deleted it.
        let _ = arch::slot(u64::from(self.slots.first.0)).delete();
        memory.free_slots(self.slots);
    }
}

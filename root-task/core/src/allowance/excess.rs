//! In what a module asks for too much, in words.

use core::fmt;

use heapless::Vec;
use ipc_proto::manifest::Device;

/// In how many ways a module can ask for too much.
pub(super) const WORDS: usize = 6;

/// One way in which a module asks for too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// So many KiB, and it may have so many.
    Memory(u32, u32),
    /// So many connections, and it may have so many.
    Connections(u8, u8),
    /// This priority, and it may have this one.
    Priority(u8, u8),
    /// So many slots of a locker, and it may have so many.
    Locker(u32, u32),
    /// A deadline of so many microseconds, and none below so many.
    Deadline(u32, u32),
    /// A device that it is not granted.
    Device(Device),
}

/// Everything that a module asks for and may not have: at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(pub(super) Vec<Excess, WORDS>);

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Excess::Memory(asked, granted) => {
                write!(f, "{asked} KiB of memory, and may have {granted} (memory_kib)")
            }
            Excess::Connections(asked, granted) => {
                write!(f, "{asked} connections, and may have {granted} (connections)")
            }
            Excess::Priority(asked, granted) => {
                write!(f, "priority {asked}, and may have {granted} (priority)")
            }
            Excess::Locker(asked, granted) => {
                write!(f, "a locker of {asked} slots, and may have {granted} (locker_slots)")
            }
            Excess::Deadline(asked, granted) => {
                write!(f, "a deadline of {asked} us, and may have {granted} (shortest_deadline)")
            }
            Excess::Device(Device::Clock) => f.write_str("the clock, which it is not granted (clock)"),
            Excess::Device(_) => f.write_str("the console, which it is not granted (console)"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it asks for more than the system's manifest grants it: ")?;
        for (number, excess) in self.0.iter().enumerate() {
            write!(f, "{}{excess}", if number == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl core::error::Error for Difference {}

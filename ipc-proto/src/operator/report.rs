//! What an operator is shown of a dead instance.

use core::fmt;

use heapless::{String, Vec};
use serde::{Deserialize, Serialize};

use super::Sentence;
use crate::ids::{Generation, Instance};
use crate::name::Name;
use crate::supervisor::Line;

/// The most calls in service that a report names.
pub const MAX_SERVED: usize = 4;
/// The most registers of a thread, on either machine.
pub const MAX_REGISTERS: usize = 33;
/// The most addresses of a backtrace.
pub const MAX_FRAMES: usize = 24;
/// The longest sentence about what comes after a death, in bytes.
pub const MAX_THEN: usize = 100;
/// How many of an instance's last lines are kept with its report.
pub const MAX_LINES: usize = 5;

/// The registers of a report, in its order.
#[cfg(target_arch = "aarch64")]
pub const REGISTERS: &[&str] = &[
    "pc", "sp", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
    "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",
    "x29", "x30",
];
/// The registers of a report, in its order.
#[cfg(not(target_arch = "aarch64"))]
pub const REGISTERS: &[&str] = &[
    "rip", "rsp", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];

const _: () = assert!(REGISTERS.len() <= MAX_REGISTERS);

/// Which part of a report is asked for: all of it is more than a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// [`ReportAnswer::Death`].
    Death,
    /// [`ReportAnswer::Registers`].
    Registers,
    /// [`ReportAnswer::Stack`]. What was kept of the instance for that is given back.
    Stack,
    /// [`ReportAnswer::Line`]: of the last lines the one with this number, the oldest of them is 0.
    Line(u8),
}

/// The answer to [`Request::Report`](super::Request::Report), a part of what is known of the last death of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportAnswer {
    /// No instance of it has died since boot, or others have died since.
    None,
    /// How it died.
    Death(Autopsy),
    /// The registers of its thread, in the order of [`REGISTERS`].
    Registers(Instance, Vec<u64, MAX_REGISTERS>),
    /// The way that led there; nothing where the system's manifest has no stacks kept.
    Stack(Instance, Option<Backtrace>),
    /// A line of its log; nothing where there are no more.
    Line(Instance, Option<LastLine>),
}

/// A line that an instance had in the log when it died, however much has been logged since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLine {
    /// When, in microseconds of the supervisor's clock.
    pub micros: u64,
    /// Whether the module has written it. Otherwise the supervisor has.
    pub own: bool,
    /// The text as it is, control characters included.
    pub text: Line,
}

/// How an instance died.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Autopsy {
    /// Which.
    pub instance: Instance,
    /// The file of the boot archive that it was made of.
    pub file: Name,
    /// When, in microseconds of the supervisor's clock, which starts with the machine.
    pub micros: u64,
    /// Why. The words of a panic or of a failed init in it are the module's own.
    pub cause: Sentence,
    /// What its restart policy said.
    pub then: String<MAX_THEN>,
    /// The address whose use was the fault, where there was one.
    pub fault: Option<u64>,
    /// The stack's lowest address, and the one behind its highest.
    pub stack: (u64, u64),
    /// What was wrong with it.
    pub trouble: Option<StackTrouble>,
    /// The calls that it had received and not answered.
    pub served: Vec<InService, MAX_SERVED>,
    /// How many more of those there were.
    pub more: u8,
}

/// A call that an instance had received and not answered when it died. The kernel says so: the client stood on it, and
/// it was in no queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InService {
    /// Whose.
    pub client: Name,
    /// Which instance of it.
    pub generation: Generation,
    /// The label of its message: the method, as the client has it.
    pub label: u16,
}

/// What is wrong with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StackTrouble {
    /// It was too small: the module touched what lies below it, or has its stack pointer there.
    Overflow,
    /// The module touched what lies above it, or has its stack pointer there.
    Above,
    /// The stack pointer is far from it.
    Lost,
}

/// The way that led to where a thread stands, as its frame pointers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backtrace {
    /// The instruction that it stands on, then where each function returns to, the innermost first.
    pub frames: Vec<u64, MAX_FRAMES>,
    /// Why there are no more.
    pub end: WalkEnd,
}

/// Why a backtrace has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WalkEnd {
    /// It has come to the module's first instruction.
    Complete,
    /// There are as many addresses as are kept.
    Full,
    /// A record is at an address that is no multiple of 8.
    Unaligned(u64),
    /// A record is not in the stack.
    Outside(u64),
    /// A record is not above the one before it.
    NotAbove(u64),
    /// What a record returns to is no code of the module's.
    NoCode(u64),
    /// A record could not be read.
    Unreadable(u64),
}

impl fmt::Display for StackTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StackTrouble::Overflow => {
                "the stack overflowed: ask for more in the manifest (stack_bytes, 48 KiB at most), or keep what is \
                 large on a heap (module-heap)"
            }
            StackTrouble::Above => "the module ran over the stack's upper end",
            StackTrouble::Lost => "the stack pointer is not in the stack",
        })
    }
}

impl fmt::Display for WalkEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WalkEnd::Complete => f.write_str("complete"),
            WalkEnd::Full => write!(f, "cut off: no more than {MAX_FRAMES} are kept"),
            WalkEnd::Unaligned(at) => {
                write!(f, "broken: the next frame would be at {at:#x}, which is not aligned")
            }
            WalkEnd::Outside(at) => {
                write!(f, "broken: the next frame would be at {at:#x}, outside of the stack")
            }
            WalkEnd::NotAbove(at) => {
                write!(f, "broken: the next frame would be at {at:#x}, which is not above this one")
            }
            WalkEnd::NoCode(at) => {
                write!(f, "broken: the next address would be {at:#x}, where there is no code")
            }
            WalkEnd::Unreadable(at) => {
                write!(f, "broken: the frame at {at:#x} cannot be read, which is a bug of the root task")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DomainId;
    use crate::name::MAX_NAME;
    use crate::operator::MAX_SENTENCE;
    use crate::supervisor::MAX_LINE;
    use crate::wire;

    #[test]
    fn each_part_fits_a_message() {
        let instance = Instance { domain: DomainId(u16::MAX), generation: Generation(u32::MAX) };
        let served = InService {
            client: Name::new(&"n".repeat(MAX_NAME)).unwrap(),
            generation: Generation(u32::MAX),
            label: u16::MAX,
        };
        let autopsy = Autopsy {
            instance,
            file: served.client,
            micros: u64::MAX,
            cause: Sentence::try_from("x".repeat(MAX_SENTENCE).as_str()).unwrap(),
            then: String::try_from("x".repeat(MAX_THEN).as_str()).unwrap(),
            fault: Some(u64::MAX),
            stack: (u64::MAX, u64::MAX),
            trouble: Some(StackTrouble::Lost),
            served: core::iter::repeat_n(served, MAX_SERVED).collect(),
            more: u8::MAX,
        };
        let frames = core::iter::repeat_n(u64::MAX, MAX_FRAMES).collect();
        let trace = Backtrace { frames, end: WalkEnd::Outside(u64::MAX) };
        for answer in [
            ReportAnswer::Death(autopsy),
            ReportAnswer::Registers(instance, core::iter::repeat_n(u64::MAX, MAX_REGISTERS).collect()),
            ReportAnswer::Stack(instance, Some(trace)),
            ReportAnswer::Line(
                instance,
                Some(LastLine {
                    micros: u64::MAX,
                    own: true,
                    text: Line::try_from("x".repeat(MAX_LINE).as_str()).unwrap(),
                }),
            ),
        ] {
            assert!(wire::encode(&answer, &mut [0; wire::MAX_WORDS]).is_ok(), "{answer:?}");
        }
    }
}

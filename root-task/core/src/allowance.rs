//! What a module may have. Its own manifest asks, the system's manifest grants, and a load that asks for more is refused
//! with the difference.

use core::fmt;

use heapless::Vec;
use ipc_proto::manifest::{DEFAULT_DEADLINE, Device, MAX_PRIORITY, Request};
use ipc_proto::name::Name;
use ipc_proto::slots::DEFAULT_CONNECTIONS;
use serde::{Deserialize, Serialize};

/// The memory that a module may have without being granted more, in KiB.
pub const DEFAULT_MEMORY_KIB: u32 = 128;
/// In how many ways a module can ask for too much.
const WORDS: usize = 6;

/// What one module may have. Every key that is left out is what any module may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// Whose it is.
    pub module: Name,
    /// Memory in KiB: all its objects, page tables included.
    #[serde(default = "default_memory")]
    pub memory_kib: u32,
    /// Connections that it may hold at a time.
    #[serde(default = "default_connections")]
    pub connections: u8,
    /// The highest priority.
    #[serde(default = "default_priority")]
    pub priority: u8,
    /// Slots of its locker.
    #[serde(default)]
    pub locker_slots: u32,
    /// The shortest deadline of its methods, in microseconds: a short one costs the supervisor more looks.
    #[serde(default = "default_deadline")]
    pub shortest_deadline: u32,
}

fn default_memory() -> u32 {
    DEFAULT_MEMORY_KIB
}

fn default_connections() -> u8 {
    DEFAULT_CONNECTIONS
}

fn default_priority() -> u8 {
    MAX_PRIORITY
}

fn default_deadline() -> u32 {
    DEFAULT_DEADLINE
}

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
    /// The console, which is granted to another one.
    Console(Name),
}

/// Everything that a module asks for and may not have: at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(Vec<Excess, WORDS>);

impl Allowance {
    /// What any module may have.
    pub fn of_anybody(module: Name) -> Allowance {
        Allowance {
            module,
            memory_kib: DEFAULT_MEMORY_KIB,
            connections: DEFAULT_CONNECTIONS,
            priority: MAX_PRIORITY,
            locker_slots: 0,
            shortest_deadline: DEFAULT_DEADLINE,
        }
    }

    /// Whether the module may have what it asks for; `console` is the one that is granted the console.
    ///
    /// # Errors
    /// The difference: grant it in the system's manifest, or ask for less.
    pub fn check(&self, request: &Request, console: &Name) -> Result<(), Difference> {
        let memory = request.memory_bytes.div_ceil(1024);
        let locker = match request.locker_bits {
            0 => 0,
            bits => 1_u32.checked_shl(u32::from(bits)).unwrap_or(u32::MAX),
        };
        let (connections, priority) = (request.connections, request.priority);
        let deadline = request.deadline_micros;
        let asks_console = request.device == Device::Console && self.module != *console;
        let excess = [
            (memory > self.memory_kib).then_some(Excess::Memory(memory, self.memory_kib)),
            (connections > self.connections).then_some(Excess::Connections(connections, self.connections)),
            (priority > self.priority).then_some(Excess::Priority(priority, self.priority)),
            (locker > self.locker_slots).then_some(Excess::Locker(locker, self.locker_slots)),
            (deadline < self.shortest_deadline).then_some(Excess::Deadline(deadline, self.shortest_deadline)),
            asks_console.then_some(Excess::Console(*console)),
        ];
        let difference: Vec<Excess, WORDS> = excess.into_iter().flatten().collect();
        if difference.is_empty() { Ok(()) } else { Err(Difference(difference)) }
    }
}

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
            Excess::Console(granted) => write!(f, "the console, which is {granted}'s (console)"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::manifest::{Manifest, Restart};
    use ipc_proto::version::Version;
    use std::string::ToString;

    const DEFAULT: Manifest = Manifest::new("a");

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn request() -> Request {
        Request {
            name: name("a"),
            version: Version(1),
            restart: Restart::Never,
            priority: MAX_PRIORITY,
            stack_bytes: 4096,
            memory_bytes: DEFAULT.memory_bytes,
            locker_bits: DEFAULT.locker_bits,
            device: Device::None,
            connections: DEFAULT.connections,
            deadline_micros: DEFAULT.deadline_micros,
            departures: false,
        }
    }

    fn told(allowance: Allowance, request: Request) -> Option<std::string::String> {
        allowance.check(&request, &name("shell")).err().map(|difference| difference.to_string())
    }

    #[test]
    fn what_a_manifest_has_by_default_anybody_may_have() {
        assert_eq!(told(Allowance::of_anybody(name("a")), request()), None);
    }

    #[test]
    fn each_word_below_at_and_above_its_bound() {
        let allowance = Allowance {
            module: name("a"),
            memory_kib: 200,
            connections: 20,
            priority: 50,
            locker_slots: 8,
            shortest_deadline: 5000,
        };
        let at = Request {
            memory_bytes: 200 * 1024,
            connections: 20,
            priority: 50,
            locker_bits: 3,
            deadline_micros: 5000,
            ..request()
        };
        assert_eq!(told(allowance, at), None, "at each bound");
        let below = Request {
            memory_bytes: 200 * 1024 - 1,
            connections: 19,
            priority: 49,
            locker_bits: 2,
            deadline_micros: 5001,
            ..at
        };
        assert_eq!(told(allowance, below), None, "below each");
        for (above, says) in [
            (
                Request { memory_bytes: 200 * 1024 + 1, ..at },
                "201 KiB of memory, and may have 200 (memory_kib)",
            ),
            (Request { connections: 21, ..at }, "21 connections, and may have 20 (connections)"),
            (Request { priority: 51, ..at }, "priority 51, and may have 50 (priority)"),
            (Request { locker_bits: 4, ..at }, "a locker of 16 slots, and may have 8 (locker_slots)"),
            (
                Request { deadline_micros: 4999, ..at },
                "a deadline of 4999 us, and may have 5000 (shortest_deadline)",
            ),
            (Request { device: Device::Console, ..at }, "the console, which is shell's (console)"),
        ] {
            let whole = std::format!("it asks for more than the system's manifest grants it: {says}");
            assert_eq!(told(allowance, above), Some(whole));
        }
    }

    #[test]
    fn every_difference_is_told() {
        let all = Request {
            memory_bytes: u32::MAX,
            connections: u8::MAX,
            locker_bits: u8::MAX,
            deadline_micros: 0,
            device: Device::Console,
            ..request()
        };
        let allowance = Allowance { priority: 1, ..Allowance::of_anybody(name("a")) };
        let told = told(allowance, all).unwrap();
        for word in
            ["memory_kib", "connections", "priority", "locker_slots", "shortest_deadline", "(console)"]
        {
            assert!(told.contains(word), "{told}");
        }
        let of_shell = Allowance { module: name("shell"), ..Allowance::of_anybody(name("shell")) };
        assert_eq!(of_shell.check(&Request { device: Device::Console, ..request() }, &name("shell")), Ok(()));
    }
}

//! What a module may have. Its own manifest asks, the system's manifest grants, and a load that asks for more is refused
//! with the difference. What it cannot ask for, how much of what it may do in a period, is granted only.

mod excess;
#[cfg(test)]
mod tests;

use heapless::Vec;
use ipc_proto::badge::MAX_DOMAINS;
use ipc_proto::manifest::{DEFAULT_DEADLINE, Device, MAX_PRIORITY, OnLoss, Request};
use ipc_proto::name::Name;
use ipc_proto::slots::DEFAULT_CONNECTIONS;
use serde::{Deserialize, Serialize};

use crate::ledger::MAX_SERVICES_PER_MODULE;
use excess::WORDS;

pub use excess::{Difference, Excess};

/// The memory that a module may have without being granted more, in KiB.
pub const DEFAULT_MEMORY_KIB: u32 = 128;
/// How many services it may have.
pub const DEFAULT_NAMES: u16 = MAX_SERVICES_PER_MODULE;
/// How many modules may be connected to it: all others.
pub const DEFAULT_CLIENTS: u16 = MAX_DOMAINS;
/// The memory that it may share with servers, in KiB: one window.
pub const DEFAULT_WINDOW_KIB: u32 = 64;
/// How many messages it may send to the supervisor in a period of [`PERIOD`](crate::meter::PERIOD): more than any module
/// needs that does its work. In a stretch of that length twice as many can come through, see [`meter`](crate::meter).
pub const DEFAULT_MESSAGES: u32 = 2000;
/// How many bytes it may have printed in that time. (A serial line at 115,200 baud takes 1,152.)
pub const DEFAULT_LOG_BYTES: u32 = 2048;

/// How long its lookups may wait for a name, in milliseconds.
pub const DEFAULT_WAIT_MS: u32 = 10_000;
/// How long its init may take, in milliseconds, what it waits for names not counted.
pub const DEFAULT_INIT_MS: u32 = 10_000;

/// What becomes of a module that does not answer its calls in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnHang {
    /// What it does instead is told.
    #[default]
    Report,
    /// Where it is found like that for as long as one of its calls may take, it dies, and its restart policy decides.
    Restart,
}

/// What one module may have. Every key that is left out is what any module may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Names that it may reserve, each with its service.
    #[serde(default = "default_names")]
    pub names: u16,
    /// Modules that may be connected to its services at a time.
    #[serde(default = "default_clients")]
    pub clients: u16,
    /// Memory that it may share with servers, in KiB: all its windows as a client.
    #[serde(default = "default_window")]
    pub window_kib: u32,
    /// Messages to the supervisor in a period, as [`meter`](crate::meter) counts it: with more it is slowed down. Operators
    /// and the name server are not counted.
    #[serde(default = "default_messages")]
    pub messages: u32,
    /// Bytes of log in a period: lines above are left out, and counted. Those of operators
    /// and of the name server are not.
    #[serde(default = "default_log_bytes")]
    pub log_bytes: u32,
    /// How long a lookup of its may wait for a name, in milliseconds; 0 is not at all.
    #[serde(default = "default_wait")]
    pub wait_ms: u32,
    /// How long its init may take, in milliseconds, what it waits for names not counted. A program's has no end, as long as
    /// it reserves no name.
    #[serde(default = "default_init")]
    pub init_ms: u32,
    /// What becomes of it when it does not answer its calls in time.
    #[serde(default)]
    pub hang: OnHang,
    /// What becomes of it where a server that it is connected to is lost; left out, what its own manifest says.
    #[serde(default)]
    pub on_loss: Option<OnLoss>,
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

fn default_names() -> u16 {
    DEFAULT_NAMES
}

fn default_clients() -> u16 {
    DEFAULT_CLIENTS
}

fn default_window() -> u32 {
    DEFAULT_WINDOW_KIB
}

fn default_messages() -> u32 {
    DEFAULT_MESSAGES
}

fn default_log_bytes() -> u32 {
    DEFAULT_LOG_BYTES
}

fn default_wait() -> u32 {
    DEFAULT_WAIT_MS
}

fn default_init() -> u32 {
    DEFAULT_INIT_MS
}

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
            names: DEFAULT_NAMES,
            clients: DEFAULT_CLIENTS,
            window_kib: DEFAULT_WINDOW_KIB,
            messages: DEFAULT_MESSAGES,
            log_bytes: DEFAULT_LOG_BYTES,
            wait_ms: DEFAULT_WAIT_MS,
            init_ms: DEFAULT_INIT_MS,
            hang: OnHang::default(),
            on_loss: None,
        }
    }

    /// Whether the module may have what it asks for; `device` is the one that it is granted.
    ///
    /// # Errors
    /// The difference: grant it in the system's manifest, or ask for less.
    pub fn check(&self, request: &Request, device: Device) -> Result<(), Difference> {
        let memory = request.memory_bytes.div_ceil(1024);
        let locker = match request.locker_bits {
            0 => 0,
            bits => 1_u32.checked_shl(u32::from(bits)).unwrap_or(u32::MAX),
        };
        let (connections, priority) = (request.connections, request.priority);
        let deadline = request.deadline_micros;
        let asks_device = request.device != Device::None && request.device != device;
        let excess = [
            (memory > self.memory_kib).then_some(Excess::Memory(memory, self.memory_kib)),
            (connections > self.connections).then_some(Excess::Connections(connections, self.connections)),
            (priority > self.priority).then_some(Excess::Priority(priority, self.priority)),
            (locker > self.locker_slots).then_some(Excess::Locker(locker, self.locker_slots)),
            (deadline < self.shortest_deadline).then_some(Excess::Deadline(deadline, self.shortest_deadline)),
            asks_device.then_some(Excess::Device(request.device)),
        ];
        let difference: Vec<Excess, WORDS> = excess.into_iter().flatten().collect();
        if difference.is_empty() { Ok(()) } else { Err(Difference(difference)) }
    }
}

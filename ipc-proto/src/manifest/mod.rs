//! What a module's ELF file asks for: 64 bytes in the section `.escrow.manifest`.
//!
//! The supervisor trusts nothing in it: [`Manifest::check`] turns it into a [`Request`] of checked types, and the
//! system's manifest decides what of that is granted.

mod error;
mod on_loss;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::name::{MAX_NAME, Name};
use crate::slots::{DEFAULT_CONNECTIONS, MAX_CONNECTIONS};
use crate::version::Version;

pub use error::ManifestError;
pub use on_loss::OnLoss;

/// The name of the section.
pub const SECTION: &str = ".escrow.manifest";
/// The first eight bytes.
pub const MAGIC: [u8; 8] = *b"ESCROWM1";
/// The most stack that a module can have, in bytes.
pub const MAX_STACK: u32 = 12 * 4096;
/// The most memory that a module can ask for, in bytes: all its objects, page tables included.
pub const MAX_MEMORY: u32 = 4 << 20;
/// The largest locker: 2^11 slots.
pub const MAX_LOCKER_BITS: u8 = 11;
/// The shortest default deadline of a module's methods, in microseconds. The supervisor looks four times in the
/// shortest of all running modules, but at most once in a millisecond.
pub const MIN_DEADLINE: u32 = 1000;
/// The longest, in microseconds: an hour.
pub const MAX_DEADLINE: u32 = 3_600_000_000;
/// The default of that default, in microseconds: a second.
pub const DEFAULT_DEADLINE: u32 = 1_000_000;
/// A flag: the module wants to be told when an instance that was connected to it has died, so that it can drop what it
/// keeps for that client.
pub const DEPARTURES: u8 = 1;
/// A flag: the module is a program, which does its work before it publishes, or never does. Its init has no deadline, as
/// long as it has no name reserved.
pub const PROGRAM: u8 = 4;
/// The highest priority of a module, which is also the default: modules that talk to each other stand level.
pub const MAX_PRIORITY: u8 = 100;

/// The section as it lies in the file, little-endian.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Manifest {
    /// [`MAGIC`].
    pub magic: [u8; 8],
    /// The size of this structure in bytes: 64.
    pub size: u32,
    /// The version of the module, not of its interfaces.
    pub version: u16,
    /// A [`Restart`] as a number.
    pub restart: u8,
    /// The priority asked for, 1 to [`MAX_PRIORITY`]; 0 means [`MAX_PRIORITY`].
    pub priority: u8,
    /// The module's name, padded with zeros.
    pub name: [u8; MAX_NAME],
    /// Stack in bytes; whole pages, 1 to [`MAX_STACK`].
    pub stack_bytes: u32,
    /// The quota of memory in bytes, at most [`MAX_MEMORY`].
    pub memory_bytes: u32,
    /// How long a call to this module may take whose interface does not say, in microseconds; [`MIN_DEADLINE`] to
    /// [`MAX_DEADLINE`].
    pub deadline_micros: u32,
    /// The locker has 2^n slots; 0 means none.
    pub locker_bits: u8,
    /// A [`Device`] as a number.
    pub device: u8,
    /// How many connections to services it holds at a time, at most [`MAX_CONNECTIONS`]. It pays for their slots.
    pub connections: u8,
    /// [`DEPARTURES`], [`PROGRAM`] and an [`OnLoss`], as bits.
    pub flags: u8,
}

/// What the supervisor does when the module has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// It stays dead.
    Never = 0,
    /// It is started again after a fault, a panic, a failed init or an exit with another code than 0.
    OnFailure = 1,
    /// It is started again whatever happened.
    Always = 2,
}

/// A device that a module can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// None.
    None = 0,
    /// The serial console's receiver: its interrupt, and its registers or ports.
    Console = 1,
    /// The real-time clock: its interrupt, and its registers or ports.
    Clock = 2,
}

/// A checked manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The module's name.
    pub name: Name,
    /// The module's version.
    pub version: Version,
    /// What to do at its death.
    pub restart: Restart,
    /// Its priority, 1 to [`MAX_PRIORITY`].
    pub priority: u8,
    /// Stack in bytes, whole pages.
    pub stack_bytes: u32,
    /// Quota in bytes.
    pub memory_bytes: u32,
    /// The locker's size; 0 means none.
    pub locker_bits: u8,
    /// The device it wants.
    pub device: Device,
    /// How many connections it can hold, at most [`MAX_CONNECTIONS`].
    pub connections: u8,
    /// How long a call to it may take whose interface does not say, in microseconds.
    pub deadline_micros: u32,
    /// Whether it wants to be told of clients that have died.
    pub departures: bool,
    /// Whether its init is all that it does.
    pub program: bool,
    /// What is to become of it where a server that it is connected to is lost.
    pub on_loss: OnLoss,
}

impl Manifest {
    /// A manifest with the defaults: version 1, restart on failure, default priority, 16 KiB of stack, 128 KiB of
    /// memory, no locker, no device, [`DEFAULT_CONNECTIONS`], [`DEFAULT_DEADLINE`]. Names longer than [`MAX_NAME`] are cut, and then refused at load.
    pub const fn new(name: &str) -> Manifest {
        let mut field = [0; MAX_NAME];
        let mut from = name.as_bytes();
        let mut to: &mut [u8] = &mut field;
        while let ([first, from_rest @ ..], [slot, to_rest @ ..]) = (from, to) {
            *slot = *first;
            from = from_rest;
            to = to_rest;
        }
        Manifest {
            magic: MAGIC,
            size: size_of::<Manifest>() as u32,
            version: 1,
            restart: Restart::OnFailure as u8,
            priority: 0,
            name: field,
            stack_bytes: 4 * 4096,
            memory_bytes: 128 * 1024,
            deadline_micros: DEFAULT_DEADLINE,
            locker_bits: 0,
            device: Device::None as u8,
            connections: DEFAULT_CONNECTIONS,
            flags: 0,
        }
    }

    /// Checks the bytes of the section.
    ///
    /// # Errors
    /// [`ManifestError`] names the first field that breaks a rule.
    pub fn check(section: &[u8]) -> Result<Request, ManifestError> {
        let manifest = Manifest::read_from_bytes(section).map_err(|_| ManifestError::Size(section.len()))?;
        if manifest.magic != MAGIC {
            return Err(ManifestError::Magic);
        }
        if manifest.size as usize != size_of::<Manifest>() {
            return Err(ManifestError::Size(manifest.size as usize));
        }
        if manifest.flags & !(DEPARTURES | PROGRAM | OnLoss::MASK) != 0 {
            return Err(ManifestError::Flags(manifest.flags));
        }
        let on_loss = OnLoss::of(manifest.flags).ok_or(ManifestError::Flags(manifest.flags))?;
        let deadline = manifest.deadline_micros;
        if !(MIN_DEADLINE..=MAX_DEADLINE).contains(&deadline) {
            return Err(ManifestError::Deadline(deadline));
        }
        if manifest.priority > MAX_PRIORITY {
            return Err(ManifestError::Priority(manifest.priority));
        }
        let stack = manifest.stack_bytes;
        if stack == 0 || stack > MAX_STACK || !stack.is_multiple_of(4096) {
            return Err(ManifestError::Stack(stack));
        }
        if manifest.memory_bytes > MAX_MEMORY {
            return Err(ManifestError::Memory(manifest.memory_bytes));
        }
        if manifest.locker_bits > MAX_LOCKER_BITS {
            return Err(ManifestError::Locker(manifest.locker_bits));
        }
        if manifest.connections > MAX_CONNECTIONS {
            return Err(ManifestError::Connections(manifest.connections));
        }
        Ok(Request {
            name: Name::from_padded(&manifest.name).map_err(ManifestError::Name)?,
            version: Version(manifest.version),
            restart: match manifest.restart {
                0 => Restart::Never,
                1 => Restart::OnFailure,
                2 => Restart::Always,
                other => return Err(ManifestError::Restart(other)),
            },
            priority: if manifest.priority == 0 { MAX_PRIORITY } else { manifest.priority },
            stack_bytes: stack,
            memory_bytes: manifest.memory_bytes,
            locker_bits: manifest.locker_bits,
            device: match manifest.device {
                0 => Device::None,
                1 => Device::Console,
                2 => Device::Clock,
                other => return Err(ManifestError::Device(other)),
            },
            connections: manifest.connections,
            deadline_micros: deadline,
            departures: manifest.flags & DEPARTURES != 0,
            program: manifest.flags & PROGRAM != 0,
            on_loss,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::NameError;

    fn checked(change: impl Fn(&mut Manifest)) -> Result<Request, ManifestError> {
        let mut manifest = Manifest::new("echo");
        change(&mut manifest);
        Manifest::check(manifest.as_bytes())
    }

    #[test]
    fn defaults() {
        let request = checked(|_| ()).unwrap();
        assert_eq!(request.name.as_str(), "echo");
        assert_eq!(request.priority, MAX_PRIORITY);
        assert_eq!(size_of::<Manifest>(), 64);
    }

    #[test]
    fn each_bound_below_at_and_above() {
        for (stack, ok) in
            [(0, false), (1, false), (4096, true), (MAX_STACK, true), (MAX_STACK + 4096, false)]
        {
            assert_eq!(checked(|m| m.stack_bytes = stack).is_ok(), ok, "stack {stack}");
        }
        for (priority, ok) in [(1, true), (MAX_PRIORITY, true), (MAX_PRIORITY + 1, false)] {
            assert_eq!(checked(|m| m.priority = priority).is_ok(), ok, "priority {priority}");
        }
        for (bits, ok) in [(MAX_LOCKER_BITS - 1, true), (MAX_LOCKER_BITS, true), (MAX_LOCKER_BITS + 1, false)]
        {
            assert_eq!(checked(|m| m.locker_bits = bits).is_ok(), ok, "locker {bits}");
        }
        for (bytes, ok) in [(MAX_MEMORY - 1, true), (MAX_MEMORY, true), (MAX_MEMORY + 1, false)] {
            assert_eq!(checked(|m| m.memory_bytes = bytes).is_ok(), ok, "memory {bytes}");
        }
        for (deadline, ok) in [
            (0, false),
            (MIN_DEADLINE - 1, false),
            (MIN_DEADLINE, true),
            (MAX_DEADLINE, true),
            (MAX_DEADLINE + 1, false),
        ] {
            assert_eq!(checked(|m| m.deadline_micros = deadline).is_ok(), ok, "deadline {deadline}");
        }
        for (most, ok) in [(0, true), (MAX_CONNECTIONS - 1, true), (MAX_CONNECTIONS, true)] {
            assert_eq!(checked(|m| m.connections = most).is_ok(), ok, "connections {most}");
        }
        let above = MAX_CONNECTIONS + 1;
        assert_eq!(checked(|m| m.connections = above), Err(ManifestError::Connections(above)));
    }

    #[test]
    fn each_field_is_checked() {
        assert_eq!(checked(|m| m.magic = *b"ESCROWM2"), Err(ManifestError::Magic));
        assert_eq!(checked(|m| m.size = 65), Err(ManifestError::Size(65)));
        assert_eq!(checked(|m| m.restart = 3), Err(ManifestError::Restart(3)));
        assert_eq!(checked(|m| m.device = 2).unwrap().device, Device::Clock);
        assert_eq!(checked(|m| m.device = 3), Err(ManifestError::Device(3)));
        assert_eq!(checked(|m| m.flags = 2), Err(ManifestError::Flags(2)));
        let flags = |flags| checked(|m| m.flags = flags).map(|request| (request.departures, request.program));
        assert_eq!(flags(0), Ok((false, false)));
        assert_eq!(flags(DEPARTURES), Ok((true, false)));
        assert_eq!(flags(PROGRAM), Ok((false, true)));
        assert_eq!(flags(PROGRAM | 2), Err(ManifestError::Flags(PROGRAM | 2)));
        assert_eq!(checked(|m| m.flags = OnLoss::MASK), Err(ManifestError::Flags(24)));
        for on_loss in [OnLoss::Ignore, OnLoss::Notify, OnLoss::Restart] {
            let request = checked(|m| m.flags = DEPARTURES | on_loss as u8).unwrap();
            assert_eq!((request.departures, request.on_loss), (true, on_loss));
        }
        assert_eq!(checked(|m| m.name[0] = b'E'), Err(ManifestError::Name(NameError::BadStart)));
        assert_eq!(Manifest::check(&[0; 63]), Err(ManifestError::Size(63)));
        assert_eq!(Manifest::check(&[]), Err(ManifestError::Size(0)));
    }
}

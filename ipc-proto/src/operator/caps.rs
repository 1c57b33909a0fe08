//! What an operator is shown of capabilities: the slots of a module's CSpace, and who holds capabilities to it.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::Generation;
use crate::name::Name;

/// What a slot of a module's CSpace is for, as its manifest and its lookups have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// The supervisor's endpoint, for faults.
    Faults,
    /// The supervisor's endpoint, for requests.
    Requests,
    /// The name server's endpoint.
    Names,
    /// The module's own endpoint, to receive on. Not there while it is being stopped.
    Receive,
    /// The endpoint on which it is called back during its init.
    Private,
    /// The locker.
    Locker,
    /// The interrupt of the granted device.
    Interrupt,
    /// The I/O ports of the granted device (x86_64).
    Ports,
    /// The notification that the granted device signals.
    Notification,
    /// A connection to a service of this module.
    Connection(Name),
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Grant::Faults => "faults, to the supervisor",
            Grant::Requests => "requests, to the supervisor",
            Grant::Names => "lookups, to the name server",
            Grant::Receive => "receives on its own endpoint",
            Grant::Private => "is called back during its init",
            Grant::Locker => "its locker",
            Grant::Interrupt => "its device's interrupt",
            Grant::Ports => "its device's I/O ports",
            Grant::Notification => "its device's notification",
            Grant::Connection(server) => return write!(f, "connection to {server}"),
        })
    }
}

/// A slot of a module's CSpace: what should be in it, and whether something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotInfo {
    /// Its number, which is its CPtr.
    pub slot: u8,
    /// What it was granted for; `None` where it should be empty.
    pub grant: Option<Grant>,
    /// Whether the kernel says that something is in it.
    pub held: bool,
}

impl SlotInfo {
    /// Whether it is as it should be.
    pub const fn is_as_granted(&self) -> bool {
        self.grant.is_some() == self.held
    }

    /// Whether there is anything to show of it.
    pub const fn is_blank(&self) -> bool {
        self.grant.is_none() && !self.held
    }
}

/// A capability to a service of a module, in another one's CSpace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderInfo {
    /// Who holds it.
    pub client: Name,
    /// In which slot.
    pub slot: u8,
    /// To which service: its place in the ledger's table. `None` for the name server, which everybody can call.
    pub service: Option<u16>,
}

/// Something that a module was granted and that reaches beyond its own domain: docs/threat-model.md says how far. Its text
/// is the word of the system's manifest that grants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It has the operator's interface.
    Operators,
    /// It says who is connected to whom.
    NameServer,
    /// It has the console's device.
    Console,
    /// It has the real-time clock.
    Clock,
    /// It goes on after its faults.
    SurviveFaults,
    /// It keeps capabilities that it was handed.
    LockerSlots,
    /// It may send more messages in a period than anybody needs.
    Messages,
}

impl Mark {
    /// Whether it is a device.
    pub const fn is_device(&self) -> bool {
        matches!(self, Mark::Console | Mark::Clock)
    }
}

/// How many kinds of [`Mark`] there are.
pub const MAX_MARKS: usize = 7;

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mark::Operators => "operators",
            Mark::NameServer => "name_server",
            Mark::Console => "console",
            Mark::Clock => "clock",
            Mark::SurviveFaults => "survive_faults",
            Mark::LockerSlots => "locker_slots",
            Mark::Messages => "messages",
        })
    }
}

/// Memory that a module shares, or has shared, with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowInfo {
    /// The other one; `None` where it is not known any more.
    pub with: Option<Name>,
    /// The generation of it that had the other side, where that is gone.
    pub gone: Option<Generation>,
    /// Whether the module is the client of the two.
    pub client: bool,
    /// Where it is in the module's address space.
    pub vaddr: u64,
    /// Its size in KiB.
    pub kib: u32,
    /// Whether it is shared; otherwise memory of the module's own is in its place.
    pub shared: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_as_granted_where_grant_and_kernel_agree() {
        for (grant, held, as_granted, blank) in [
            (None, false, true, true),
            (None, true, false, false),
            (Some(Grant::Names), false, false, false),
            (Some(Grant::Names), true, true, false),
        ] {
            let slot = SlotInfo { slot: 3, grant, held };
            assert_eq!((slot.is_as_granted(), slot.is_blank()), (as_granted, blank), "{slot:?}");
        }
    }
}

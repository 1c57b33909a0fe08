//! What a module keeps over a restart: the endpoint that its clients' capabilities name, and its notification; and the
//! endpoint on which an instance is called back during its init, where one was.
//!
//! All come from an untyped of their own. While the module is loaded, calls wait at the endpoint for the next
//! instance; when it is unloaded, one revoke of the untyped takes every client's capability, wherever it went.

use ipc_proto::badge::{ALARM, DEPARTURE, INTERRUPT, LOGGED, LOSS, PEER_GONE};
use root_task_core::slots::SlotRange;
use sel4::{CapRights, ObjectBlueprint, cap};

use crate::arch;
use crate::memory::{Leak, Memory, OutOf, Untyped};

/// An untyped of 2^8 bytes, the smallest that the pool hands out, holds all three.
const UNTYPED_BITS: u8 = 8;

/// A module's endpoint and notification.
pub struct Home {
    untyped: Untyped,
    slots: SlotRange,
}

impl Home {
    /// Makes both.
    ///
    /// # Errors
    /// [`OutOf`] memory or slots; nothing is lost.
    pub fn make(memory: &mut Memory) -> Result<Home, OutOf> {
        let (slots, untyped) = memory.alloc(9, UNTYPED_BITS)?;
        let first = u64::from(slots.first.0);
        let made = untyped
            .retype(&ObjectBlueprint::Notification, first.saturating_add(1), 1)
            .and_then(|()| untyped.retype(&ObjectBlueprint::Endpoint, first, 1));
        let home = Home { untyped, slots };
        match made {
            Ok(()) => Ok(home),
            Err(error) => {
                let _ = home.dissolve(memory);
                Err(OutOf::Kernel(error))
            }
        }
    }

    fn first(&self) -> u64 {
        u64::from(self.slots.first.0)
    }

    /// The endpoint on which the module receives.
    pub fn endpoint(&self) -> cap::Endpoint {
        cap::Endpoint::from_bits(self.first())
    }

    /// The notification of its devices.
    pub fn notification(&self) -> cap::Notification {
        cap::Notification::from_bits(self.first().saturating_add(1))
    }

    /// The notification as a device signals it: with a badge that no endpoint's badge looks like.
    ///
    /// # Errors
    /// The kernel's.
    pub fn signal(&self) -> sel4::Result<cap::Notification> {
        self.badged(2, INTERRUPT)
    }

    /// Tells the module that a client of its has died.
    ///
    /// # Errors
    /// The kernel's.
    pub fn tell_departure(&self) -> sel4::Result<()> {
        self.badged(3, DEPARTURE).map(cap::Notification::signal)
    }

    /// Tells the module that nobody can call it back any more.
    ///
    /// # Errors
    /// The kernel's.
    pub fn tell_peer_gone(&self) -> sel4::Result<()> {
        self.badged(5, PEER_GONE).map(cap::Notification::signal)
    }

    /// The endpoint on which an instance is called back, once [`Self::make_private`] has made it.
    pub fn private(&self) -> cap::Endpoint {
        cap::Endpoint::from_bits(self.first().saturating_add(4))
    }

    /// Makes it, the first time. Nobody has a capability to it: the end of each init revokes them.
    ///
    /// # Errors
    /// The kernel's.
    pub fn make_private(&self) -> sel4::Result<cap::Endpoint> {
        match self.untyped.retype(&ObjectBlueprint::Endpoint, self.private().bits(), 1) {
            Ok(()) | Err(sel4::Error::DeleteFirst) => Ok(self.private()),
            Err(error) => Err(error),
        }
    }

    /// Tells the module that a server that it is connected to has died.
    ///
    /// # Errors
    /// The kernel's.
    pub fn tell_loss(&self) -> sel4::Result<()> {
        self.badged(6, LOSS).map(cap::Notification::signal)
    }

    /// Tells the module that a line of the log has come.
    ///
    /// # Errors
    /// The kernel's.
    pub fn tell_logged(&self) -> sel4::Result<()> {
        self.badged(7, LOGGED).map(cap::Notification::signal)
    }

    /// Tells the module that its alarm has gone off.
    ///
    /// # Errors
    /// The kernel's.
    pub fn tell_alarm(&self) -> sel4::Result<()> {
        self.badged(8, ALARM).map(cap::Notification::signal)
    }

    fn badged(&self, place: u64, badge: u64) -> sel4::Result<cap::Notification> {
        let slot = self.first().saturating_add(place);
        match arch::slot(slot).mint(&arch::root_slot(self.notification()), CapRights::all(), badge) {
            // Made for an earlier instance.
            Ok(()) | Err(sel4::Error::DeleteFirst) => Ok(cap::Notification::from_bits(slot)),
            Err(error) => Err(error),
        }
    }

    /// Takes back every capability to the endpoint, wakes whoever waits at it, and frees the memory.
    ///
    /// # Errors
    /// [`Leak`] where the kernel says that not all of the memory came back.
    pub fn dissolve(self, memory: &mut Memory) -> Result<(), Leak> {
        // First from the endpoint: the kernel finds a capability's copies with less work than an untyped's objects.
        // Fails only for a slot that does not exist.
        let _ = arch::root_slot(self.endpoint()).revoke();
        let whole = memory.revoke_and_free(self.untyped);
        memory.free_slots(self.slots);
        whole
    }
}

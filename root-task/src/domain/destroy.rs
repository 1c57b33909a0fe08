//! Takes a protection domain down: every capability that it passed on, every object, every mapping, in a fixed number
//! of revokes; then asks the kernel whether the memory is whole.

use core::mem;

use ipc_proto::slots;
use sel4::AbsoluteCPtr;

use super::Domain;
use crate::memory::{Leak, Memory};

/// The slots whose capabilities the domain could pass on to others. Its connections are further ones.
const PASSABLE: [u64; 4] = [slots::FAULT, slots::SUPERVISOR, slots::NAMES, slots::RECEIVE];

impl Domain {
    /// Empties a slot, and takes back what the holder of the capability in it has passed on to others: copies in other
    /// domains are children of the one in the CSpace, which the supervisor minted there.
    pub fn empty_slot(&self, slot: u64) {
        // An empty slot has no children, and stays as it is. Both fail only for a slot that does not exist.
        let slot = self.cspace(slot);
        let _ = slot.revoke().and_then(|()| slot.delete());
    }

    /// Everything that is revoked when the domain is destroyed, in this order: what it could pass on, and its memory.
    /// `connections` are the slots of its CSpace that hold capabilities to services.
    pub fn slots_to_revoke(&self, connections: &[u8]) -> impl Iterator<Item = AbsoluteCPtr> {
        let passed = PASSABLE.into_iter().chain(connections.iter().map(|slot| u64::from(*slot)));
        passed.map(|slot| self.cspace(slot)).chain([self.untyped.slot()])
    }

    /// Destroys the domain and gives its memory and slots back. `connections` are as above.
    ///
    /// # Errors
    /// [`Leak`] where the kernel says that not all of the memory came back. The memory is then not used again.
    pub fn destroy_with(mut self, memory: &mut Memory, connections: &[u8]) -> Result<u64, Leak> {
        self.freeze();
        for slot in self.slots_to_revoke(connections) {
            // An empty slot has no children: then there is nothing to do, and the kernel says so.
            let _ = slot.revoke();
        }
        self.destroy(memory)
    }

    /// Takes everything back that reaches out of a dead domain, so that nothing is left of it but its memory and a thread
    /// that never runs. `connections` are as above.
    pub fn disconnect(&mut self, connections: &[u8]) {
        for slot in PASSABLE.into_iter().chain(connections.iter().map(|slot| u64::from(*slot))) {
            self.empty_slot(slot);
        }
        for slot in [slots::IRQ_HANDLER, slots::IO_PORTS, slots::NOTIFICATION] {
            self.empty_slot(slot);
        }
        // Fails where none is bound. The next instance's thread is bound to the same notification.
        let _ = self.tcb().tcb_unbind_notification();
        if mem::take(&mut self.device) {
            // What cannot be deleted is not there.
            let _ = crate::arch::slot(self.device_slot()).delete();
        }
    }

    /// Destroys a domain that can have passed nothing on any more, and gives its memory and slots back.
    ///
    /// # Errors
    /// As [`Domain::destroy_with`].
    pub fn destroy(self, memory: &mut Memory) -> Result<u64, Leak> {
        let device = self.device_slot();
        let Domain { untyped, slots, device: granted, .. } = self;
        let bytes = untyped.bytes();
        // The device's frame is not made from the domain's untyped: its copy goes by itself. Nothing is in the slot
        // where the registers are ports, or were taken back.
        if granted {
            let _ = crate::arch::slot(device).delete();
        }
        let whole = memory.revoke_and_free(untyped);
        memory.free_slots(slots);
        whole.map(|()| bytes)
    }
}

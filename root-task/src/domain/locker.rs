//! What lies in a domain's locker, by the kernel's word, and the way of a caller from there to where it is answered.

use ipc_proto::slots;
use root_task_core::steps::{self, Held};
use sel4::CapRights;

use super::Domain;
use crate::arch;

/// The locker of a domain, of 2^`bits` slots.
pub struct Locker<'a> {
    /// Whose it is.
    pub domain: &'a Domain,
    /// Its size.
    pub bits: u8,
    /// An empty slot of the supervisor's.
    pub probe: u64,
}

impl steps::Locker for Locker<'_> {
    fn bits(&self) -> u8 {
        self.bits
    }

    fn look(&self, index: u16) -> Held {
        let probe = arch::slot(self.probe);
        // Of all that a module can hold only a caller cannot be copied.
        match probe.copy(&self.domain.locker(index, self.bits), CapRights::all()) {
            Err(sel4::Error::IllegalOperation) => Held::Caller,
            Err(sel4::Error::FailedLookup) => Held::Nothing,
            Err(_) => Held::Other,
            Ok(()) => {
                let _ = probe.delete();
                Held::Other
            }
        }
    }

    fn hand_over(&mut self, index: u16) -> bool {
        let to = self.domain.cspace(slots::ANSWER);
        // One that it has been handed and did not answer. An empty slot stays as it is.
        let _ = to.delete();
        to.move_(&self.domain.locker(index, self.bits)).is_ok()
    }
}

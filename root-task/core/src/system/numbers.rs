//! What the numbers of a system's manifest can be: beyond these, they would have no effect, or leave a module without
//! what it cannot do without. Keys that are not here take whatever number their type does.

use ipc_proto::badge::MAX_DOMAINS;
use ipc_proto::manifest::{MAX_DEADLINE, MAX_LOCKER_BITS, MAX_MEMORY, MAX_PRIORITY, MIN_DEADLINE};
use ipc_proto::slots::MAX_CONNECTIONS;
use ipc_proto::window::{MAX_PAGES, PAGE_BYTES, REGIONS};

use super::{MAX_AUTOPSIES, SystemError, SystemManifest};
use crate::allowance::Allowance;
use crate::ledger::MAX_SERVICES_PER_MODULE;
use crate::waits::DEFAULT_WAITERS;

/// The most memory that a module can ask for, in KiB.
pub const MAX_MEMORY_KIB: u32 = MAX_MEMORY / 1024;
/// The most slots of a locker.
pub const MAX_LOCKER_SLOTS: u32 = 1 << MAX_LOCKER_BITS;
/// The most memory that a module can share with servers, in KiB: a window in each of its regions.
pub const MAX_WINDOW_KIB: u32 = REGIONS as u32 * MAX_PAGES as u32 * (PAGE_BYTES / 1024);

/// A key, its number, and the least and the most that it can be.
type Number = (&'static str, u32, u32, u32);

impl SystemManifest {
    /// Checks all numbers, those of the grants too.
    pub(super) fn check_numbers(&self) -> Result<(), SystemError> {
        let own: [Number; 3] = [
            ("restart_window_ms", self.restart_window_ms, 1, u32::MAX),
            ("autopsies", self.autopsies.into(), 0, MAX_AUTOPSIES.into()),
            ("waiters", self.waiters.into(), 1, DEFAULT_WAITERS.into()),
        ];
        let wrong = |&&(_, value, least, most): &&Number| !(least..=most).contains(&value);
        if let Some(&(key, value, least, most)) = own.iter().find(wrong) {
            return Err(SystemError::Number { key, of: None, value, least, most });
        }
        for (limit, most) in [
            ("longest_restart_delay_ms", self.longest_restart_delay_ms),
            // The window would be over before the first restart. Delays that grow can outlast a longer window, too:
            // that is for who writes the manifest to weigh.
            ("restart_window_ms", self.restart_window_ms),
        ] {
            let value = self.restart_delay_ms;
            if value > most {
                return Err(SystemError::DelayAbove { value, limit, most });
            }
        }
        self.grants.iter().try_for_each(Allowance::check_numbers)
    }
}

impl Allowance {
    /// Whether a system can grant that.
    ///
    /// # Errors
    /// [`SystemError::Number`]: the first number that it cannot.
    pub fn check_numbers(&self) -> Result<(), SystemError> {
        let wrong = |&&(_, value, least, most): &&Number| !(least..=most).contains(&value);
        match numbers_of(self).iter().find(wrong) {
            Some(&(key, value, least, most)) => {
                Err(SystemError::Number { key, of: Some(self.module), value, least, most })
            }
            None => Ok(()),
        }
    }
}

fn numbers_of(grant: &Allowance) -> [Number; 10] {
    [
        ("memory_kib", grant.memory_kib, 1, MAX_MEMORY_KIB),
        ("connections", grant.connections.into(), 0, MAX_CONNECTIONS.into()),
        ("priority", grant.priority.into(), 1, MAX_PRIORITY.into()),
        ("locker_slots", grant.locker_slots, 0, MAX_LOCKER_SLOTS),
        ("shortest_deadline", grant.shortest_deadline, MIN_DEADLINE, MAX_DEADLINE),
        ("names", grant.names.into(), 0, MAX_SERVICES_PER_MODULE.into()),
        ("clients", grant.clients.into(), 0, MAX_DOMAINS.into()),
        ("window_kib", grant.window_kib, 0, MAX_WINDOW_KIB),
        ("messages", grant.messages, 1, u32::MAX),
        ("init_ms", grant.init_ms, 1, u32::MAX),
    ]
}

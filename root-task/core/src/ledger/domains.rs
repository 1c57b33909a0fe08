//! A set of modules, one bit for each: whether there is any is known at once.

use ipc_proto::ids::DomainId;

use super::MAX_MODULES;

const _: () = assert!(MAX_MODULES <= u32::BITS as usize);

/// A set of modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Domains(u32);

fn bit(domain: DomainId) -> u32 {
    1_u32.checked_shl(u32::from(domain.0)).unwrap_or(0)
}

impl Domains {
    /// None.
    pub(super) const NONE: Domains = Domains(0);

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn contains(self, domain: DomainId) -> bool {
        self.0 & bit(domain) != 0
    }

    pub(super) fn insert(&mut self, domain: DomainId) {
        self.0 |= bit(domain);
    }

    pub(super) fn remove(&mut self, domain: DomainId) {
        self.0 &= !bit(domain);
    }
}

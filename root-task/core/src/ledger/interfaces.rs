//! Of which interface a service is: what its instance has said of it, and as what its clients know it.
//!
//! **Invariant:** who was connected to a service as one of an interface is not connected to it when it is said to be of
//! another one. Nobody is connected between the declaration and the publish, since the service is not live, so that it
//! suffices to look at the declaration; and that can fail, which a publish cannot.

use core::fmt;

use ipc_proto::ids::{Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::ServiceState;

use super::Ledger;
use super::services::Used;

/// Why a service is not of the interface that its instance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclareError {
    /// It is not the instance's own, or is published.
    NotReserved,
    /// Its clients are connected to it as to another one. The init has failed by that: the instance ends.
    Known {
        /// Its name; `None` for one that has none.
        name: Option<Name>,
        /// The hash of what they know.
        known: u64,
        /// The hash of what was said.
        said: u64,
    },
}

impl fmt::Display for DeclareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeclareError::NotReserved => f.write_str("the module has not reserved that, or has published it"),
            DeclareError::Known { name, known, said } => {
                f.write_str("clients know ")?;
                name.iter().try_for_each(|name| name.fmt(f))?;
                write!(
                    f,
                    " as another interface ({known:x}, not {said:x}): raise the trait's version, and push the clients, too"
                )
            }
        }
    }
}

impl core::error::Error for DeclareError {}

impl Ledger {
    /// `owner` says of which interface a service is that it has reserved.
    ///
    /// # Errors
    /// [`DeclareError`]; nothing has changed.
    pub fn declare(&mut self, owner: Instance, at: ServiceRef, said: u64) -> Result<(), DeclareError> {
        let running = self.is_running(owner);
        let is_its = |used: &&mut Used| used.owner == owner.domain && used.state == ServiceState::Reserved;
        let used = self.used_mut(at).filter(is_its).filter(|_| running).ok_or(DeclareError::NotReserved)?;
        if let Some(known) = used.known.filter(|known| used.clients > 0 && *known != said) {
            return Err(DeclareError::Known { name: used.offer.map(|offer| offer.name), known, said });
        }
        used.interface = Some(said);
        Ok(())
    }

    /// Of which interface a service is, where its instance has said so.
    pub fn interface_of(&self, at: ServiceRef) -> Option<u64> {
        self.used(at)?.interface
    }

    /// The interface of a service that is live and of another one than `spoken`. One that has not said so counts as of any.
    pub fn other_interface(&self, at: ServiceRef, spoken: u64) -> Option<u64> {
        let used = self.used(at).filter(|used| used.state == ServiceState::Live)?;
        used.interface.filter(|served| *served != spoken)
    }
}

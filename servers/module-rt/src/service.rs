//! Services by their interface: its name, version and stub come from the trait.

use core::time::Duration;

use ipc_proto::interface::{Interface, Offered, Stub};
use ipc_proto::names::AS_LONG_AS_GRANTED;
#[cfg(doc)]
use ipc_proto::names::NameFailure;
use ipc_proto::passing::{DECLARE, Declaration};
use ipc_proto::slots;
use ipc_proto::version::VersionRange;

use crate::connection::Connection;
use crate::init::{Found, Init, NamesError, find_of};
use crate::waiting::{WaitError, micros, wait_for};

/// The versions and the interface that a stub speaks.
fn spoken<S: Stub<Connection>>() -> (VersionRange, Option<u64>) {
    (VersionRange::exactly(S::Of::VERSION), Some(S::Of::HASH))
}

fn over<S: Stub<Connection>>(found: Found) -> S {
    S::over(found.connection)
}

/// A stub to the service that has published the interface's name, as it is now. Also possible after init.
///
/// # Errors
/// As [`lookup`](crate::init::lookup); beside that [`NameFailure::OtherInterface`] where the service has that name and
/// version and is of another interface: the two programs were built from two traits.
pub fn client<S: Stub<Connection>>() -> Result<S, NamesError> {
    client_as(S::Of::NAME)
}

/// The same for a service under another name: see [`Init::offer_as`].
///
/// # Errors
/// As [`client`].
pub fn client_as<S: Stub<Connection>>(name: &str) -> Result<S, NamesError> {
    let (versions, interface) = spoken::<S>();
    find_of(name, versions, interface).map(over)
}

/// As [`client`]; where the service is not there, waits until it is, or is back, but not longer than `longest`.
///
/// # Errors
/// As [`lookup_waiting`](crate::waiting::lookup_waiting), and as [`client`]: for another interface it does not wait.
pub fn client_waiting<S: Stub<Connection>>(longest: Duration) -> Result<S, WaitError> {
    wait_for(S::Of::NAME, spoken::<S>(), micros(longest)).map(over)
}

impl Init {
    /// Reserves the interface's name for a service of this module: as [`Init::reserve`]. A module that offers several
    /// is served by a [`Several`](ipc_proto::interface::Several), which takes what this gives.
    ///
    /// # Errors
    /// As [`Init::reserve`]. Where an earlier instance of the module had a service of another interface under this name and
    /// version, which still has clients, it does not come back: the init has failed, and the supervisor says why.
    pub fn offer<I: Interface>(&mut self) -> Result<Offered<I>, NamesError> {
        self.offer_as(I::NAME)
    }

    /// The same under another name: where several services are of one interface.
    ///
    /// # Errors
    /// As [`Init::offer`].
    pub fn offer_as<I: Interface>(&mut self, name: &str) -> Result<Offered<I>, NamesError> {
        let service = self.reserve(name, I::VERSION)?;
        // For the words of a listing.
        #[cfg(not(target_os = "none"))]
        crate::sys::offers::<I>();
        let said = Declaration { service, interface: I::HASH }.to_words();
        // Where it were not taken down, it would be found by all who speak its version, and nobody to whom it is passed on
        // would take it for what it is.
        let _ = Connection::in_slot(slots::SUPERVISOR).call_words(DECLARE, said);
        Ok(Offered::of(service))
    }

    /// A stub to the service that has published the interface's name, or will: as [`Init::connect`].
    ///
    /// # Errors
    /// As [`Init::connect`], and as [`client`]: for another interface it does not wait.
    pub fn client<S: Stub<Connection>>(&mut self) -> Result<S, WaitError> {
        self.client_as(S::Of::NAME)
    }

    /// The same for a service under another name: see [`Init::offer_as`].
    ///
    /// # Errors
    /// As [`Init::client`].
    pub fn client_as<S: Stub<Connection>>(&mut self, name: &str) -> Result<S, WaitError> {
        wait_for(name, spoken::<S>(), AS_LONG_AS_GRANTED).map(over)
    }
}

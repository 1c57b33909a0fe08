//! Services by their interface: its name, version and stub come from the trait.

use core::time::Duration;

use ipc_proto::interface::{Interface, Offered, Stub};
use ipc_proto::passing::{DECLARE, Declaration};
use ipc_proto::slots;
use ipc_proto::version::VersionRange;

use crate::connection::Connection;
use crate::init::{Init, NamesError, lookup};
use crate::waiting::{WaitError, lookup_waiting};

/// The name and the versions that a stub speaks.
fn spoken<S: Stub<Connection>>() -> (&'static str, VersionRange) {
    (S::Of::NAME, VersionRange::exactly(S::Of::VERSION))
}

/// A stub to the service that has published the interface's name, as it is now. Also possible after init.
///
/// # Errors
/// As [`lookup`].
pub fn client<S: Stub<Connection>>() -> Result<S, NamesError> {
    let (name, versions) = spoken::<S>();
    lookup(name, versions).map(S::over)
}

/// The same; where the service is not there, waits until it is, or is back, but not longer than `longest`.
///
/// # Errors
/// As [`lookup_waiting`].
pub fn client_waiting<S: Stub<Connection>>(longest: Duration) -> Result<S, WaitError> {
    let (name, versions) = spoken::<S>();
    lookup_waiting(name, versions, longest).map(S::over)
}

impl Init {
    /// Reserves the interface's name for a service of this module: as [`Init::reserve`]. A module that offers several
    /// is served by a [`Several`](ipc_proto::interface::Several), which takes what this gives.
    ///
    /// # Errors
    /// As [`Init::reserve`].
    pub fn offer<I: Interface>(&mut self) -> Result<Offered<I>, NamesError> {
        self.offer_as(I::NAME)
    }

    /// The same under another name: where several services are of one interface.
    ///
    /// # Errors
    /// As [`Init::reserve`].
    pub fn offer_as<I: Interface>(&mut self, name: &str) -> Result<Offered<I>, NamesError> {
        let service = self.reserve(name, I::VERSION)?;
        let said = Declaration { service, interface: I::HASH }.to_words();
        // Where it were not taken down, nobody to whom the service is passed on would take it for what it is.
        let _ = Connection::in_slot(slots::SUPERVISOR).call_words(DECLARE, said);
        Ok(Offered::of(service))
    }

    /// A stub to the service that has published the interface's name, or will: as [`Init::connect`].
    ///
    /// # Errors
    /// As [`Init::connect`].
    pub fn client<S: Stub<Connection>>(&mut self) -> Result<S, WaitError> {
        let (name, versions) = spoken::<S>();
        self.connect(name, versions).map(S::over)
    }
}

//! What a module's init may do: connect to others, reserve names, read its arguments.
//!
//! Init may fail at any point. Nothing has to be undone: what was reserved was never visible, and what was
//! allocated goes back with the domain.

use core::fmt;

use ipc_proto::call_error::CallError;
use ipc_proto::ids::{Generation, ServiceRef};
use ipc_proto::name::{Name, NameError};
use ipc_proto::names::{AS_LONG_AS_GRANTED, Answer, LABEL, NameFailure, Request};
use ipc_proto::slots;
use ipc_proto::supervisor::{Args, Line};
use ipc_proto::version::{Version, VersionRange};

use crate::connection::Connection;
use crate::request;
use crate::waiting::{WaitError, wait_for};

/// Passed to a module's init; proof that it has not published yet.
#[derive(Debug)]
pub struct Init(());

/// Why init failed: a number of the module's own, and a reason for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitError {
    /// The module's own number.
    pub code: u32,
    /// What went wrong and what to do about it.
    pub reason: Line,
}

/// Why a name could not be reserved or looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesError {
    /// The text is not a name.
    Name(NameError),
    /// The name server refused.
    Refused(NameFailure),
    /// The name server did not answer. [`CallError::Interrupted`] with a next instance: it was asked as often as may be,
    /// and can be asked again.
    Call(CallError),
}

impl fmt::Display for NamesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NamesError::Name(error) => error.fmt(f),
            NamesError::Refused(failure) => failure.fmt(f),
            // It was asked as often as may be, and there is one to ask again.
            NamesError::Call(CallError::Interrupted { next, .. }) if *next != Generation::NONE => {
                f.write_str("the name server died, or was too slow, five times: try again")
            }
            NamesError::Call(error) => write!(f, "the name server did not answer: {error}"),
        }
    }
}

impl core::error::Error for NamesError {}

impl InitError {
    /// An error with a formatted reason, cut at the bound of a line.
    pub fn new(code: u32, reason: fmt::Arguments<'_>) -> InitError {
        InitError { code, reason: request::line(reason) }
    }
}

impl From<NamesError> for InitError {
    fn from(error: NamesError) -> InitError {
        InitError::new(1, format_args!("{error}"))
    }
}

impl From<CallError> for InitError {
    fn from(error: CallError) -> InitError {
        InitError::new(2, format_args!("{error}"))
    }
}

/// How often the name server is asked again because it has died with a request, or was too slow: [`NamesError`] says how
/// often that is in all.
const MAX_REPEATED: u32 = 4;
// The sentence of an error says how often that is with the first time.
const _: () = assert!(MAX_REPEATED == 4);

/// Asks the name server, and its next instance where it dies meanwhile: what is asked twice is done once.
pub(crate) fn ask(request: &Request) -> Result<Answer, NamesError> {
    let mut repeated = 0_u32;
    loop {
        return match Connection::in_slot(slots::NAMES).call(LABEL, request) {
            Ok(Answer::Failed(failure)) => Err(NamesError::Refused(failure)),
            Ok(answer) => Ok(answer),
            Err(CallError::Interrupted { next, .. })
                if next != Generation::NONE && repeated < MAX_REPEATED =>
            {
                repeated = repeated.saturating_add(1);
                continue;
            }
            Err(error) => Err(NamesError::Call(error)),
        };
    }
}

/// What a lookup has found: the newest of the versions that this module speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The way there.
    pub connection: Connection,
    /// Which version it is: what this module says on it has to be in that one.
    pub version: Version,
}

/// Connects this module to the service that has published `name`. Also possible after init. A module that speaks more
/// than one version uses [`find`].
///
/// # Errors
/// As [`find`].
pub fn lookup(name: &str, versions: VersionRange) -> Result<Connection, NamesError> {
    Ok(find(name, versions)?.connection)
}

/// Connects this module to the service that has published `name`, in the newest version that both sides speak, and says
/// which one that is.
///
/// # Errors
/// [`NamesError`]; [`NameFailure::NotFound`] where nobody has published the name, and [`NameFailure::Version`] with what
/// there is where it is there in other versions only.
pub fn find(name: &str, versions: VersionRange) -> Result<Found, NamesError> {
    find_of(name, versions, None)
}

/// The same, where it has to be of that interface, by its hash.
pub(crate) fn find_of(
    name: &str,
    versions: VersionRange,
    interface: Option<u64>,
) -> Result<Found, NamesError> {
    let name = Name::new(name).map_err(NamesError::Name)?;
    match ask(&Request::Lookup { name, versions, wait: 0, interface })? {
        Answer::Found { slot, version, .. } => {
            Ok(Found { connection: Connection::in_slot(u64::from(slot)), version })
        }
        _ => Err(NamesError::Call(CallError::BadAnswer)),
    }
}

/// A page of all names, for listings; fewer than a page means that it is the last.
///
/// # Errors
/// [`NamesError::Call`] where the name server did not answer.
pub fn list(
    from: u16,
) -> Result<heapless::Vec<ipc_proto::names::Entry, { ipc_proto::names::PAGE }>, NamesError> {
    match ask(&Request::List { from })? {
        Answer::Page(page) => Ok(page),
        _ => Err(NamesError::Call(CallError::BadAnswer)),
    }
}

impl Init {
    pub(crate) fn new() -> Init {
        Init(())
    }

    /// Reserves a name for a service of this module. It becomes visible, together with all others, when init has
    /// returned. Calls to it will carry the returned number: see [`crate::Client::service`].
    ///
    /// One name can be reserved in several versions, each for a service of its own: a client is connected to the newest
    /// that it speaks.
    ///
    /// # Errors
    /// [`NamesError`]: the name is taken or a bound is reached. Nothing has to be undone.
    pub fn reserve(&mut self, name: &str, version: Version) -> Result<ServiceRef, NamesError> {
        let name = Name::new(name).map_err(NamesError::Name)?;
        match ask(&Request::Reserve { name, version })? {
            Answer::Reserved(service) => Ok(service),
            _ => Err(NamesError::Call(CallError::BadAnswer)),
        }
    }

    /// Connects this module to the service that has published `name`, or will: waits for it as long as the system's
    /// manifest grants (`wait_ms`), so that it does not matter which of the two was started first. [`lookup`] does not
    /// wait, and [`Init::connect_waiting`] not longer than it is told.
    ///
    /// # Errors
    /// [`WaitError`] says for what and how long it has waited, or names the cycle of modules that wait for one another.
    pub fn connect(&mut self, name: &str, versions: VersionRange) -> Result<Connection, WaitError> {
        Ok(wait_for(name, (versions, None), AS_LONG_AS_GRANTED)?.connection)
    }

    /// The arguments that the operator gave at load; empty where there were none.
    pub fn args(&self) -> Args {
        request::args()
    }
}

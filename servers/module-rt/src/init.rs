//! What a module's init may do: connect to others, reserve names, read its arguments.
//!
//! Init may fail at any point. Nothing has to be undone: what was reserved was never visible, and what was
//! allocated goes back with the domain.

use core::fmt;
use core::time::Duration;

use ipc_proto::ids::{Generation, ServiceRef};
use ipc_proto::name::{Name, NameError};
use ipc_proto::names::{Answer, LABEL, NameFailure, Request};
use ipc_proto::slots;
use ipc_proto::supervisor::{Args, Line};
use ipc_proto::version::{Version, VersionRange};
use ipc_proto::waits::{Awaited, Cycle};

use crate::connection::{CallError, Connection};
use crate::request;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamesError {
    /// The text is not a name.
    Name(NameError),
    /// The name server refused.
    Refused(NameFailure),
    /// The name server did not answer.
    Call(CallError),
    /// A lookup has waited as long as it was to, and this is still what it finds. Wait again, do without, or fail.
    TimedOut(NameFailure),
    /// A lookup would have waited for ever: these modules wait for one another, each in its init. Each of them is told
    /// so. Waiting again would lead to the same. One of them has to publish first: let it look the other one up while
    /// it serves.
    Cycle(Cycle),
}

impl fmt::Display for NamesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NamesError::Name(error) => error.fmt(f),
            NamesError::Refused(failure) => failure.fmt(f),
            NamesError::Call(error) => write!(f, "the name server did not answer: {error}"),
            NamesError::TimedOut(failure) => write!(f, "waited in vain: {failure}"),
            NamesError::Cycle(cycle) => write!(f, "{cycle}: one has to publish first"),
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

fn ask(request: &Request) -> Result<Answer, NamesError> {
    match Connection::in_slot(slots::NAMES).call(LABEL, request) {
        Ok(Answer::Failed(failure)) => Err(NamesError::Refused(failure)),
        Ok(answer) => Ok(answer),
        Err(error) => Err(NamesError::Call(error)),
    }
}

/// Connects this module to the service that has published `name`. Also possible after init.
///
/// # Errors
/// [`NamesError`]; [`NameFailure::NotFound`] where nobody has published the name.
pub fn lookup(name: &str, versions: VersionRange) -> Result<Connection, NamesError> {
    let name = Name::new(name).map_err(NamesError::Name)?;
    match ask(&Request::Lookup { name, versions, wait: 0 })? {
        Answer::Found { slot, .. } => Ok(Connection::in_slot(u64::from(slot))),
        _ => Err(NamesError::Call(CallError::BadAnswer)),
    }
}

/// How often a lookup that waits is made again because the name server has died with it.
const MAX_REPEATED: u32 = 4;

/// Connects this module to the service that has published `name`; where nobody has, in a version that this module
/// speaks, waits until somebody does, but not longer than `longest`. The module does nothing else meanwhile: in its
/// init it is not live yet, and while it serves, its clients wait, and their calls' deadlines go on.
///
/// A module that is unloaded or crashed while it waits leaves nothing behind, and the name server's death changes
/// nothing: the wait is the supervisor's. Where `longest` is zero, this is [`lookup`].
///
/// # Errors
/// [`NamesError`]; beside those of [`lookup`]:
/// - [`NamesError::TimedOut`] with what the lookup finds at the end: nobody has the name, or in another version only;
/// - [`NamesError::Cycle`] where the provider waits, in the end, for this module;
/// - [`NamesError::Refused`] with `WaitTooLong`, and nothing has waited, where `longest` is more than the module's
///   `wait_ms` in the system's manifest; with `TooManyWaiters` where as many wait for the name as may (`waiters`).
pub fn lookup_waiting(
    name: &str,
    versions: VersionRange,
    longest: Duration,
) -> Result<Connection, NamesError> {
    let name = Name::new(name).map_err(NamesError::Name)?;
    // Rounded up: what is shorter than the unit waits, too.
    let mut wait = u64::try_from(longest.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
    let (mut has_waited, mut repeated) = (false, 0_u32);
    loop {
        match ask(&Request::Lookup { name, versions, wait }) {
            Ok(Answer::Found { slot, .. }) => return Ok(Connection::in_slot(u64::from(slot))),
            Ok(Answer::Wait) => {}
            Ok(_) => return Err(NamesError::Call(CallError::BadAnswer)),
            // The name server's next instance is asked: a lookup that was made twice has connected once.
            Err(NamesError::Call(CallError::Interrupted { next, .. }))
                if next != Generation::NONE && repeated < MAX_REPEATED =>
            {
                repeated = repeated.saturating_add(1);
                continue;
            }
            Err(NamesError::Refused(failure)) if has_waited && failure.is_absence() => {
                return Err(NamesError::TimedOut(failure));
            }
            Err(error) => return Err(error),
        }
        has_waited = true;
        wait = match request::await_name().map_err(NamesError::Call)? {
            Awaited::Published { left } => left,
            // A last look says what there is instead.
            Awaited::TimedOut => 0,
            Awaited::Cycle(cycle) => return Err(NamesError::Cycle(cycle)),
        };
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
    /// # Errors
    /// [`NamesError`]: the name is taken or a bound is reached. Nothing has to be undone.
    pub fn reserve(&mut self, name: &str, version: Version) -> Result<ServiceRef, NamesError> {
        let name = Name::new(name).map_err(NamesError::Name)?;
        match ask(&Request::Reserve { name, version })? {
            Answer::Reserved(service) => Ok(service),
            _ => Err(NamesError::Call(CallError::BadAnswer)),
        }
    }

    /// Connects this module to the service that has published `name`.
    ///
    /// # Errors
    /// As [`lookup`].
    pub fn connect(&mut self, name: &str, versions: VersionRange) -> Result<Connection, NamesError> {
        lookup(name, versions)
    }

    /// Connects this module to the service that has published `name`, or will within `longest`.
    ///
    /// # Errors
    /// As [`lookup_waiting`].
    pub fn connect_waiting(
        &mut self,
        name: &str,
        versions: VersionRange,
        longest: Duration,
    ) -> Result<Connection, NamesError> {
        lookup_waiting(name, versions, longest)
    }

    /// The arguments that the operator gave at load; empty where there were none.
    pub fn args(&self) -> Args {
        request::args()
    }
}

//! Lookups that wait for their name.

use core::fmt;
use core::time::Duration;

use ipc_proto::call_error::CallError;
use ipc_proto::name::Name;
use ipc_proto::names::{AS_LONG_AS_GRANTED, Answer, NameFailure, Request};
use ipc_proto::slots;
use ipc_proto::version::VersionRange;
use ipc_proto::waits::{self, Awaited, Cycle};

use crate::clock;
use crate::connection::Connection;
#[cfg(doc)]
use crate::init::lookup;
use crate::init::{Found, Init, InitError, NamesError, ask};

/// Why a lookup that waited found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitError {
    /// As for a lookup that does not wait.
    Names(NamesError),
    /// It has waited as long as it was to, and this is still what it finds. Wait again, do without, or fail.
    TimedOut {
        /// What it has waited for.
        name: Name,
        /// How long.
        waited: Duration,
        /// What it finds.
        failure: NameFailure,
    },
    /// It would have waited for ever: these modules wait for one another, each in its init. Each of them is told so.
    /// Waiting again would lead to the same. One of them has to publish first: let it look the other one up while it
    /// serves.
    Cycle(Cycle),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaitError::Names(error) => error.fmt(f),
            WaitError::TimedOut { name, waited, failure } => {
                write!(f, "waited {} ms for {name}: {failure}", waited.as_millis())
            }
            WaitError::Cycle(cycle) => write!(f, "{cycle}: one has to publish first"),
        }
    }
}

impl core::error::Error for WaitError {}

impl From<NamesError> for WaitError {
    fn from(error: NamesError) -> WaitError {
        WaitError::Names(error)
    }
}

impl From<WaitError> for InitError {
    fn from(error: WaitError) -> InitError {
        InitError::new(1, format_args!("{error}"))
    }
}

/// Stands on a call to the supervisor until the wait has ended that the name server has entered for this module.
fn await_end() -> Result<Awaited, NamesError> {
    let supervisor = Connection::in_slot(slots::SUPERVISOR);
    let answer: waits::Answer =
        supervisor.call(waits::LABEL, &waits::Request::Await).map_err(NamesError::Call)?;
    answer.end().map_err(|refusal| NamesError::Refused(NameFailure::Supervisor(refusal)))
}

/// Connects this module to the service that has published `name`; where nobody has, in a version that this module
/// speaks, waits until somebody does, but not longer than `longest`. The module does nothing else meanwhile: in its
/// init it is not live yet, and while it serves, its clients wait, and their calls' deadlines go on.
///
/// A module that is unloaded or crashed while it waits leaves nothing behind, and the name server's death changes
/// nothing: the wait is the supervisor's. Where `longest` is zero, this is [`lookup`].
///
/// # Errors
/// [`WaitError`]; beside those of [`lookup`]:
/// - [`WaitError::TimedOut`] with how long it has waited, and what the lookup finds at the end: nobody has the name, or in another version only;
/// - [`WaitError::Cycle`] where the provider waits, in the end, for this module;
/// - [`NamesError::Refused`] with `WaitTooLong`, and nothing has waited, where `longest` is more than the module's
///   `wait_ms` in the system's manifest; with `TooManyWaiters` where as many wait for the name as may (`waiters`), or the
///   supervisor has no room for one more.
pub fn lookup_waiting(
    name: &str,
    versions: VersionRange,
    longest: Duration,
) -> Result<Connection, WaitError> {
    Ok(find_waiting(name, versions, longest)?.connection)
}

/// [`lookup_waiting`], and says which version was found: the newest that both sides speak.
///
/// # Errors
/// As [`lookup_waiting`].
pub fn find_waiting(name: &str, versions: VersionRange, longest: Duration) -> Result<Found, WaitError> {
    wait_for(name, (versions, None), micros(longest))
}

/// The unit in which a wait is asked for.
pub(crate) fn micros(longest: Duration) -> u64 {
    // Rounded up: what is shorter than the unit waits, too. What is too long for a number is more than anybody may.
    let micros = u64::try_from(longest.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
    micros.min(AS_LONG_AS_GRANTED.saturating_sub(1))
}

/// The same, in microseconds, where it has to be of that interface, by its hash.
pub(crate) fn wait_for(
    name: &str,
    (versions, interface): (VersionRange, Option<u64>),
    micros: u64,
) -> Result<Found, WaitError> {
    let name = Name::new(name).map_err(NamesError::Name)?;
    let (began, mut wait, mut has_waited) = (clock::now(), micros, false);
    loop {
        match ask(&Request::Lookup { name, versions, wait, interface }) {
            Ok(Answer::Found { slot, version, .. }) => {
                return Ok(Found { connection: Connection::in_slot(u64::from(slot)), version });
            }
            Ok(Answer::Wait) => {}
            Ok(_) => return Err(NamesError::Call(CallError::BadAnswer).into()),
            Err(NamesError::Refused(failure)) if has_waited && failure.is_absence() => {
                let waited = Duration::from_nanos(clock::now().saturating_sub(began));
                return Err(WaitError::TimedOut { name, waited, failure });
            }
            Err(error) => return Err(error.into()),
        }
        has_waited = true;
        wait = match await_end()? {
            Awaited::Published { left } => left,
            // A last look says what there is instead.
            Awaited::TimedOut => 0,
            Awaited::Cycle(cycle) => return Err(WaitError::Cycle(cycle)),
        };
    }
}

impl Init {
    /// As [`Init::connect`], but it waits for `longest` at most.
    ///
    /// # Errors
    /// As [`lookup_waiting`].
    pub fn connect_waiting(
        &mut self,
        name: &str,
        versions: VersionRange,
        longest: Duration,
    ) -> Result<Connection, WaitError> {
        lookup_waiting(name, versions, longest)
    }
}

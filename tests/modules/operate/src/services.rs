//! What test modules ask of the name server and of `echo`.

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::name::Name;
use ipc_proto::names::NameFailure;
use ipc_proto::operator::{Answer, Request};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, lookup};
use module_rt::{CallError, Connection, InitError};

use crate::{TRIES, ask};

/// How many clients the ledger has for a name.
pub fn clients_of(name: &str) -> Result<u16, InitError> {
    let none = || InitError::new(33, format_args!("nobody has reserved {name}"));
    let page = module_rt::init::list(0)?;
    let entry = page.iter().find(|entry| entry.name.as_str() == name).ok_or_else(none)?;
    match ask(&Request::Service { service: entry.service })? {
        Answer::Service(Some(info)) => Ok(info.clients),
        other => Err(InitError::new(34, format_args!("the service {name}: {other:?}"))),
    }
}

/// The first two modules that wait for a name.
pub fn waiting() -> Result<[Option<Name>; 2], InitError> {
    match ask(&Request::Waits { from: 0 })? {
        Answer::Waits(page, _) => Ok([0, 1].map(|index| page.get(index).map(|wait| wait.client))),
        other => Err(InitError::new(42, format_args!("the waits: {other:?}"))),
    }
}

/// Whether anybody has published the name.
pub fn is_published(name: &str) -> Result<bool, InitError> {
    match lookup(name, VersionRange::ANY) {
        Ok(_) | Err(NamesError::Refused(NameFailure::Supervisor(Refusal::NotLive))) => Ok(true),
        Err(NamesError::Refused(NameFailure::NotFound)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Looks a service up, again and again while it is being restarted.
pub fn connect(service: &str) -> Result<Connection, InitError> {
    connect_to(service, VersionRange::exactly(echo::VERSION))
}

/// The same for a service of another interface.
pub fn connect_to(service: &str, versions: VersionRange) -> Result<Connection, InitError> {
    for _ in 0..TRIES {
        match lookup(service, versions) {
            Err(NamesError::Refused(NameFailure::Supervisor(Refusal::NotLive))) => module_rt::yield_now(),
            other => return Ok(other?),
        }
    }
    Err(InitError::new(27, format_args!("{service} was not restarted")))
}

/// The call that all scripts make.
pub fn say(service: Connection) -> Result<Said, CallError> {
    service.call(echo::SAY, &Text::try_from("abc").unwrap_or_default())
}

/// A first call. Whoever serves may hold a capability to an earlier instance of the victim, and find out only now.
pub fn warm_up(service: Connection) -> Result<(), InitError> {
    if say(service).is_err() {
        say(service)?;
    }
    Ok(())
}

//! What the name server asks of the supervisor.

use ipc_proto::ids::{Generation, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::names::NameFailure;
use ipc_proto::operator::ServiceState;
pub use ipc_proto::registrar::Entry;
use ipc_proto::registrar::{Answer, Entries, LABEL, Refusal, Request};
use ipc_proto::slots;
use ipc_proto::version::{Version, VersionRange};
use module_rt::Connection;

/// Asks; a refusal, and an answer that makes no sense, become a failure of the client's request.
fn ask(request: &Request) -> Result<Answer, NameFailure> {
    match Connection::in_slot(slots::SUPERVISOR).call(LABEL, request) {
        Ok(Answer::Refused(refusal)) => Err(NameFailure::Supervisor(refusal)),
        Ok(answer) => Ok(answer),
        Err(_) => Err(unexpected()),
    }
}

fn unexpected() -> NameFailure {
    NameFailure::Supervisor(Refusal::Kernel)
}

/// Enters a reservation.
pub fn enter(
    owner: u64,
    again: Option<ServiceRef>,
    name: Name,
    version: Version,
) -> Result<ServiceRef, NameFailure> {
    match ask(&Request::Enter { owner, again, name, version })? {
        Answer::Entered(service) => Ok(service),
        _ => Err(unexpected()),
    }
}

/// What the ledger knows, from this entry on, and where to go on.
pub fn entries(from: u16) -> Result<Entries, NameFailure> {
    let supervisor = Connection::in_slot(slots::SUPERVISOR);
    supervisor.call(LABEL, &Request::Entries { from }).map_err(|_| unexpected())
}

/// Drops a reservation.
pub fn withdraw(owner: u64, service: ServiceRef) -> Result<(), NameFailure> {
    ask(&Request::Withdraw { owner, service }).map(|_| ())
}

/// The state of a service.
pub fn state(service: ServiceRef) -> Result<Option<ServiceState>, NameFailure> {
    match ask(&Request::State { service })? {
        Answer::State(state) => Ok(state),
        _ => Err(unexpected()),
    }
}

/// Connects a client.
pub fn connect(client: u64, service: ServiceRef) -> Result<(u8, Generation), NameFailure> {
    match ask(&Request::Connect { client, service })? {
        Answer::Connected { slot, generation } => Ok((slot, generation)),
        _ => Err(unexpected()),
    }
}

/// Lets a client wait for a name; or gives the service of that name, where it is there by now.
pub fn wait(
    client: u64,
    name: Name,
    versions: VersionRange,
    micros: u64,
) -> Result<Option<(ServiceRef, Version)>, NameFailure> {
    match ask(&Request::Wait { client, name, versions, micros })? {
        Answer::Done => Ok(None),
        Answer::Published { service, version } => Ok(Some((service, version))),
        _ => Err(unexpected()),
    }
}

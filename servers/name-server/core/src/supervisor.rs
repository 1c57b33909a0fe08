//! What the name server asks of the supervisor: its questions, over whatever carries them.

use ipc_proto::ids::{Generation, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::names::NameFailure;
use ipc_proto::operator::ServiceState;
use ipc_proto::registrar::{Answer, Entries, Refusal, Request, Right};
use ipc_proto::version::{Version, VersionRange};

/// The way to the supervisor. Each question is a call: anything can happen to anybody before its answer, this program's
/// own death included.
pub trait Supervisor {
    /// Asks; `None` where no answer came, or one that makes no sense.
    fn ask(&mut self, request: &Request) -> Option<Answer>;

    /// Asks for a page of what the ledger knows, from this entry on.
    fn entries(&mut self, from: u16) -> Option<Entries>;
}

/// What the name server makes of an answer that it cannot use.
pub(crate) fn unexpected() -> NameFailure {
    NameFailure::Supervisor(Refusal::Kernel)
}

/// Asks; a refusal, and an answer that makes no sense, become a failure of the client's request.
fn ask(supervisor: &mut impl Supervisor, request: &Request) -> Result<Answer, NameFailure> {
    match supervisor.ask(request) {
        Some(Answer::Refused(refusal)) => Err(NameFailure::Supervisor(refusal)),
        Some(answer) => Ok(answer),
        None => Err(unexpected()),
    }
}

/// Whether who asks may do that with a name.
pub(crate) fn may(
    supervisor: &mut impl Supervisor,
    asker: u64,
    right: Right,
    name: Name,
) -> Result<(), NameFailure> {
    ask(supervisor, &Request::May { asker, right, name }).map(|_| ())
}

/// Enters a reservation.
pub(crate) fn enter(
    supervisor: &mut impl Supervisor,
    owner: u64,
    again: Option<ServiceRef>,
    name: Name,
    version: Version,
) -> Result<ServiceRef, NameFailure> {
    match ask(supervisor, &Request::Enter { owner, again, name, version })? {
        Answer::Entered(service) => Ok(service),
        _ => Err(unexpected()),
    }
}

/// The state of a service.
pub(crate) fn state(
    supervisor: &mut impl Supervisor,
    service: ServiceRef,
) -> Result<Option<ServiceState>, NameFailure> {
    match ask(supervisor, &Request::State { service })? {
        Answer::State(state) => Ok(state),
        _ => Err(unexpected()),
    }
}

/// Connects a client who speaks that interface.
pub(crate) fn connect(
    supervisor: &mut impl Supervisor,
    client: u64,
    service: ServiceRef,
    interface: Option<u64>,
) -> Result<(u8, Generation), NameFailure> {
    match (ask(supervisor, &Request::Connect { client, service, interface })?, interface) {
        (Answer::Connected { slot, generation }, _) => Ok((slot, generation)),
        (Answer::OtherInterface(served), Some(spoken)) => Err(NameFailure::OtherInterface { served, spoken }),
        _ => Err(unexpected()),
    }
}

/// Lets a client wait for a name; or gives the service of that name, where it is there by now.
pub(crate) fn wait(
    supervisor: &mut impl Supervisor,
    client: u64,
    name: Name,
    versions: VersionRange,
    micros: u64,
) -> Result<Option<(ServiceRef, Version)>, NameFailure> {
    match ask(supervisor, &Request::Wait { client, name, versions, micros })? {
        Answer::Done => Ok(None),
        Answer::Published { service, version } => Ok(Some((service, version))),
        _ => Err(unexpected()),
    }
}

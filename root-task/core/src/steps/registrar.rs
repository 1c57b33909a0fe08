//! What the name server asks.

use heapless::Vec;
use ipc_proto::ids::Instance;
use ipc_proto::name::Name;
use ipc_proto::registrar::{Answer, Entries, Entry, Refusal, Request, Right};

use super::waits::enter_wait;
use super::{Effects, Tables};
use crate::ledger::{Connection, Ledger, Offer};
use crate::system::SystemManifest;

/// The running instance that a client badge names.
pub(super) fn holder(ledger: &Ledger, badge: u64) -> Result<Instance, Refusal> {
    ledger.client_of(badge).ok_or(Refusal::NoSuchDomain)
}

/// Whether the system's manifest lets a module do that with a name.
pub(super) fn may(
    ledger: &Ledger,
    system: &SystemManifest,
    who: Instance,
    right: Right,
    name: &Name,
) -> bool {
    ledger.module(who.domain).is_some_and(|module| match right {
        Right::Register => system.may_register(&module.name, name),
        Right::LookUp => system.may_look_up(&module.name, name),
    })
}

fn granted(may: bool) -> Result<(), Refusal> {
    if may { Ok(()) } else { Err(Refusal::NotGranted) }
}

/// Has the capability of a connection made that was entered just now; without it, the connection is not there either.
pub(super) fn made(
    on: &mut impl Effects,
    client: Instance,
    connection: Connection,
) -> Result<Connection, Refusal> {
    if let Err(refusal) = on.mint(client.domain, &connection) {
        on.tables().ledger.disconnect(client.domain, connection.slot);
        return Err(refusal);
    }
    Ok(connection)
}

/// A page of what the ledger knows.
pub fn entries(ledger: &Ledger, from: u16) -> Entries {
    let mut page = Vec::new();
    for (owner, service, Offer { name, version }) in ledger.services_from(from) {
        if page.push(Entry { owner, service, name, version }).is_err() {
            return Entries { page, next: Some(service.index) };
        }
    }
    Entries { page, next: None }
}

/// A request of the name server's.
///
/// # Errors
/// [`Refusal`]; nothing has changed.
pub fn registrar(on: &mut impl Effects, request: Request) -> Result<Answer, Refusal> {
    let Tables { ledger, system, .. } = on.tables();
    match request {
        Request::Enter { owner, again, name, version } => {
            let owner = holder(ledger, owner)?;
            granted(may(ledger, system, owner, Right::Register, &name))?;
            Ok(Answer::Entered(ledger.enter(owner, Offer { name, version }, again)?))
        }
        Request::May { asker, right, name } => {
            let asker = holder(ledger, asker)?;
            granted(may(ledger, system, asker, right, &name)).map(|()| Answer::Done)
        }
        Request::Wait { client, name, versions, micros } => {
            let client = holder(ledger, client)?;
            enter_wait(on, client, name, versions, micros)
        }
        // It is answered in another type: see `entries`.
        Request::Entries { .. } => Err(Refusal::Gone),
        Request::State { service } => Ok(Answer::State(ledger.state_for_clients(service))),
        Request::Connect { client, service, interface } => {
            let client = holder(ledger, client)?;
            let offer = ledger.offer_of(service).ok_or(Refusal::Gone)?;
            granted(may(ledger, system, client, Right::LookUp, &offer.name))?;
            if let Some(other) = interface.and_then(|spoken| ledger.other_interface(service, spoken)) {
                return Ok(Answer::OtherInterface(other));
            }
            let connection = ledger.connect(client, service)?;
            let connection = made(on, client, connection)?;
            Ok(Answer::Connected { slot: connection.slot, generation: connection.generation })
        }
    }
}

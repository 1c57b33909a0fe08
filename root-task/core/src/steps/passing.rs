//! A connection is passed on: who may take it is asked as at a lookup.

use ipc_proto::ids::Instance;
use ipc_proto::passing::{Answer, PassRefusal, Request, Token};
use ipc_proto::registrar::Right;
use ipc_proto::version::VersionRange;

use super::registrar::{holder, made, may};
use super::{Effects, Tables};
use crate::ledger::Connection;

/// A module passes a connection on, takes one that was passed to it, or gives one back.
///
/// # Errors
/// [`PassRefusal`]; nothing has changed.
pub fn pass(on: &mut impl Effects, who: Instance, request: &Request) -> Result<Answer, PassRefusal> {
    match request {
        Request::PutUp { to, slots } => {
            on.tables().ledger.put_up(who, u64::from(*to), slots).map(Answer::PutUp)
        }
        Request::GiveBack { slot } => {
            if on.tables().ledger.give_back(who, *slot) {
                on.take_connection(who.domain, *slot);
            }
            Ok(Answer::GivenBack)
        }
        Request::Take { client, token, versions, interface } => {
            take(on, who, (*client, *token), (*versions, *interface))
        }
    }
}

fn take(
    on: &mut impl Effects,
    taker: Instance,
    (client, token): (u64, Token),
    (versions, interface): (VersionRange, Option<u64>),
) -> Result<Answer, PassRefusal> {
    let Tables { ledger, system, .. } = on.tables();
    let giver = holder(ledger, client).map_err(|_| PassRefusal::NotPutUp)?;
    let at = ledger.put_up_for(taker.domain, giver, token).ok_or(PassRefusal::NotPutUp)?;
    let offer = ledger.offer_of(at).ok_or(PassRefusal::NotPutUp)?;
    // What it may not look up does not exist for it.
    if !may(ledger, system, taker, Right::LookUp, &offer.name) {
        return Err(PassRefusal::NotPutUp);
    }
    if !versions.contains(offer.version) {
        return Err(PassRefusal::OtherVersion(offer.version));
    }
    if interface.is_some() && interface != ledger.interface_of(at) {
        return Err(PassRefusal::OtherInterface);
    }
    let connection = ledger.take(taker, at)?;
    let connection = made(on, taker, connection).inspect_err(|_| {
        // Nor is it taken.
        on.tables().ledger.give_back(taker, connection.slot);
    });
    let Connection { slot, .. } = connection.map_err(PassRefusal::Service)?;
    on.tables().ledger.strike_off(giver.domain, token);
    Ok(Answer::Taken { slot })
}

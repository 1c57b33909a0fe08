//! A connection is passed on: who may take it is asked as at a lookup.

use ipc_proto::ids::Instance;
use ipc_proto::passing::{Answer, PassRefusal, Request, Token};
use ipc_proto::registrar::Right;
use ipc_proto::version::VersionRange;

use super::registrar::{connect, granted, holder, may};
use super::{Effects, Tables};

/// A module passes a connection on, or takes one that was passed to it.
///
/// # Errors
/// [`PassRefusal`]; nothing has changed.
pub fn pass(on: &mut impl Effects, who: Instance, request: &Request) -> Result<Answer, PassRefusal> {
    match request {
        Request::PutUp { to, slots } => {
            on.tables().ledger.put_up(who, u64::from(*to), slots).map(Answer::PutUp)
        }
        Request::Take { client, token, versions } => take(on, who, *client, *token, *versions),
    }
}

fn take(
    on: &mut impl Effects,
    taker: Instance,
    client: u64,
    token: Token,
    versions: VersionRange,
) -> Result<Answer, PassRefusal> {
    let Tables { ledger, system, .. } = on.tables();
    let giver = holder(ledger, client).map_err(|_| PassRefusal::NotPutUp)?;
    let at = ledger.put_up_for(taker.domain, giver, token).ok_or(PassRefusal::NotPutUp)?;
    let offer = ledger.offer_of(at).ok_or(PassRefusal::NotPutUp)?;
    granted(may(ledger, system, taker, Right::LookUp, &offer.name)).map_err(PassRefusal::Service)?;
    if !versions.contains(offer.version) {
        return Err(PassRefusal::OtherVersion(offer.version));
    }
    let connection = connect(on, taker, at).map_err(PassRefusal::Service)?;
    on.tables().ledger.taken(giver.domain, token);
    Ok(Answer::Taken { slot: connection.slot })
}

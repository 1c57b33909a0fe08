//! Clients of `tally` die in every way: nothing of them is left in the server and in the ledger.

use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since};
use ipc_proto::version::VersionRange;
use module_rt::{Connection, InitError, init, log};
use operate as ask;
use operate::tally::{ADD, MAX_CLIENTS, NAME, NAP, VERSION};

use crate::{SLACK, wrong};

/// When the visitor is killed, in nanoseconds.
const KILL: u64 = 2_000_000;

/// This client's count, the number of clients, the number of calls of all.
fn expect(tally: Connection, method: u16, micros: u64, want: [u64; 3]) -> Result<(), InitError> {
    let [count, clients, all, _] = tally.call_words(method, [micros, 0, 0, 0])?;
    if [count, clients, all] != want {
        return Err(wrong(format_args!("{:?}, not {want:?}", [count, clients, all])));
    }
    Ok(())
}

pub fn all() -> Result<(), InitError> {
    let (server, visitor) = (ask::name(NAME)?, ask::name("visitor")?);
    ask::load_live(server)?;
    let tally = init::lookup(NAME, VersionRange::exactly(VERSION))?;
    let (mut own, mut calls) = (0, 0);
    for (end, after) in
        [("exit", None), ("fault", None), ("stay", None), ("inside", Some(0)), ("queued", Some(4000))]
    {
        expect(tally, ADD, 0, [own + 1, 1, calls + 1])?;
        ask::load_with(visitor, end)?;
        // It has called twice.
        (own, calls) = (own + 1, calls + 3);
        match after {
            Some(micros) => {
                ask::after(visitor, Act::Crash, KILL, Since::Now)?;
                // Inside: this call is queued behind the visitor's, which is executed to its end though nobody waits
                // for the answer. Queued: the visitor's is behind this one, and is never received.
                let inside = u64::from(micros == 0);
                let method = if micros == 0 { ADD } else { NAP };
                let clients = if micros == 0 { 1 } else { 2 };
                expect(tally, method, micros, [own + 1, clients, calls + 1 + inside])?;
                (own, calls) = (own + 1, calls + 1 + inside);
            }
            None if end == "stay" => ask::unload(visitor)?,
            None => crate::stopped::sleep(SLACK),
        }
        expect(tally, ADD, 0, [own + 1, 1, calls + 1])?;
        (own, calls) = (own + 1, calls + 1);
        if ask::clients_of(NAME)? != 1 {
            return Err(wrong(format_args!("{end}: the ledger has {} clients", ask::clients_of(NAME)?)));
        }
        forget(visitor)?;
        log!("{end}: the server has dropped what it kept, and the ledger, too");
    }
    bound(tally, visitor)
}

/// As many clients as the server has room for are counted, and one more is refused.
fn bound(tally: Connection, visitor: Name) -> Result<(), InitError> {
    ask::load_with(visitor, "stay")?;
    // Two clients now. What the third is told, it logs.
    ask::run(ask::name("caller")?, "count")?;
    let [_, clients, ..] = tally.call_words(ADD, [0; 4])?;
    ask::unload(visitor)?;
    if clients != MAX_CLIENTS as u64 {
        return Err(wrong(format_args!("{clients} clients, not {MAX_CLIENTS}")));
    }
    ask::run(ask::name("caller")?, "count")
}

/// One that stays dead is unloaded; one that has come to its end is gone by itself.
fn forget(visitor: Name) -> Result<(), InitError> {
    if ask::is_loaded(visitor)? { ask::unload(visitor) } else { Ok(()) }
}

//! Clients of `tally` die in every way: nothing of them is left in the server and in the ledger.

use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since};
use ipc_proto::version::VersionRange;
use module_rt::{Connection, InitError, init, log};
use operate as ask;
use operate::tally::{ADD, MAX_CLIENTS, NAME, NAP, VERSION};

use crate::stopped::NAP_MICROS;
use crate::{SLACK, wrong};

/// When the visitor is killed, in nanoseconds.
const KILL: u64 = 2_000_000;

/// What the server should have counted.
#[derive(Default)]
struct Counted {
    /// Of this client.
    own: u64,
    /// Of all.
    all: u64,
}

impl Counted {
    /// Others have called so often.
    fn others(&mut self, calls: u64) {
        self.all = self.all.saturating_add(calls);
    }

    /// This client calls once more, and the server keeps something for so many clients then.
    fn call(&mut self, tally: Connection, method: u16, micros: u64, clients: u64) -> Result<(), InitError> {
        self.own = self.own.saturating_add(1);
        self.all = self.all.saturating_add(1);
        let [count, kept, all, _] = tally.call_words(method, [micros, 0, 0, 0])?;
        let want = [self.own, clients, self.all];
        if [count, kept, all] != want {
            return Err(wrong(format_args!("{:?}, not {want:?}", [count, kept, all])));
        }
        Ok(())
    }
}

pub fn all() -> Result<(), InitError> {
    let (server, visitor) = (ask::name(NAME)?, ask::name("visitor")?);
    ask::load_live(server)?;
    let tally = init::lookup(NAME, VersionRange::exactly(VERSION))?;
    let mut counted = Counted::default();
    for end in ["exit", "fault", "stay", "inside", "queued"] {
        counted.call(tally, ADD, 0, 1)?;
        ask::load_with(visitor, end)?;
        // It has called twice.
        counted.others(2);
        match end {
            "stay" => ask::unload(visitor)?,
            "inside" => {
                ask::after(visitor, Act::Crash, KILL, Since::Now)?;
                // Behind the visitor's call, which is executed to its end though nobody waits for the answer.
                counted.others(1);
                counted.call(tally, ADD, 0, 1)?;
            }
            "queued" => {
                ask::after(visitor, Act::Crash, KILL, Since::Now)?;
                // The visitor's call is behind this one, and is never received.
                counted.call(tally, NAP, NAP_MICROS, 2)?;
            }
            _ => crate::stopped::sleep(SLACK),
        }
        counted.call(tally, ADD, 0, 1)?;
        let clients = ask::clients_of(NAME)?;
        if clients != 1 {
            return Err(wrong(format_args!("{end}: the ledger has {clients} clients")));
        }
        // One that stays dead is unloaded; one that has come to its end is gone by itself.
        if ask::is_loaded(visitor)? {
            ask::unload(visitor)?;
        }
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

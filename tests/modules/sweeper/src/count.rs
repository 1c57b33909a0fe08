//! Client or server pauses at any moment of a call: nothing is executed twice, and there is one answer.

use ipc_proto::name::Name;
use ipc_proto::operator::Since;
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Connection, InitError, clock, init};
use operate::tally::{ADD, NAME, VERSION};
use operate::{self as ask, Wrong, wrong};

use crate::sweep::{Round, Sweep};

fn connect() -> Result<Connection, InitError> {
    Ok(init::lookup(NAME, VersionRange::exactly(VERSION))?)
}

/// How often this client's calls were executed, this one included.
fn counted(tally: Connection) -> Result<u64, CallError> {
    tally.call_words(ADD, [0; 4]).map(|[count, ..]| count)
}

impl Sweep {
    /// It stays: what it counts is compared.
    fn tally(&self) -> Result<Name, InitError> {
        let tally = ask::name(NAME)?;
        if !ask::is_loaded(tally)? {
            ask::load_live(tally)?;
        }
        Ok(tally)
    }

    pub fn count_once(&mut self) -> Result<(), InitError> {
        self.tally()?;
        counted(connect()?)?;
        Ok(())
    }

    pub fn count(&mut self, moment: u64) -> Result<Round, InitError> {
        self.tally()?;
        let tally = connect()?;
        let before = counted(tally)?;
        let start = clock::now();
        ask::after(self.victim, self.script.act, moment, Since::Now)?;
        let answer = counted(tally);
        let took = clock::now().saturating_sub(start);
        self.pass(start, moment);
        let after = counted(tally)?;
        let once = before.saturating_add(1);
        let executed = after.saturating_sub(once);
        let verdict: Result<(), Wrong> = match answer {
            Ok(count) if count == once && executed == 1 => Ok(()),
            // The client itself paused while the server had its call.
            Err(CallError::Interrupted { generation, next }) if generation == next && executed <= 1 => Ok(()),
            other => Err(wrong(format_args!("{other:?}, executed {executed} times"))),
        };
        Ok(if took < moment { Round::Done } else { Round::Struck(0, verdict) })
    }
}

//! Killed in its start: nothing of it was ever visible. The name server, and a client, too.

use ipc_proto::operator::{Act, Since};
use module_rt::{InitError, clock};
use operate::tally::{ADD, NAME as TALLY, VERSION};
use operate::{self as ask, Wrong, wrong};

use crate::sweep::{Round, Sweep};

impl Sweep {
    /// A module's start.
    pub fn init(&mut self, moment: u64) -> Result<Round, InitError> {
        ask::crash_after(self.victim, moment, Since::NextStart(self.victim))?;
        let Some(instance) = ask::load(self.victim)? else {
            let Some(death) = self.new_death()? else {
                return Err(InitError::new(13, format_args!("the load failed without a death")));
            };
            let seen = ask::is_published(self.script.victim)?;
            let verdict =
                if seen { Err(wrong(format_args!("a name of a dead init is visible"))) } else { Ok(()) };
            return Ok(Round::Struck(death.ip, verdict));
        };
        // It has published. If its moment came behind that, it has been restarted.
        let death = self.new_death()?;
        let verdict = match ask::is_published(self.script.victim)? {
            true => self.serves(self.script.victim, instance.generation),
            // It offers nothing: a client.
            false => Ok(()),
        };
        ask::unload(self.victim)?;
        Ok(match death {
            Some(death) => Round::Struck(death.ip, verdict),
            None => Round::Done,
        })
    }

    /// The name server's start: it is killed, and the next instance in its init.
    pub fn restart(&mut self, moment: u64) -> Result<Round, InitError> {
        let before = ask::generation_of(self.victim)?;
        ask::crash_after(self.victim, moment, Since::NextStart(self.victim))?;
        let start = clock::now();
        // Answered when an instance is live again.
        ask::crash_now(self.victim)?;
        let in_init = self.new_death()?.filter(|death| death.instance.generation > before);
        // A call waits for the instance that serves in the end.
        let names = module_rt::init::list(0).map_err(|error| wrong(format_args!("list: {error}")));
        let all = |names: &[ipc_proto::names::Entry]| {
            self.script.beside.iter().all(|beside| names.iter().any(|entry| entry.name.as_str() == *beside))
        };
        let verdict = names.and_then(|names| match all(&names) {
            true => Ok(()),
            false => {
                Err(wrong(format_args!("a name server that has just begun does not know what there is")))
            }
        });
        if in_init.is_none() {
            self.await_death(start, moment)?;
            ask::await_live(self.victim)?;
        }
        Ok(in_init.map_or(Round::Done, |death| Round::Struck(death.ip, verdict)))
    }

    /// A client of `tally` is killed at any moment of its life: nothing of it is left.
    pub fn visit(&mut self, moment: u64) -> Result<Round, InitError> {
        ask::after(self.victim, Act::Crash, moment, Since::NextStart(self.victim))?;
        let start = clock::now();
        let loaded = ask::try_load_with(self.victim, "inside")?.is_some();
        let death = self.await_death(start, moment.saturating_add(VISIT))?;
        let verdict = self.nothing_is_left();
        if loaded {
            ask::unload(self.victim)?;
        }
        Ok(if moment > VISIT { Round::Done } else { Round::Struck(death.ip, verdict) })
    }

    pub fn visit_once(&mut self) -> Result<(), InitError> {
        let versions = ipc_proto::version::VersionRange::exactly(VERSION);
        module_rt::init::lookup(TALLY, versions)?.call_words(ADD, [0; 4])?;
        ask::load_with(self.victim, "stay")?;
        ask::unload(self.victim)?;
        self.nothing_is_left().map_err(|wrong| InitError::new(18, format_args!("{wrong}")))
    }

    fn nothing_is_left(&self) -> Result<(), Wrong> {
        let left = || -> Result<(u64, u16), InitError> {
            let versions = ipc_proto::version::VersionRange::exactly(VERSION);
            let tally = module_rt::init::lookup(TALLY, versions)?;
            let [_, clients, ..] = tally.call_words(ADD, [0; 4])?;
            Ok((clients, ask::clients_of(TALLY)?))
        };
        match left() {
            Ok((1, 1)) => Ok(()),
            other => Err(wrong(format_args!("clients of the server, and in the ledger: {other:?}"))),
        }
    }
}

/// How long a visitor's life is looked at, in nanoseconds: its init, three calls, and its wait inside the last.
const VISIT: u64 = 60_000;

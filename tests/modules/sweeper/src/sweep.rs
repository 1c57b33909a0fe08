//! A script that runs: what all kinds of rounds have in common.

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Death, MemoryInfo};
use module_rt::{InitError, clock};
use operate::{self as ask, Wrong, wrong};

use crate::crowd::Crowd;
use crate::script::{Script, Work};

/// How much later than it should something can come: the supervisor's turns delay it.
const MARGIN: u64 = 200_000;
/// Memory is proved whole by the kernel after every so many rounds; the books are compared after each.
const PROVE_EVERY: u64 = 64;

/// What one round came to.
pub enum Round {
    /// The victim was struck, at this instruction where that is known; nothing is wrong, or something is.
    Struck(u64, Result<(), Wrong>),
    /// Its work was done before the moment came.
    Done,
}

fn is_same(before: &MemoryInfo, after: &MemoryInfo) -> bool {
    (after.free_bytes, after.used_slots) == (before.free_bytes, before.used_slots)
}

/// A script that runs.
pub struct Sweep {
    pub script: &'static Script,
    pub victim: Name,
    /// Before the victim is loaded.
    before: MemoryInfo,
    /// The last death that is known.
    pub known: Option<Death>,
    /// Who asks the name server beside it, in scripts with such.
    pub crowd: Option<Crowd>,
    rounds: u64,
}

impl Sweep {
    /// Loads who stays, and does the work once.
    pub fn set_up(script: &'static Script) -> Result<Sweep, InitError> {
        let victim = ask::name(script.victim)?;
        for beside in script.beside {
            ask::load_live(ask::name(beside)?)?;
        }
        let before = ask::books()?;
        let mut sweep = Sweep { script, victim, before, known: None, crowd: None, rounds: 0 };
        // The first time cuts untyped memory into pieces, which are then used again.
        sweep.once()?;
        sweep.before = sweep.books()?;
        Ok(sweep)
    }

    /// The work, and nobody strikes.
    fn once(&mut self) -> Result<(), InitError> {
        match self.script.work {
            Work::Init => {
                ask::load_live(self.victim)?;
                ask::unload(self.victim)
            }
            Work::Call(service, way) | Work::Revoked(service, way) => self.call_once(service, way),
            Work::Ask(question) => self.ask_once(question),
            Work::Restart => self.reload_beside(),
            Work::Client => self.visit_once(),
            Work::Count => self.count_once(),
            Work::Crowd(scene) => self.crowd_once(scene),
            Work::Carry(way) => self.carry_once(way),
            Work::Fetch => self.fetch_once(),
        }
    }

    /// The work, and the victim is struck at this moment.
    pub fn round(&mut self, moment: u64) -> Result<Round, InitError> {
        let round = match self.script.work {
            Work::Init if self.script.act == Act::Crash => self.init(moment)?,
            Work::Init => self.destroy_init(moment)?,
            Work::Call(service, way) if self.script.act == Act::Crash => self.call(service, way, moment)?,
            Work::Call(service, way) => self.stop(service, way, moment)?,
            Work::Revoked(service, way) => self.revoked(service, way, moment)?,
            Work::Ask(question) => self.ask(question, moment)?,
            Work::Restart => self.restart(moment)?,
            Work::Client => self.visit(moment)?,
            Work::Count => self.count(moment)?,
            Work::Crowd(scene) => self.crowd_round(scene, moment)?,
            Work::Carry(way) => self.carry(way, moment)?,
            Work::Fetch => self.fetch(moment)?,
        };
        let Round::Struck(ip, verdict) = round else { return Ok(round) };
        self.rounds = self.rounds.saturating_add(1);
        let verdict =
            verdict.and_then(|()| self.memory().map_err(|error| wrong(format_args!("{}", error.reason))));
        Ok(Round::Struck(ip, verdict))
    }

    /// The books, while nobody does anything.
    fn books(&self) -> Result<MemoryInfo, InitError> {
        match &self.crowd {
            None => ask::books(),
            Some(crowd) => crowd.in_a_pause(ask::books),
        }
    }

    /// After a round there is as much memory as before it.
    fn memory(&self) -> Result<(), InitError> {
        if self.crowd.as_ref().is_some_and(|crowd| !crowd.has_its_first_file()) {
            return Ok(());
        }
        let after = self.books()?;
        if !is_same(&self.before, &after) {
            let (b, a) = (&self.before, &after);
            return Err(InitError::new(
                11,
                format_args!(
                    "memory: {} B, {} slots, was {}, {}",
                    a.free_bytes, a.used_slots, b.free_bytes, b.used_slots
                ),
            ));
        }
        if self.rounds % PROVE_EVERY == 1 && !ask::is_whole()? {
            return Err(InitError::new(12, format_args!("kernel and books differ")));
        }
        Ok(())
    }

    /// The victim's death, if it is one that was not known yet.
    pub fn new_death(&mut self) -> Result<Option<Death>, InitError> {
        let death = ask::new_death(self.victim, self.known)?;
        self.known = death.or(self.known);
        Ok(death)
    }

    /// Its death, for which `start` was `moment` before; it may still be to come.
    pub fn await_death(&mut self, start: u64, moment: u64) -> Result<Death, InitError> {
        let end = start.saturating_add(moment).saturating_add(MARGIN);
        loop {
            if let Some(death) = self.new_death()? {
                return Ok(death);
            }
            if clock::now() > end {
                return Err(InitError::new(15, format_args!("the kill did not come")));
            }
            module_rt::yield_now();
        }
    }

    /// Waits until a moment is over, and whatever it brings with it.
    pub fn pass(&self, start: u64, moment: u64) {
        let end = start.saturating_add(moment).saturating_add(MARGIN);
        while clock::now() < end {
            module_rt::yield_now();
        }
    }

    /// Those beside are loaded anew: a client is to lose them.
    pub fn reload_beside(&self) -> Result<(), InitError> {
        for beside in self.script.beside {
            let name = ask::name(beside)?;
            ask::unload(name)?;
            ask::load_live(name)?;
        }
        Ok(())
    }

    /// After a restart the service serves again.
    pub fn serves(&self, service: &str, killed: Generation) -> Result<(), Wrong> {
        let said = ask::connect(service).and_then(|connection| Ok(ask::say(connection)?));
        match said {
            Ok(said) if said.text == "cba" => Ok(()),
            Ok(said) => Err(wrong(format_args!("afterwards the answer is `{}`", said.text))),
            Err(error) => Err(wrong(format_args!("after generation {killed}: {}", error.reason))),
        }
    }
}

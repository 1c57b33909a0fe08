//! Kills a module at one moment of its work after the other, and checks after each kill what must hold.
//!
//! Arguments: `SCRIPT FIRST STEP LAST`, moments in nanoseconds of the guest's clock; it ends earlier when the work is
//! done before the kill. `SCRIPT trace` does the work once, without a kill. It reports on the console in marks that
//! `./escrow sweep` reads.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod script;

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Death, MemoryInfo, Since};
use module_rt::{CallError, Init, InitError, Manifest, clock};
use operate::{self as ask, Wrong, wrong};
use script::{SCRIPTS, Script, Work};

module_rt::program! {
    manifest: Manifest::new("sweeper"),
    main: main,
}

/// How much later than it should a kill can come: the supervisor's turns delay it.
const MARGIN: u64 = 200_000;
/// Memory is proved whole by the kernel after every so many kills; the books are compared after each.
const PROVE_EVERY: u64 = 64;

/// What one round came to.
enum Round {
    /// The victim was killed; nothing is wrong, or something is.
    Killed(Death, Result<(), Wrong>),
    /// Its work was done before the moment came.
    Done,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let outcome = sweep(init.args().as_str());
    let code = u8::from(outcome.is_err());
    if let Err(error) = &outcome {
        ask::print(format_args!("sweeper: error {}: {}\n", error.code, error.reason))?;
    }
    ask::print(format_args!("\x1b]7780;halt;{code}\x07"))?;
    outcome
}

fn sweep(args: &str) -> Result<(), InitError> {
    let usage = || InitError::new(10, format_args!("usage: SCRIPT FIRST STEP LAST, or SCRIPT trace"));
    let mut words = args.split(' ');
    let script = words.next().and_then(|name| SCRIPTS.iter().find(|script| script.name == name));
    let script = script.ok_or_else(usage)?;
    let mut sweep = Sweep::set_up(script)?;
    let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
    if args.ends_with(" trace") {
        sweep.trace()?;
        return Ok(());
    }
    let (Some(first), Some(step), Some(last)) = (number(), number().filter(|step| *step > 0), number())
    else {
        return Err(usage());
    };
    let mut moment = first;
    while moment <= last {
        match sweep.round(moment)? {
            Round::Done => break,
            Round::Killed(death, verdict) => {
                let verdict = match &verdict {
                    Ok(()) => "ok",
                    Err(wrong) => wrong.as_str(),
                };
                ask::print(format_args!("\x1b]7780;kill;{moment};{:x};{verdict}\x07", death.ip))?;
            }
        }
        moment = moment.saturating_add(step);
    }
    Ok(())
}

/// A script that runs.
struct Sweep {
    script: &'static Script,
    victim: Name,
    /// Before the victim is loaded.
    before: MemoryInfo,
    /// The last death that is known.
    known: Option<Death>,
    kills: u64,
}

impl Sweep {
    fn set_up(script: &'static Script) -> Result<Sweep, InitError> {
        let victim = ask::name(script.victim)?;
        for beside in script.beside {
            ask::load(ask::name(beside)?)?;
        }
        let before = ask::books()?;
        let mut sweep = Sweep { script, victim, before, known: None, kills: 0 };
        // The first load cuts untyped memory into pieces, which are then used again.
        sweep.trace()?;
        sweep.before = ask::books()?;
        Ok(sweep)
    }

    /// The work once, without a kill.
    fn trace(&mut self) -> Result<(), InitError> {
        ask::load(self.victim)?;
        if let Work::Call(service) = self.script.work {
            let connection = ask::connect(service)?;
            ask::warm_up(connection)?;
            ask::say(connection)?;
        }
        ask::unload(self.victim)
    }

    fn round(&mut self, moment: u64) -> Result<Round, InitError> {
        let round = match self.script.work {
            Work::Init => self.init(moment)?,
            Work::Call(service) => self.call(service, moment)?,
        };
        let Round::Killed(death, verdict) = round else { return Ok(round) };
        self.known = Some(death);
        self.kills = self.kills.saturating_add(1);
        let verdict =
            verdict.and_then(|()| self.memory().map_err(|error| wrong(format_args!("{}", error.reason))));
        Ok(Round::Killed(death, verdict))
    }

    /// After the victim is gone there is as much memory as before it came.
    fn memory(&self) -> Result<(), InitError> {
        let after = ask::books()?;
        if (after.free_bytes, after.used_slots) != (self.before.free_bytes, self.before.used_slots) {
            let (b, a) = (&self.before, &after);
            return Err(InitError::new(
                11,
                format_args!(
                    "memory: {} B, {} slots, was {}, {}",
                    a.free_bytes, a.used_slots, b.free_bytes, b.used_slots
                ),
            ));
        }
        if self.kills % PROVE_EVERY == 1 && !ask::is_whole()? {
            return Err(InitError::new(12, format_args!("kernel and books differ")));
        }
        Ok(())
    }

    /// Killed in its start.
    fn init(&mut self, moment: u64) -> Result<Round, InitError> {
        ask::crash_after(self.victim, moment, Since::NextStart)?;
        let Some(instance) = ask::load(self.victim)? else {
            let Some(death) = ask::new_death(self.victim, self.known)? else {
                return Err(InitError::new(13, format_args!("the load failed without a death")));
            };
            let seen = ask::is_published(self.script.victim)?;
            let verdict =
                if seen { Err(wrong(format_args!("a name of a dead init is visible"))) } else { Ok(()) };
            return Ok(Round::Killed(death, verdict));
        };
        // It has published. If its moment came behind that, it has been restarted.
        let death = ask::new_death(self.victim, self.known)?;
        let verdict = self.serves(self.script.victim, instance.generation);
        ask::unload(self.victim)?;
        Ok(match death {
            Some(death) => Round::Killed(death, verdict),
            None => Round::Done,
        })
    }

    /// Killed while it has a call, or while others have it.
    fn call(&mut self, service: &str, moment: u64) -> Result<Round, InitError> {
        let Some(instance) = ask::load(self.victim)? else {
            return Err(InitError::new(14, format_args!("the victim did not become live")));
        };
        let connection = ask::connect(service)?;
        ask::warm_up(connection)?;
        let start = clock::now();
        ask::crash_after(self.victim, moment, Since::Now)?;
        let answer = ask::say(connection);
        let mut death = ask::new_death(self.victim, self.known)?;
        let early = death.is_some();
        let end = start.saturating_add(moment).saturating_add(MARGIN);
        while death.is_none() && clock::now() < end {
            module_rt::yield_now();
            death = ask::new_death(self.victim, self.known)?;
        }
        let Some(death) = death else {
            return Err(InitError::new(15, format_args!("the kill did not come")));
        };
        let verdict = self
            .judge(answer, instance.generation, early)
            .and_then(|()| self.serves(service, instance.generation));
        ask::unload(self.victim)?;
        self.known = Some(death);
        Ok(if early { Round::Killed(death, verdict) } else { Round::Done })
    }

    /// Whether the answer is one that there can be.
    fn judge(
        &self,
        answer: Result<ipc_proto::echo::Said, CallError>,
        killed: Generation,
        early: bool,
    ) -> Result<(), Wrong> {
        let direct = self.script.work == Work::Call(self.script.victim);
        match answer {
            Ok(said) if said.text != "cba" => Err(wrong(format_args!("the answer is `{}`", said.text))),
            // The one that was killed had answered, or the next one found the call in the queue.
            Ok(_) => Ok(()),
            Err(_) if !early => Err(wrong(format_args!("an error without a death: {answer:?}"))),
            Err(CallError::Interrupted { generation, next })
                if !direct || (generation == killed && generation.next() == Some(next)) =>
            {
                Ok(())
            }
            // What it called in its turn died, or was restarted just then: it says so itself.
            Err(CallError::NotDelivered) if !direct => Ok(()),
            Err(error) => Err(wrong(format_args!("{error:?}"))),
        }
    }

    /// After a restart the service serves again.
    fn serves(&self, service: &str, killed: Generation) -> Result<(), Wrong> {
        let said = ask::connect(service).and_then(|connection| Ok(ask::say(connection)?));
        match said {
            Ok(said) if said.text == "cba" => Ok(()),
            Ok(said) => Err(wrong(format_args!("afterwards the answer is `{}`", said.text))),
            Err(error) => Err(wrong(format_args!("after generation {killed}: {}", error.reason))),
        }
    }
}

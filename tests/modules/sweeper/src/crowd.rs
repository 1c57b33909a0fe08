//! The name server is killed while several modules ask it for different things: each of them gets the right answers, and
//! nothing is lost, brought back or answered twice.
//!
//! `hit`, `miss`, `brief` and `long` ask all the time, and note on the `board` how that goes. The sweeper does what the
//! script says, and lets them run in between; so the name server dies in their calls, too, with others queued.

use heapless::Vec;
use ipc_proto::echo;
use ipc_proto::ids::{Generation, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::names::NameFailure;
use ipc_proto::operator::Death;
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, list, lookup};
use module_rt::{Connection, InitError, clock, yield_now};
use operate::board::{self, Notes, ROLES, Role};
use operate::{self as ask, Wrong, wrong};

use crate::script::Scene;
use crate::sweep::{Round, Sweep};

/// Who provides what `long` waits for, in turns: each time it is another module's.
pub const SUPPLIERS: [&str; 2] = ["supplier-a", "supplier-b"];
/// What they reserve.
pub const SUPPLIES: [&str; 2] = ["late", "later"];
/// How many names there are when nobody supplies anything.
const BASE: usize = 2;
/// How often each has to have asked since the name server came back, before the others are believed.
const ENOUGH: u64 = 2;
/// How long that may take, in nanoseconds.
const PATIENCE: u64 = 400_000_000;
/// What is known of the crowd.
pub struct Crowd {
    board: Connection,
    echo: Connection,
    /// Their first instances: none may die.
    generations: [Generation; ROLES],
    /// What is published when nobody supplies anything, and where in the ledger.
    base: Vec<(Name, ServiceRef), BASE>,
    /// Which supplier, and which file of the name server, is next.
    pub turn: usize,
    pub file: usize,
}

/// A violation instead of an error of the sweep's: the sweep goes on.
fn violation(error: InitError) -> Wrong {
    wrong(format_args!("{}", error.reason))
}

pub fn absent(name: &str) -> Result<(), Wrong> {
    match lookup(name, VersionRange::ANY) {
        Err(NamesError::Refused(NameFailure::NotFound)) => Ok(()),
        other => Err(wrong(format_args!("{name}, which nobody has: {other:?}"))),
    }
}

pub fn served(name: &str) -> Result<Connection, Wrong> {
    let found = lookup(name, VersionRange::exactly(echo::VERSION));
    let found = found.map_err(|error| wrong(format_args!("{name}: {error:?}")))?;
    match found.call_words(echo::WORDS, [1, 2, 3, 4]) {
        Ok([4, 3, 2, 1]) => Ok(found),
        other => Err(wrong(format_args!("{name} answers {other:?}"))),
    }
}

impl Crowd {
    /// Loads all of them.
    pub fn gather() -> Result<Crowd, InitError> {
        ask::load_with(ask::name(board::NAME)?, "board")?;
        let mut generations = [Generation::NONE; ROLES];
        for (role, generation) in Role::ALL.into_iter().zip(&mut generations) {
            *generation = ask::load_with(ask::name(role.word())?, role.word())?;
        }
        let base = list(0)?.iter().map(|entry| (entry.name, entry.service)).collect();
        let (board, echo) = (lookup(board::NAME, board::versions())?, ask::connect(echo::NAME)?);
        Ok(Crowd { board, echo, generations, base, turn: 0, file: 1 })
    }

    fn notes(&self) -> Result<[Notes; ROLES], InitError> {
        let mut all = [Notes::NONE; ROLES];
        for (role, notes) in Role::ALL.into_iter().zip(&mut all) {
            *notes = board::read(self.board, role)?;
        }
        Ok(all)
    }

    pub fn right(&self, role: Role) -> Result<u64, InitError> {
        Ok(board::read(self.board, role)?.right)
    }

    /// Lets the others run until `what` holds.
    pub fn until(&self, what: &str, holds: impl Fn() -> Result<bool, InitError>) -> Result<(), Wrong> {
        let end = clock::now().saturating_add(PATIENCE);
        while !holds().map_err(violation)? {
            if clock::now() > end {
                return Err(wrong(format_args!("{what}: not in time")));
            }
            yield_now();
        }
        Ok(())
    }

    /// What `calm` gives while everybody pauses, and nobody but `long` waits: a wait takes a slot of the supervisor's.
    pub fn in_a_pause<T>(&self, calm: impl FnOnce() -> Result<T, InitError>) -> Result<T, InitError> {
        board::pause(self.board, true)?;
        let long = ask::name(Role::Long.word())?;
        let quiet = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Long)
            .try_for_each(|role| self.until(role.word(), || Ok(board::read(self.board, role)?.rests)));
        quiet
            .and_then(|()| self.until("nobody but long waits", || Ok(ask::waiting()? == [Some(long), None])))
            .map_err(|wrong| InitError::new(13, format_args!("{wrong}")))?;
        let given = calm();
        board::pause(self.board, false)?;
        given
    }

    pub fn long_waits() -> Result<bool, InitError> {
        Ok(ask::waiting()?.contains(&Some(ask::name(Role::Long.word())?)))
    }

    /// The victim is made of the file that it was made of at first: another one takes other memory.
    pub const fn has_its_first_file(&self) -> bool {
        !self.file.is_multiple_of(2)
    }

    pub fn supplier(&self) -> Result<Name, InitError> {
        ask::name(if self.turn.is_multiple_of(2) { SUPPLIERS[0] } else { SUPPLIERS[1] })
    }

    /// Everybody has asked often enough since these notes, all was right, and nobody has died.
    fn thrive(&self, since: &[Notes; ROLES]) -> Result<(), Wrong> {
        for (role, before) in Role::ALL.into_iter().zip(since) {
            if role != Role::Long {
                let enough = before.right.saturating_add(ENOUGH);
                self.until(role.word(), || {
                    let now = board::read(self.board, role)?;
                    Ok(now.wrong != 0 || now.right >= enough)
                })?;
            }
            let Notes { wrong: number, about, .. } =
                board::read(self.board, role).map_err(|e| violation(e.into()))?;
            if number != 0 {
                return Err(wrong(format_args!("{}: wrong {number}, {about:#x}", role.word())));
            }
        }
        for (role, generation) in Role::ALL.into_iter().zip(self.generations) {
            let name = ask::name(role.word()).map_err(violation)?;
            if !ask::is_running(name, generation).map_err(violation)? {
                return Err(wrong(format_args!("{} has died", role.word())));
            }
        }
        Ok(())
    }

    /// What is published is what was, in the same places; nobody else has a name.
    fn names_are_as_before(&self) -> Result<(), Wrong> {
        for name in SUPPLIES {
            absent(name)?;
        }
        let names = list(0).map_err(|error| wrong(format_args!("list: {error:?}")))?;
        let same = names.len() == self.base.len()
            && names.iter().all(|entry| self.base.contains(&(entry.name, entry.service)));
        if !same {
            return Err(wrong(format_args!("{} names, and not those that there were", names.len())));
        }
        match (served(echo::NAME)?, self.echo) {
            (now, first) if now == first => Ok(()),
            (now, _) => Err(wrong(format_args!("echo is in slot {} now", now.slot()))),
        }
    }

    /// A supplier has published: `long` is answered once, and everybody finds both names.
    pub fn is_supplied(&self, before: u64) -> Result<(), Wrong> {
        for name in SUPPLIES {
            served(name)?;
        }
        self.until("long is answered", || Ok(self.right(Role::Long)? > before))?;
        match self.right(Role::Long).map_err(violation)? {
            now if now == before.saturating_add(1) => Ok(()),
            now => Err(wrong(format_args!("long was answered {} times", now.saturating_sub(before)))),
        }
    }
}

impl Sweep {
    pub fn crowd(&self) -> Result<&Crowd, InitError> {
        self.crowd.as_ref().ok_or_else(|| InitError::new(14, format_args!("there is no crowd")))
    }

    pub fn crowd_once(&mut self, scene: Scene) -> Result<(), InitError> {
        let crowd = Crowd::gather()?;
        self.crowd = Some(crowd);
        for _ in SUPPLIERS {
            self.play(scene, None)?.map_err(|wrong| InitError::new(19, format_args!("{wrong}")))?;
        }
        Ok(())
    }

    pub fn crowd_round(&mut self, scene: Scene, moment: u64) -> Result<Round, InitError> {
        let start = clock::now();
        let generation = ask::generation_of(self.victim)?;
        let verdict = self.play(scene, Some(moment))?;
        // That it was replaced is no strike.
        let by_strike = |death: &Death| scene != Scene::Replace || death.instance.generation > generation;
        let early = self.new_death()?.filter(by_strike);
        let death = match early {
            Some(death) => death,
            None => self.await_death(start.max(clock::now().saturating_sub(moment)), moment)?,
        };
        ask::await_live(self.victim)?;
        let verdict = verdict.and_then(|()| {
            let crowd = self.crowd().map_err(violation)?;
            crowd.thrive(&crowd.notes().map_err(violation)?)?;
            crowd.names_are_as_before()
        });
        Ok(if early.is_some() { Round::Struck(death.ip, verdict) } else { Round::Done })
    }
}

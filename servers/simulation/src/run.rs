//! The turns: who goes on, what strikes it there, and when there is nothing more to do.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::operator::State;

use crate::calls::{Asked, Goes};
use crate::failure::Failure;
use crate::how::How;
use crate::random::Random;
use crate::strikes::{Act, Moment, Strikes};
use crate::thread::Stuck;
use crate::world::{At, World};

/// How long a kernel call takes, with what was done since the one before, in nanoseconds.
const CALL: u64 = 1000;
/// How many events a run may have where the test does not say.
pub(crate) const AT_MOST: u64 = 100_000;

/// A world, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Run {
    pub world: World,
    pub random: Random,
    pub strikes: Strikes,
    /// Events so far: kernel calls, turns of the supervisor, jumps of the clock.
    pub events: u64,
    /// How many there may be.
    pub at_most: u64,
}

/// Who can have the next turn.
#[derive(Clone, Copy)]
enum Turn {
    Of(DomainId),
    /// The supervisor's, for what it has put off until others have run.
    Supervisors,
}

impl Run {
    /// Goes on until every program has ended, and everybody else only waits to be called.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn until_all_rest(&mut self) -> Result<(), Failure> {
        self.until(u64::MAX)?;
        let stuck = self.world.stuck();
        if stuck.is_empty() { Ok(()) } else { Err(Failure::Deadlock(stuck.join("\n"))) }
    }

    /// Goes on until this moment, or until nobody will go on before it by themselves.
    ///
    /// # Errors
    /// [`Failure`]; that somebody waits is none.
    pub fn until(&mut self, end: u64) -> Result<(), Failure> {
        loop {
            self.world.ring();
            if let Some(failure) = self.world.failure.take() {
                return Err(failure);
            }
            if self.world.now >= end {
                return Ok(());
            }
            let turns = self.turns();
            let turn = turns.get(self.random.below(turns.len())).copied();
            let next = self.world.next_moment();
            if turn.is_some() || next.is_some() {
                self.events = self.events.saturating_add(1);
            }
            if self.events > self.at_most {
                return Err(Failure::TooManyEvents(self.at_most));
            }
            match (turn, next) {
                (Some(Turn::Of(id)), _) => self.step(id)?,
                (Some(Turn::Supervisors), _) => self.world.go_on(),
                // Nobody can go on: the clock jumps to where that changes.
                (None, Some(at)) => self.world.now = self.world.now.max(at.min(end)),
                (None, None) => return Ok(()),
            }
        }
    }

    fn turns(&self) -> Vec<Turn> {
        let ready =
            |id: &DomainId| self.world.running(*id).is_some_and(|running| matches!(running.at, At::Ready(_)));
        let mut turns: Vec<Turn> = self.world.ids().into_iter().filter(ready).map(Turn::Of).collect();
        if !self.world.dead.is_empty() || !self.world.orphans.is_empty() {
            turns.push(Turn::Supervisors);
        }
        turns
    }

    /// An instance runs to its next kernel call, and makes it.
    fn step(&mut self, id: DomainId) -> Result<(), Failure> {
        let name = self.world.called(id);
        let Some(running) = self.world.running_mut(id) else { return Ok(()) };
        let who = running.instance;
        let At::Ready(goes) = std::mem::replace(&mut running.at, At::Runs) else { return Ok(()) };
        let asked = self.let_go_on(id, goes).map_err(|stuck| match stuck {
            Stuck::Busy => Failure::Busy(name.clone()),
            Stuck::Over => {
                Failure::NotSimulated { who: name.clone(), what: "a program that returns".to_owned() }
            }
        })?;
        self.world.now = self.world.now.saturating_add(CALL);
        let is_place = asked.is_place();
        let words = format!("{name} {}", self.world.words_of(id, &asked));
        if asked != Asked::Now {
            self.world.tell(words.clone());
        }
        if is_place {
            self.strike(who, Moment::Before, &words);
        }
        if let Asked::Copies(address) = asked
            && let Some(other) = self.world.sharer(id, address)
        {
            self.strike(other, Moment::Meanwhile, &words);
        }
        if self.runs(who) {
            self.world.asked(id, asked);
        }
        if is_place && self.runs(who) {
            self.strike(who, Moment::After, &words);
        }
        Ok(())
    }

    fn let_go_on(&mut self, id: DomainId, goes: Goes) -> Result<Asked, Stuck> {
        self.world.shared.carry_to(id);
        let now = self.world.now;
        let Some(running) = self.world.running_mut(id) else { return Err(Stuck::Over) };
        let asked = running.thread.go_on(goes, now);
        if asked == Err(Stuck::Busy) {
            self.world.shared.give_up(id);
        }
        asked
    }

    fn runs(&self, who: Instance) -> bool {
        self.world.running(who.domain).is_some_and(|running| running.instance == who)
    }

    /// What strikes an instance where it is now, if anything does.
    fn strike(&mut self, who: Instance, moment: Moment, words: &str) {
        let Some(module) = self.world.room(who.domain).map(|room| room.name) else { return };
        let call = || words.to_owned();
        let Some(act) = self.strikes.look(module.as_str(), moment, &mut self.random, &call) else { return };
        match act {
            Act::Death => self.world.dies(who.domain, How::Crashed),
            Act::Unload => self.world.unload_by_operator(who.domain),
            Act::Restart => {
                self.world.restart_by_operator(who.domain);
            }
            Act::Revoke => self.world.revoke_all_from(who.domain),
        }
    }
}

impl World {
    /// Who is not where it should be when everybody rests: programs that have not ended, and whoever waits for something
    /// else than a call.
    pub fn stuck(&self) -> Vec<String> {
        let mut stuck = Vec::new();
        for id in self.ids() {
            let (Some(room), Some(running)) = (self.room(id), self.running(id)) else { continue };
            let has_to_end = room.request.program && self.state(id) == Some(State::Starting);
            let who = self.called(id);
            match &running.at {
                At::Receives if has_to_end => {
                    stuck.push(format!("  {who} waits for a call, and nobody makes one"))
                }
                At::Receives => {}
                At::Calls(call) => {
                    let server = self.called(call.server);
                    let where_ =
                        if call.received { "which has received it" } else { "which has not received it" };
                    stuck.push(format!("  {who} waits for the answer of {server}, {where_}"));
                }
                At::Awaits => stuck.push(format!("  {who} waits for a name")),
                At::Ready(_) | At::Runs | At::Works(_) => {
                    stuck.push(format!("  {who} can go on, which is a bug of the simulation"))
                }
            }
        }
        stuck
    }
}

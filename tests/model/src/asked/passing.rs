//! Connections that are passed on: what giver and taker ask, and what each knows then.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::passing::{Answer, PassRefusal, Request};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;
use root_task_core::steps;

use super::shell::World;
use super::state::{Taken, Up};

impl World<'_> {
    /// Puts connections up for the server of another one.
    pub fn put_up(&mut self, giver: DomainId, to: u8, slots: &[u8]) {
        let who = self.newest(giver);
        let has = self.has(giver).unwrap();
        let held = |slot: &u8| has.caps.iter().find(|(own, _)| own == slot).map(|(_, at)| *at);
        let (server, passed) = (held(&to), slots.iter().map(held).collect::<Option<Vec<_>>>());
        let owner = |at| self.ledger.services_from(0).find(|(_, of, _)| *of == at).map(|(owner, ..)| owner);
        let (before, server_is) = (self.ledger.clone(), server.and_then(owner));
        let fits = passed.as_ref().is_some_and(|all| all.iter().all(|at| owner(*at) != server_is));
        let request = Request::PutUp { to, slots: slots.iter().copied().collect() };
        match (steps::pass(self, who, &request), server, passed) {
            (Ok(Answer::PutUp(first)), Some(to), Some(passed)) if fits => {
                let up = passed.into_iter().zip(0..);
                let up = up.map(|(at, place)| Up { token: first.behind(place), at, to });
                self.has(giver).unwrap().put_up = up.collect();
            }
            (Err(_), ..) if !fits && self.ledger == before => {}
            _ => self.goes_wrong("what can be put up is not, or what cannot is"),
        }
    }

    /// Takes what `giver`, or an earlier instance in its place, has put up.
    pub fn take(&mut self, taker: DomainId, giver: Instance, up: Up, interface: u64) {
        let (who, before) = (self.newest(taker), self.ledger.clone());
        let versions = VersionRange::exactly(ipc_proto::version::Version(1));
        let client = World::badge(giver);
        let request = Request::Take { client, token: up.token, versions, interface: Some(interface) };
        let answer = steps::pass(self, who, &request);
        let is_up = self.is_up(giver, up);
        let offer = self.ledger.offer_of(up.at);
        let hidden = offer.is_some_and(|offer| {
            !self.case.system.may_look_up(&self.ledger.module(taker).unwrap().name, &offer.name)
        });
        match answer {
            Ok(Answer::Taken { slot }) => {
                if !is_up {
                    self.goes_wrong("what nobody has put up is taken");
                }
                if hidden {
                    self.goes_wrong("a module takes what it may not look up");
                }
                if self.ledger.interface_of(up.at) != Some(interface) {
                    self.goes_wrong("a connection is taken for what it is not");
                }
                let has = self.has(taker).unwrap();
                has.taken.push(Taken { slot, at: up.at, interface });
                has.taken.sort_unstable_by_key(|taken| (taken.slot, taken.at.index, taken.at.epoch));
                if let Some(giver) = self.has(giver.domain) {
                    giver.put_up.retain(|other| *other != up);
                }
            }
            Err(why) => {
                if !self.ledger.says_the_same(&before) {
                    self.goes_wrong("what is refused has changed something");
                }
                self.is_refused(taker, why, is_up && !hidden);
            }
            Ok(_) => self.goes_wrong("an answer that makes no sense"),
        }
    }

    /// Whether the running instance has put that up, and has both connections.
    fn is_up(&self, giver: Instance, up: Up) -> bool {
        let room = self.rooms[usize::from(giver.domain.0)].as_ref();
        let has = room.and_then(|room| room.has.as_ref());
        has.filter(|_| self.ledger.is_running(giver)).is_some_and(|has| {
            let holds = |at| has.caps.iter().any(|(_, held)| *held == at);
            has.put_up.contains(&up) && holds(up.at) && holds(up.to)
        })
    }

    /// Of what is up no taker is told that it is not, and of a slot that nothing needs not that there is none.
    fn is_refused(&mut self, taker: DomainId, why: PassRefusal, is_up: bool) {
        match why {
            PassRefusal::NotPutUp if is_up => self.goes_wrong("what was put up is lost"),
            PassRefusal::Service(Refusal::TooManyConnections) => {
                let most = usize::from(self.case.programs[self.program(taker)].connections);
                let has = self.has(taker).unwrap();
                let held = has.caps.iter().map(|(slot, _)| *slot);
                let used: std::collections::BTreeSet<u8> =
                    held.chain(has.taken.iter().map(|taken| taken.slot)).collect();
                if used.len() < most {
                    self.goes_wrong("a slot is lost");
                }
            }
            _ => {}
        }
    }

    /// Gives back what it has taken: what it has looked up itself it keeps.
    pub fn give_back(&mut self, who: DomainId, taken: usize) {
        let instance = self.newest(who);
        let has = self.has(who).unwrap();
        let Taken { slot, .. } = has.taken.remove(taken);
        let still = has.looked_up.contains(&slot) || has.taken.iter().any(|other| other.slot == slot);
        let had = has.caps.clone();
        if steps::pass(self, instance, &Request::GiveBack { slot }) != Ok(Answer::GivenBack) {
            self.goes_wrong("what was taken cannot be given back");
        }
        let has = self.has(who).unwrap();
        let keeps = |other: &u8| {
            had.iter().filter(|(held, _)| held == other).eq(has.caps.iter().filter(|(held, _)| held == other))
        };
        if had.iter().any(|(held, _)| (*held != slot || still) && !keeps(held)) {
            return self.goes_wrong("a connection is lost that was not given back");
        }
        if !still && has.caps.iter().any(|(held, _)| *held == slot) {
            self.goes_wrong("what was given back is kept");
        }
    }
}

//! Lookups that wait: entered by the name server, awaited by their client, and ended by a publish, a cycle, their time or
//! the client's death. All of that is here, and nothing of it in the name server, which can die meanwhile.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{WAITS_PAGE, WaitInfo};
use ipc_proto::registrar::{Answer, Refusal};
use ipc_proto::version::VersionRange;
use ipc_proto::waits::{Answer as Ended, Awaited, Cycle};
use root_task_core::alarms::What;
use root_task_core::ledger::MAX_SERVICES;
use root_task_core::waits::{self, Found, Wait};

use super::waiter::Waiter;
use super::{Response, Supervisor, answer};

impl Supervisor {
    /// The name server has found nothing for a client that is ready to wait.
    pub(super) fn enter_wait(
        &mut self,
        client: Instance,
        name: Name,
        versions: VersionRange,
        micros: u64,
    ) -> Result<Answer, Refusal> {
        let room = self.room(client.domain).ok_or(Refusal::NoSuchDomain)?;
        if room.awaits.is_some() {
            return Err(Refusal::WaitsAlready);
        }
        if !room.allowance.lets_wait(micros) {
            return Err(Refusal::WaitTooLong);
        }
        // It was published while the name server looked.
        if let Some((service, version)) = self.ledger.find_live(&name, versions) {
            return Ok(Answer::Published { service, version });
        }
        let until = self.timer.now().saturating_add(micros.saturating_mul(1000));
        let wait = Wait { client, name, versions, until };
        self.waits.enter(wait, self.system.waiters).map_err(|_| Refusal::TooManyWaiters)?;
        self.tell_cycles();
        self.set_waits_alarm();
        Ok(Answer::Done)
    }

    /// A client asks how its wait has ended, and is answered when it has.
    pub(super) fn await_name(&mut self, who: Instance) -> Response {
        match self.waits.ask(who) {
            Found::Ended(how) => answer(&Ended::Awaited(how)),
            Found::Nothing => answer(&Ended::None),
            Found::Waiting => {
                let saved = Waiter::save(&mut self.memory, &mut self.parking);
                match (saved, self.room_mut(who.domain)) {
                    (Ok(waiter), Some(room)) => {
                        // A module has one thread; should two have asked all the same, the slot of the first comes back.
                        if let Some(first) = room.awaits.replace(waiter) {
                            first.answer(&mut self.memory, answer(&Ended::None));
                        }
                        Response::Later
                    }
                    // There is no slot to keep it in: better not to wait than to wait for ever.
                    _ => {
                        self.waits.remove(who.domain);
                        answer(&Ended::None)
                    }
                }
            }
        }
    }

    /// A module is live, for the first time or again: those who wait for what it offers are answered.
    pub(super) fn has_published(&mut self, id: DomainId) {
        self.reopen(id);
        if self.waits.waiting().next().is_none() {
            return;
        }
        let now = self.timer.now();
        let offers: Vec<_, MAX_SERVICES> = self.ledger.live_offers_of(id).collect();
        for offer in offers {
            for client in self.waits.publish(offer, now) {
                self.answer_awaiting(client);
            }
        }
        self.look_at_waits_soon();
    }

    /// The instance is dead: its wait is gone, and the slot of its reply capability with it.
    pub(super) fn forget_wait(&mut self, id: DomainId) {
        self.waits.remove(id);
        if let Some(waiter) = self.room_mut(id).and_then(|room| room.awaits.take()) {
            waiter.answer(&mut self.memory, Response::Later);
        }
        self.look_at_waits_soon();
    }

    /// A module has died or become live, so others may be expected to provide what some wait for: a turn of its own for
    /// that, when the ledger knows all of it.
    fn look_at_waits_soon(&mut self) {
        if self.waits.waiting().next().is_some() {
            self.alarm_for_waits(self.timer.now());
        }
    }

    /// That turn, or the time of a wait is over: ends one in a turn.
    pub(super) fn look_at_waits(&mut self) {
        if let Some(client) = self.waits.due(self.timer.now()) {
            self.answer_awaiting(client);
        }
        self.tell_cycles();
        self.set_waits_alarm();
    }

    /// Ends the waits of everybody who would wait for ever.
    pub(super) fn tell_cycles(&mut self) {
        // Each that is told waits no more, so there are at most as many cycles as modules.
        while let Some(members) = self.waits.cycle(|name| waits::provider(&self.ledger, &self.system, name)) {
            let names =
                members.iter().filter_map(|member| self.ledger.module(*member)).map(|module| module.name);
            let cycle = Cycle::of(names);
            for member in members {
                self.waits.end(member, Awaited::Cycle(cycle.clone()));
                self.answer_awaiting(member);
            }
        }
    }

    /// Answers a client whose wait has ended, if it is there already; otherwise it is told when it asks.
    fn answer_awaiting(&mut self, client: DomainId) {
        let Some(module) = self.ledger.module(client) else { return };
        let who = Instance { domain: client, generation: module.generation };
        let Some(waiter) = self.room_mut(client).and_then(|room| room.awaits.take()) else { return };
        let response = match self.waits.ask(who) {
            Found::Ended(how) => answer(&Ended::Awaited(how)),
            _ => answer(&Ended::None),
        };
        waiter.answer(&mut self.memory, response);
    }

    fn set_waits_alarm(&mut self) {
        match self.waits.next() {
            Some(at) => self.alarm_for_waits(at),
            None => {
                self.alarms.cancel(What::Waits);
            }
        }
    }

    fn alarm_for_waits(&mut self, at: u64) {
        // There is always room: it is one of the supervisor's own.
        let _ = self.alarms.set(What::Waits, at);
        self.set_timer();
    }

    /// What an operator sees of those who wait, from this table entry on.
    pub(super) fn waits_from(&self, from: u16) -> (Vec<WaitInfo, WAITS_PAGE>, Option<u16>) {
        let now = self.timer.now();
        let mut page = Vec::new();
        for wait in self.waits.waiting().filter(|wait| wait.client.domain.0 >= from) {
            let named = |id| self.ledger.module(id).map(|module| module.name);
            let Some(client) = named(wait.client.domain) else { continue };
            let provider = waits::expected(&self.ledger, &self.system, &wait.name).and_then(named);
            let info =
                WaitInfo { client, name: wait.name, versions: wait.versions, left: wait.left(now), provider };
            if page.push(info).is_err() {
                return (page, Some(wait.client.domain.0));
            }
        }
        (page, None)
    }
}

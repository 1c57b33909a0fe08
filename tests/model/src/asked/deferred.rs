//! Calls, and answers that come later: what a client's stub, a server's runtime and the kernel do with them.
//!
//! The kernel has one reply capability for each call that was received: in the server's hand, in its locker, or in its slot for
//! answers. When the call ends, however, it is gone from there.

use ipc_proto::deferred::{Answer, Request};
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::operator::State as Life;
use root_task_core::steps::{self, Held, Locker};

use super::case::{AGENT, PLACES};
use super::shell::World;
use super::state::{Call, Caller, Callers, Lies, Room};

/// A locker, as the core's step sees it.
struct Opened<'a> {
    callers: &'a mut Callers,
    bits: u8,
}

impl Locker for Opened<'_> {
    fn bits(&self) -> u8 {
        self.bits
    }

    fn look(&self, index: u16) -> Held {
        match self.callers.locker.iter().find(|(at, _)| *at == index) {
            Some((_, Lies::Caller(_))) => Held::Caller,
            Some((_, Lies::Other)) => Held::Other,
            None => Held::Nothing,
        }
    }

    fn hand_over(&mut self, index: u16) -> bool {
        let at = self.callers.locker.iter().position(|(at, _)| *at == index);
        self.callers.handed = None;
        match at.map(|at| self.callers.locker.remove(at)) {
            Some((_, Lies::Caller(caller))) => self.callers.handed = Some(caller),
            Some((_, Lies::Other)) | None => {}
        }
        self.callers.handed.is_some()
    }
}

impl World<'_> {
    /// The size of a module's locker.
    fn bits(&self, id: DomainId) -> u8 {
        if self.program(id) == AGENT { self.case.locker_bits } else { 0 }
    }

    fn callers(&mut self, id: DomainId) -> &mut Callers {
        &mut self.has(id).unwrap().callers
    }

    /// Whom a client stands on a call to.
    pub fn called_by(&self, client: DomainId) -> Option<DomainId> {
        let call = self.rooms[usize::from(client.0)].as_ref()?.has.as_ref()?.call?;
        self.ledger.server_of(client, call.slot.into())
    }

    /// Those who stand on a call to a module.
    pub fn callers_of(&self, server: DomainId) -> Vec<DomainId> {
        let all = (0..PLACES as u16).map(DomainId);
        all.filter(|client| self.called_by(*client) == Some(server)).collect()
    }

    /// A client calls.
    pub fn calls(&mut self, client: DomainId, slot: u8) {
        let has = self.has(client).unwrap();
        has.calls += 1;
        has.call = Some(Call { slot, received: false });
    }

    /// Its call has ended, by an answer or otherwise.
    pub fn ends_call(&mut self, client: DomainId) {
        let who = self.newest(client);
        if let Some(has) = self.has(client) {
            has.call = None;
        }
        for room in self.rooms.iter_mut().flatten() {
            let Room { has: Some(has), .. } = room else { continue };
            let callers = &mut has.callers;
            let is_its = |caller: &Caller| caller.client == who;
            callers.in_hand = callers.in_hand.filter(|caller| !is_its(caller));
            callers.handed = callers.handed.filter(|caller| !is_its(caller));
            callers.locker.retain(|(_, lies)| !matches!(lies, Lies::Caller(caller) if is_its(caller)));
        }
    }

    /// A call is taken back; a server that has received it goes on.
    pub fn takes_back(&mut self, client: DomainId) {
        let received = self.has(client).and_then(|has| has.call).is_some_and(|call| call.received);
        if let Some(server) = self.called_by(client).filter(|_| received) {
            self.lose_window_of_call(client, server);
        }
        self.ends_call(client);
    }

    /// Those who stand on calls are answered: who was received reads that it was interrupted; who was not, `queued`, or goes on
    /// waiting.
    pub fn answer_callers(&mut self, callers: &[DomainId], next: Generation, queued: Option<Status>) {
        for client in callers {
            let Some(call) = self.has(*client).and_then(|has| has.call) else { continue };
            if call.received || queued.is_some() {
                self.takes_back(*client);
            } else if next == Generation::NONE {
                self.goes_wrong("somebody waits for an instance that never comes");
            }
        }
    }

    /// A server receives a call.
    pub fn receives(&mut self, server: DomainId, client: DomainId) {
        let who = self.newest(client);
        let has = self.has(client).unwrap();
        let number = has.calls;
        if let Some(call) = &mut has.call {
            call.received = true;
        }
        let caller = Caller { client: who, number };
        let works_in = self.find(server, who);
        let callers = self.callers(server);
        (callers.serves, callers.in_hand) = (Some(caller), Some(caller));
        callers.works_in = works_in;
    }

    /// A server answers the call that it has.
    pub fn answers(&mut self, server: DomainId) {
        (self.callers(server).serves, self.callers(server).works_in) = (None, None);
        if let Some(caller) = self.callers(server).in_hand.take() {
            self.ends_call(caller.client.domain);
        }
        self.receives_next(server);
    }

    /// A server keeps its caller, to answer it later; where there is no place, that one is told so.
    pub fn puts_aside(&mut self, server: DomainId) {
        let bits = self.bits(server);
        self.callers(server).works_in = None;
        let Callers { in_hand, locker, places, replies, serves, .. } = self.callers(server);
        let place = places.put_aside(bits, |index| {
            let is_free = locker.iter().all(|(at, _)| *at != index);
            // Without a caller in hand nothing is moved, and that is no error.
            if is_free && let Some(caller) = in_hand.take() {
                locker.push((index, Lies::Caller(caller)));
                locker.sort_unstable_by_key(|(at, _)| *at);
            }
            is_free
        });
        let Some(caller) = serves.take() else { return };
        match place {
            Some(place) if replies.iter().any(|(at, _)| *at == place) => {
                self.goes_wrong("two callers have one place");
            }
            Some(place) => {
                replies.push((place, caller));
                replies.sort_unstable_by_key(|(at, _)| *at);
            }
            None => {
                let others = locker.iter().filter(|(_, lies)| *lies == Lies::Other).count();
                let room =
                    usize::from(ipc_proto::deferred::end_of(bits).saturating_sub(ipc_proto::deferred::FIRST));
                let is_full = replies.len() + others >= room;
                if let Some(caller) = in_hand.take() {
                    self.ends_call(caller.client.domain);
                }
                if !is_full {
                    self.goes_wrong("a place for callers is lost");
                }
            }
        }
        self.receives_next(server);
    }

    /// One that is being stopped cannot receive any more: it is drained.
    fn receives_next(&mut self, server: DomainId) {
        if self.life(server) == Some(Life::Stopping) {
            self.unload(server);
        }
    }

    /// A server is about to answer one that it had put aside.
    pub fn gives(&mut self, server: DomainId, reply: usize) {
        let bits = self.bits(server);
        let callers = self.callers(server);
        let (index, caller) = callers.replies.remove(reply);
        let answer = steps::hand_out(Request::Take { index }, &mut Opened { callers, bits });
        callers.places.give_up(index);
        let is_ready = answer == Answer::Ready;
        callers.gives = is_ready.then_some(caller);
        let still_stands = self.stands(caller);
        if is_ready != still_stands {
            self.goes_wrong("a caller who waits is not answered, or one who does not is");
        }
    }

    /// Whether the client stands on that very call.
    fn stands(&self, Caller { client, number }: Caller) -> bool {
        let room = self.rooms[usize::from(client.domain.0)].as_ref();
        let has = room.and_then(|room| room.has.as_ref()).filter(|_| self.ledger.is_running(client));
        has.is_some_and(|has| has.calls == number && has.call.is_some_and(|call| call.received))
    }

    /// Then it sends the answer, to whoever lies in its slot for answers by then.
    pub fn sends(&mut self, server: DomainId) {
        let callers = self.callers(server);
        let (meant, handed) = (callers.gives.take(), callers.handed.take());
        let Some(handed) = handed else {
            return if meant.is_some_and(|caller| self.stands(caller)) {
                self.goes_wrong("an answer is lost");
            };
        };
        if meant != Some(handed) {
            self.goes_wrong("an answer reaches somebody else");
        }
        self.ends_call(handed.client.domain);
    }

    /// A server asks for what lies in a slot where it has put no caller: it is handed nothing.
    pub fn asks_for(&mut self, server: DomainId, index: u16) {
        let bits = self.bits(server);
        let callers = self.callers(server);
        let before = callers.clone();
        let answer = steps::hand_out(Request::Take { index }, &mut Opened { callers, bits });
        if answer == Answer::Ready || *callers != before {
            self.goes_wrong("what is no caller is handed out");
        }
    }

    /// A server puts something of its own into its locker.
    pub fn stows(&mut self, server: DomainId, index: u16) {
        let locker = &mut self.callers(server).locker;
        if locker.iter().all(|(at, _)| *at != index) {
            locker.push((index, Lies::Other));
            locker.sort_unstable_by_key(|(at, _)| *at);
        }
    }
}

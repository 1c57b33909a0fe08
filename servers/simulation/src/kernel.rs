//! What the kernel does with messages: who waits where, who receives what, and who is answered.

use ipc_proto::badge::{Badge, Kind, SIGNAL};
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::{self, Status};
use ipc_proto::manifest::DEFAULT_DEADLINE;
use ipc_proto::method::Deadline;
use ipc_proto::operator::State;
use ipc_proto::slots;
use root_task_core::looks::by_the_manifests;

use crate::asked::{Asked, Goes, INVALID_CAPABILITY, Message};
use crate::failure::Failure;
use crate::how::How;
use crate::lockers::Caller;
use crate::world::{At, Standing, World};

/// What becomes of calls that their server will not answer: as in the root task's `rescue.rs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fate {
    /// Which generation had it, and which one takes its place: for those that may have been executed.
    pub interrupted: (Generation, Generation),
    /// For those that nobody has received; `None` where they stay where they are, for the next instance.
    pub queued: Option<Status>,
}

/// A reply without words.
pub(crate) fn status(status: Status) -> Message {
    Message { label: label::reply(status), words: Vec::new() }
}

impl World {
    /// An instance's thread has called the kernel.
    pub fn asked(&mut self, id: DomainId, asked: Asked) {
        match asked {
            Asked::Call(slot, message, notes) => self.calls(id, slot, message, notes),
            Asked::Recv(slot) => self.receives(id, slot),
            Asked::Reply(message) => {
                self.replies(id, message);
                self.goes_on(id, Message::default());
            }
            Asked::ReplyRecv(slot, message) => {
                self.replies(id, message);
                self.receives(id, slot);
            }
            Asked::NbSend(slot, message) => self.sends(id, slot, message),
            Asked::SaveCaller(index, bits) => self.saves_caller(id, index, bits),
            Asked::Device(access) => self.accesses(id, access),
            // What an old view has behind all that ever lay there.
            Asked::Copies(address) if self.shared.is_behind(id, address) => {
                self.dies(id, How::Fault(format!("touched address {address:#x}")));
            }
            Asked::Yield | Asked::Copies(_) => self.goes_on(id, Message::default()),
            Asked::Now => self.goes_on(id, Message { label: 0, words: vec![self.now] }),
            Asked::Works(nanoseconds) => {
                let until = self.now.saturating_add(nanoseconds);
                if let Some(running) = self.running_mut(id) {
                    running.at = At::Works(until);
                }
            }
            Asked::Fault(what) => self.dies(id, How::Fault(what.to_owned())),
            Asked::Panicked(words) => self.dies(id, How::Panicked(words)),
            Asked::NotSimulated(what) => {
                let who = self.called(id);
                self.fails(Failure::NotSimulated { who, what: what.to_owned() });
            }
        }
    }

    /// An instance can go on, with this message from nobody.
    pub fn goes_on(&mut self, id: DomainId, message: Message) {
        if let Some(running) = self.running_mut(id) {
            running.at = At::Ready(Goes::On(0, message));
        }
    }

    fn calls(&mut self, id: DomainId, slot: u64, message: Message, [_, deadline]: [u64; 2]) {
        if slot == slots::SUPERVISOR {
            return self.asks_supervisor(id, &message);
        }
        let Some((server, badge)) = self.reached_by(id, slot) else {
            return self.goes_on(id, Message { label: INVALID_CAPABILITY, words: Vec::new() });
        };
        self.calls = self.calls.saturating_add(1);
        let (now, number, is_taken) = (self.now, self.calls, self.ledger.is_taken(id, slot));
        let own = self.room(id).map_or(DEFAULT_DEADLINE, |room| room.request.deadline_micros);
        let Some(room) = self.room_mut(server) else { return };
        if room.silenced {
            return self.goes_on(id, status(Status::Failed));
        }
        room.queue.push_back(id);
        let of_the_modules = by_the_manifests(room.request.deadline_micros, own, is_taken);
        let deadline = Deadline::from_word(deadline);
        let due = deadline.map(|of| now.saturating_add(of.nanoseconds(of_the_modules)));
        let call = Standing { number, server, slot, badge: badge.to_word(), message, received: false, due };
        if let Some(running) = self.running_mut(id) {
            running.at = At::Calls(call);
        }
        self.deliver(server);
    }

    /// Whom a call on this slot reaches, and with which badge.
    fn reached_by(&self, id: DomainId, slot: u64) -> Option<(DomainId, Badge)> {
        if slot == slots::NAMES {
            let server = self.name_server().filter(|server| *server != id)?;
            let service = self.system.asks_as(&self.ledger.module(id)?.name);
            return Some((
                server,
                Badge { kind: Kind::Client, service, holder: self.holder(self.newest(id)?) },
            ));
        }
        let server = self.ledger.server_of(id, slot)?;
        let (_, at) = self.ledger.connections_of(id).find(|(held, _)| u64::from(*held) == slot)?;
        Some((server, self.ledger.badge_of(id, at)?))
    }

    fn receives(&mut self, id: DomainId, slot: u64) {
        if slot != slots::RECEIVE {
            return self
                .dies(id, How::Fault(format!("used slot {slot}, in which it has nothing to receive with")));
        }
        let Some(running) = self.running_mut(id) else { return };
        // Who was not answered is dropped, as the kernel does it: that call ends at its deadline.
        running.caller = None;
        running.at = At::Receives;
        if self.state(id) == Some(State::Stopping) {
            // Its capability to receive is gone: that says that it has answered all it will.
            return self.unload(id);
        }
        self.deliver(id);
    }

    /// Hands a server that receives what has come for it: signals before calls, and those in their order.
    pub fn deliver(&mut self, server: DomainId) {
        let Some(room) = self.room_mut(server) else { return };
        let Some(running) = room.running.as_mut().filter(|running| matches!(running.at, At::Receives)) else {
            return;
        };
        if room.signals != 0 {
            let badge = SIGNAL | std::mem::take(&mut room.signals);
            running.at = At::Ready(Goes::On(badge, Message::default()));
            return;
        }
        let Some(client) = room.queue.pop_front() else { return };
        let Some(calling) = self.running_mut(client) else { return };
        let At::Calls(call) = &mut calling.at else { return };
        call.received = true;
        let caller = Caller { client, call: call.number };
        let goes = Goes::On(call.badge, std::mem::take(&mut call.message));
        if let Some(running) = self.running_mut(server) {
            running.caller = Some(caller);
            running.at = At::Ready(goes);
        }
    }

    /// A server answers whom it owes an answer, if that one still waits for it.
    fn replies(&mut self, id: DomainId, message: Message) {
        if let Some(caller) = self.caller_of(id) {
            self.goes_on(caller.client, message);
        }
    }

    /// Signals a module's notification.
    pub fn signal(&mut self, id: DomainId, badge: u64) {
        if let Some(room) = self.room_mut(id) {
            room.signals |= badge & !SIGNAL;
        }
        self.deliver(id);
    }

    /// Answers these, who stand on calls to `server`.
    pub fn answer_callers(&mut self, server: DomainId, callers: &[DomainId], fate: Fate) {
        for client in callers {
            let Some(call) = self.standing(*client).filter(|call| call.server == server) else { continue };
            let answer = match (call.received, fate.queued) {
                (true, _) => {
                    let (had, next) = fate.interrupted;
                    let words = label::interrupted(had, next).to_vec();
                    Message { label: label::reply(Status::Interrupted), words }
                }
                (false, Some(queued)) => status(queued),
                (false, None) => continue,
            };
            let (who, received) = (self.called(*client), call.received);
            self.tell(format!("{who} is answered by the supervisor: {}", crate::words::reply(&answer)));
            self.leaves_call(*client);
            if received {
                self.lose_window_of_call(*client, server);
            }
            self.goes_on(*client, answer);
        }
    }

    /// A client is about to be taken from its call, whatever becomes of it: it waits to be received no more.
    pub fn leaves_call(&mut self, client: DomainId) {
        let Some(server) = self.standing(client).map(|call| call.server) else { return };
        if let Some(room) = self.room_mut(server) {
            room.queue.retain(|waiting| *waiting != client);
        }
    }
}

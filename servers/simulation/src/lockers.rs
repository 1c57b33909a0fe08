//! Lockers, for callers who were put aside to be answered later. Who waits in one is found where everybody is who stands on
//! a call: whatever ends that call empties the slot.

use std::collections::BTreeMap;

use ipc_proto::deferred::{Answer, Request};
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::slots::{ANSWER, OWN_ENDPOINT};
use root_task_core::steps::{self, Held};

use crate::asked::{DELETE_FIRST, FAILED_LOOKUP, Message};
use crate::failure::Failure;
use crate::world::World;

/// Somebody who is owed an answer: whose call it is, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub client: DomainId,
    pub call: u64,
}

/// What an instance keeps of its callers.
#[derive(Debug, Default)]
pub(crate) struct Locker {
    /// Who was put aside in which slot.
    aside: BTreeMap<u16, Caller>,
    /// Who was handed out to be answered.
    handed: Option<Caller>,
}

/// A module's locker, as the core's step sees it.
struct Opened<'a> {
    world: &'a mut World,
    id: DomainId,
}

impl steps::Locker for Opened<'_> {
    fn bits(&self) -> u8 {
        self.world.room(self.id).map_or(0, |room| room.request.locker_bits)
    }

    fn look(&self, index: u16) -> Held {
        self.world.lies_in(self.id, index)
    }

    fn hand_over(&mut self, index: u16) -> bool {
        let Some(running) = self.world.running_mut(self.id) else { return false };
        running.locker.handed = running.locker.aside.remove(&index);
        running.locker.handed.is_some()
    }
}

impl World {
    /// Whether somebody still waits for this answer.
    pub fn waits(&self, caller: Caller) -> bool {
        self.standing(caller.client).is_some_and(|call| call.number == caller.call)
    }

    /// Whose call is in hand, if that one still waits.
    pub fn caller_of(&self, server: DomainId) -> Option<Caller> {
        self.running(server)?.caller.filter(|caller| self.waits(*caller))
    }

    /// Who was handed out to a server, if that one still waits.
    pub fn handed_to(&self, server: DomainId) -> Option<Caller> {
        self.running(server)?.locker.handed.filter(|caller| self.waits(*caller))
    }

    fn lies_in(&self, id: DomainId, index: u16) -> Held {
        let caller = self.running(id).and_then(|running| running.locker.aside.get(&index));
        match caller {
            _ if index == OWN_ENDPOINT => Held::Other,
            Some(caller) if self.waits(*caller) => Held::Caller,
            _ => Held::Nothing,
        }
    }

    /// Moves the caller in hand into a slot of the locker.
    pub fn saves_caller(&mut self, id: DomainId, index: u16, bits: u8) {
        let has = self.room(id).map_or(0, |room| room.request.locker_bits);
        let is_there = bits != 0 && bits == has && u32::from(index) < 1_u32 << bits.min(16);
        let error = match self.lies_in(id, index) {
            _ if !is_there => FAILED_LOOKUP,
            Held::Nothing => {
                self.put_aside(id, index);
                0
            }
            Held::Caller | Held::Other => DELETE_FIRST,
        };
        self.goes_on(id, Message { label: error, words: Vec::new() });
    }

    fn put_aside(&mut self, id: DomainId, index: u16) {
        let Some(running) = self.running_mut(id) else { return };
        // Without a caller in hand the kernel moves nothing, and that is no error.
        match running.caller.take() {
            Some(caller) => running.locker.aside.insert(index, caller),
            None => running.locker.aside.remove(&index),
        };
    }

    /// A module is about to answer somebody whom it had put aside.
    pub fn hand_out(&mut self, who: Instance, request: Request) -> Answer {
        steps::hand_out(request, &mut Opened { world: self, id: who.domain })
    }

    /// A server sends on a slot of its own, and does not wait: an answer to who was handed out, if that one still waits.
    pub fn sends(&mut self, id: DomainId, slot: u64, message: Message) {
        if slot != ANSWER {
            let (who, what) = (self.called(id), format!("a send on slot {slot} that nobody has to receive"));
            return self.fails(Failure::NotSimulated { who, what });
        }
        if let Some(caller) = self.handed_to(id) {
            self.goes_on(caller.client, message);
        }
        self.goes_on(id, Message::default());
    }
}

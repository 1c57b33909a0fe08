//! What a running thread does next: one step of a module's program, of its stub or of its service.

use ipc_proto::ids::DomainId;
use ipc_proto::names::Request;
use ipc_proto::operator::State as Life;
use ipc_proto::version::{Version, VersionRange};
use root_task_core::restart::Cause;
use root_task_core::steps::{self, Published};

use crate::case::{Op, PLACES};
use crate::state::{At, Found, Serving, Thread, place};
use crate::world::World;

impl World<'_> {
    /// Whether a thread can take a step by itself.
    pub fn can_step(&self, id: DomainId) -> bool {
        let Some(thread) = self.rooms[place(id)].as_ref().and_then(|room| room.thread.as_ref()) else {
            return false;
        };
        match thread.at {
            At::Ready | At::Told | At::Fails => true,
            At::Names { .. } | At::Awaits | At::Calls { .. } => false,
            At::Serves if thread.serves.is_some() => true,
            At::Serves if self.names() == id => !thread.published,
            At::Serves => self.life(id) == Some(Life::Stopping),
        }
    }

    /// Takes it.
    pub fn step(&mut self, id: DomainId) {
        let is_names = self.names() == id;
        let thread = self.thread(id).unwrap();
        match &thread.at {
            At::Ready => self.does(id),
            At::Told => self.asks_for_the_end(id),
            At::Fails => self.dies(id, Cause::Failure),
            At::Serves if is_names => match thread {
                Thread { published: false, names: Some(_), .. } => self.publishes(id),
                _ => self.name_server_steps(id),
            },
            At::Serves => self.answers(id),
            At::Names { .. } | At::Awaits | At::Calls { .. } => {}
        }
    }

    /// What a thread does by itself between two messages is no step of its own: nobody sees it.
    pub fn settle(&mut self) {
        for id in (0..PLACES as u16).map(DomainId) {
            while self
                .room(id)
                .and_then(|room| room.thread.as_ref())
                .is_some_and(|thread| thread.at == At::Ready)
                && !matches!(self.op(id), Some(Op::Publish | Op::Call))
            {
                self.does(id);
            }
        }
    }

    /// The next thing in its program.
    fn does(&mut self, id: DomainId) {
        let op = self.op(id);
        let closed = self.rooms[place(self.names())].as_ref().unwrap().closed;
        let thread = self.thread(id).unwrap();
        let asks = |request| At::Names { request, received: false, repeated: 0, waited: false };
        match op {
            // A name server that has failed answers with that, by the supervisor.
            Some(Op::Reserve(_)) if closed => thread.at = At::Fails,
            Some(Op::Find(..)) if closed => thread.has_found(Found::Nothing),
            Some(Op::Reserve(name)) => thread.at = asks(Request::Reserve { name, version: Version(1) }),
            Some(Op::Find(name, wait)) => {
                thread.at =
                    asks(Request::Lookup { name, versions: VersionRange::ANY, wait, interface: None });
            }
            Some(Op::Need) if matches!(thread.found, Found::Slot(_)) => thread.goes_on(),
            Some(Op::Need) => thread.at = At::Fails,
            Some(Op::Publish) => self.publishes(id),
            Some(Op::Call) => self.calls(id),
            None => thread.at = At::Serves,
        }
    }

    fn publishes(&mut self, id: DomainId) {
        let who = self.newest(id).unwrap();
        if steps::publish(self, who) != Published::Live {
            return self.goes_wrong("a publish fails");
        }
        let is_names = self.names() == id;
        let room = self.room(id).unwrap();
        room.was_live = true;
        let thread = room.thread.as_mut().unwrap();
        thread.published = true;
        if !is_names {
            thread.goes_on();
        }
    }

    fn calls(&mut self, id: DomainId) {
        let thread = self.thread(id).unwrap();
        let Found::Slot(slot) = thread.found else { return thread.goes_on() };
        // What was taken back, and what has failed, is answered at once.
        let server = self.ledger.server_of(id, u64::from(slot));
        let reaches =
            server.filter(|server| self.rooms[place(*server)].as_ref().is_some_and(|room| !room.closed));
        let thread = self.thread(id).unwrap();
        match reaches {
            Some(_) => thread.at = At::Calls { slot, received: false },
            None => thread.goes_on(),
        }
    }

    /// Asks how its wait has ended; it is kept, or told at once.
    fn asks_for_the_end(&mut self, id: DomainId) {
        let who = self.newest(id).unwrap();
        self.thread(id).unwrap().at = At::Awaits;
        if let Some(ended) = steps::ask(self, who) {
            self.wait_has_ended(id, &ended);
        }
    }

    /// A service answers the call that it has; one that is being stopped then cannot receive any more.
    fn answers(&mut self, id: DomainId) {
        if let Some(Serving { client, .. }) = self.thread(id).unwrap().serves.take()
            && self.ledger.is_running(client)
        {
            match self.thread(client.domain) {
                Some(thread) if matches!(thread.at, At::Calls { received: true, .. }) => thread.goes_on(),
                _ => self.goes_wrong("somebody is answered who has not called"),
            }
        }
        if self.life(id) == Some(Life::Stopping) {
            self.unload(id);
        }
    }

    /// Whether `server` can receive the call of `client`.
    pub fn can_receive(&self, server: DomainId, client: DomainId) -> bool {
        let of = |id: DomainId| self.rooms[place(id)].as_ref().and_then(|room| room.thread.as_ref());
        let (Some(serves), Some(calls)) = (of(server), of(client)) else { return false };
        let queued =
            matches!(calls.at, At::Names { received: false, .. } | At::Calls { received: false, .. });
        serves.at == At::Serves
            && serves.published
            && serves.serves.is_none()
            && queued
            && self.life(server) == Some(Life::Live)
            && self.called_by(client) == Some(server)
    }

    /// Receives it.
    pub fn receives(&mut self, server: DomainId, client: DomainId) {
        let who = self.newest(client).unwrap();
        let badge = self.badge(who);
        let mut asked = None;
        match &mut self.thread(client).unwrap().at {
            At::Names { request, received, .. } => {
                *received = true;
                asked = Some(*request);
            }
            At::Calls { received, .. } => *received = true,
            _ => {}
        }
        self.thread(server).unwrap().serves = Some(Serving { client: who, badge, request: asked });
    }
}

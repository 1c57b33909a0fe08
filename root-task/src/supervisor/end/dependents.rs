//! What the loss of a server means for its clients: they are signalled, or ended and started again, as each has it.
//!
//! Whom it concerns is decided in the turn of the loss. A signal is sent in that turn; who is to be started again is ended
//! in a turn of its own, and all of them before anything else that was put off: so none of them meets the next instance of
//! what it has lost.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{DEPENDENTS_PAGE, DependentInfo, Dependents};
use root_task_core::dependents;
use root_task_core::ledger::MAX_MODULES;

use crate::report::Cause;
use crate::say;
use crate::supervisor::{Response, Supervisor, answer};

/// A module that is to be started again because of what it has lost.
pub struct Orphan {
    who: Instance,
    lost: Name,
}

/// Those who are still to be ended, the last one first.
pub type Orphans = Vec<Orphan, MAX_MODULES>;

impl Supervisor {
    /// A server has died, has failed, or is about to be forgotten: what its clients want done is done, or put off to turns
    /// of their own.
    #[inline]
    pub(in crate::supervisor) fn tell_dependents(&mut self, server: DomainId) {
        // Hardly ever does anybody want anything done.
        if self.ledger.has_dependents() {
            self.tell_them(server);
        }
    }

    fn tell_them(&mut self, server: DomainId) {
        let Some(lost) = self.ledger.module(server).map(|module| module.name) else { return };
        let plan = dependents::plan(&self.ledger, server);
        for client in plan.notified {
            self.ledger.note_loss(client, server);
            let told = self.room(client).map(|room| room.home.tell_loss());
            if let Some(Err(error)) = told {
                say!(
                    "supervisor: domain {client} was not told of a loss ({error:?}), which is a bug of the root task"
                );
            }
        }
        for client in plan.restarted {
            let Some(who) = self.newest(client) else { continue };
            if !self.orphans.iter().any(|orphan| orphan.who == who) {
                // There is room: an instance is in the list once, and only the newest of a module runs.
                let _ = self.orphans.push(Orphan { who, lost });
            }
        }
        if !self.orphans.is_empty() {
            self.let_others_run();
        }
    }

    /// Ends one of those who are to be started again, if there is one: the one that is farthest from what was lost.
    pub(in crate::supervisor) fn end_an_orphan(&mut self) -> bool {
        while let Some(Orphan { who, lost }) = self.orphans.pop() {
            if !self.ledger.is_running(who) {
                continue;
            }
            let id = who.domain;
            // Where it was kept from its publish, nobody answers that any more.
            if let Some(held) = self.room_mut(id).and_then(|room| room.held.take()) {
                held.answer(&mut self.memory, Response::Later);
            }
            self.dies(id, Cause::Lost(lost));
            self.start_behind(id, &lost);
            return true;
        }
        false
    }

    /// Who has just died is reaped, and so started again, right behind what it has lost, or first where that is not
    /// started again: its own dependents, which were ended before it, come after it.
    fn start_behind(&mut self, id: DomainId, lost: &Name) {
        let lost = self.ledger.find(lost);
        if self.dead.last() == Some(&id) {
            self.dead.pop();
            let place = self.dead.iter().position(|dead| Some(*dead) == lost);
            // There is room: it has just been taken out.
            let _ = self.dead.insert(place.map_or(0, |place| place.saturating_add(1)), id);
        }
    }

    /// What an operator sees of who is connected to whom: from this pair on, by the numbers of client and server.
    pub(in crate::supervisor) fn dependents_from(&self, from: u16) -> Response {
        let mut page = Vec::new();
        let modules = MAX_MODULES as u16;
        let first = from.checked_div(modules).unwrap_or_default();
        for (client, module) in self.ledger.iter().filter(|(client, _)| client.0 >= first) {
            let servers = self.ledger.iter().filter(|(server, _)| self.ledger.is_client_of(client, *server));
            for (server, used) in servers {
                let pair = client.0.saturating_mul(modules).saturating_add(server.0);
                if pair < from {
                    continue;
                }
                let info = DependentInfo {
                    client: module.name,
                    server: used.name,
                    state: used.state(),
                    on_loss: self.ledger.on_loss(client),
                };
                if page.len() == DEPENDENTS_PAGE || page.push(info).is_err() {
                    return answer(&Dependents { page, next: Some(pair) });
                }
            }
        }
        answer(&Dependents { page, next: None })
    }
}

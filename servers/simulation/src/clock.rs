//! What happens by the clock: alarms, calls and inits that last too long; and the next moment at which something does.

use ipc_proto::badge::ALARM;
use ipc_proto::ids::DomainId;
use ipc_proto::label::Status;
use ipc_proto::operator::State;
use root_task_core::alarms::What;
use root_task_core::steps;

use crate::calls::Message;
use crate::how::How;
use crate::kernel::Fate;
use crate::world::{At, World};

impl World {
    /// Does everything whose moment has come.
    pub fn ring(&mut self) {
        self.look_at_lines();
        while let Some(what) = self.alarms.due(self.now) {
            self.goes_off(what);
        }
        for id in self.ids() {
            if self.busy_until(id).is_some_and(|until| until <= self.now) {
                self.goes_on(id, Message::default());
            }
            if self.standing(id).and_then(|call| call.due).is_some_and(|due| due <= self.now) {
                self.call_is_overdue(id);
            }
            if self.init_due(id).is_some_and(|due| due <= self.now) {
                self.dies(id, How::InitOverdue);
            }
        }
    }

    /// When the next such thing is.
    pub fn next_moment(&self) -> Option<u64> {
        let ids = self.ids();
        let calls = ids.iter().filter_map(|id| self.standing(*id)?.due);
        let busy = ids.iter().filter_map(|id| self.busy_until(*id));
        let inits = ids.iter().filter_map(|id| self.init_due(*id));
        calls.chain(busy).chain(inits).chain(self.alarms.next()).chain(self.next_interrupt()).min()
    }

    fn busy_until(&self, id: DomainId) -> Option<u64> {
        match self.running(id)?.at {
            At::Works(until) => Some(until),
            _ => None,
        }
    }

    fn goes_off(&mut self, what: What) {
        match what {
            What::Waits => steps::look_at_waits(self),
            What::Restart(dead) if steps::is_to_restart(&self.ledger, dead) => self.start(dead.domain),
            What::StopOver(who)
                if self.ledger.is_running(who) && self.state(who.domain) == Some(State::Stopping) =>
            {
                self.unload(who.domain);
            }
            What::Wake(who) if self.ledger.is_running(who) => {
                self.wakes.goes_off(who);
                self.signal(who.domain, ALARM);
            }
            // The others are of what is not simulated.
            _ => {}
        }
    }

    /// Takes a call back: if nobody has received it, it was not delivered; otherwise it may have been executed. The server
    /// goes on.
    fn call_is_overdue(&mut self, client: DomainId) {
        let Some(server) = self.standing(client).map(|call| call.server) else { return };
        let generation = self.running_generation(server);
        let fate = Fate { interrupted: (generation, generation), queued: Some(Status::NotDelivered) };
        self.answer_callers(server, &[client], fate);
    }
}

//! Looks every so often which calls last too long, and answers those.
//!
//! A call goes from client to server directly, so nobody tells the supervisor of it. It looks at the clients' registers
//! instead, four times in the shortest deadline of a running module's manifest: whoever stands on a call has left there
//! when it began and how long it may take.

use ipc_proto::ids::DomainId;
use ipc_proto::manifest::DEFAULT_DEADLINE;
use ipc_proto::method::Deadline;
use root_task_core::alarms::What;

use super::Supervisor;
use super::rescue::{Fate, Standing};

/// How often the supervisor looks in the shortest deadline.
const LOOKS: u64 = 4;

impl Supervisor {
    /// Answers one call that has lasted too long, if there is one, and sets the alarm for the next look.
    pub(super) fn look_at_calls(&mut self) {
        let now = self.timer.now();
        self.between_looks = self.shortest_deadline().saturating_mul(1000 / LOOKS);
        let mut next = now.saturating_add(self.between_looks);
        let clients: super::rescue::Domains = self.ledger.iter().map(|(client, _)| client).collect();
        for client in clients {
            let Some(call) = self.standing(client) else { continue };
            let Some(due) = self.due(&call, now) else { continue };
            if due > now {
                next = next.min(due);
                continue;
            }
            self.call_is_overdue(client, call.server);
            // One in a turn: others are served before the next.
            next = now;
            break;
        }
        // There is always room for this one: it is set before any other, and setting it again moves it.
        let _ = self.alarms.set(What::Look, next);
    }

    /// A module has been started: where its deadline is shorter than all others, the next look comes sooner.
    pub(super) fn look_in_time_for(&mut self, deadline_micros: u32) {
        let between = u64::from(deadline_micros).saturating_mul(1000 / LOOKS);
        if between < self.between_looks {
            self.between_looks = between;
            // There is always room: the alarm is set already, and this moves it.
            let _ = self.alarms.set(What::Look, self.timer.now().saturating_add(between));
            self.set_timer();
        }
    }

    /// The shortest of all running modules, in microseconds.
    fn shortest_deadline(&self) -> u64 {
        let running = self.rooms.iter().flatten().filter(|room| room.domain.is_some());
        let shortest = running.map(|room| room.request.deadline_micros).min();
        u64::from(shortest.unwrap_or(DEFAULT_DEADLINE))
    }

    /// When a call is to be answered at the latest; `None` where its client has not said.
    fn due(&self, call: &Standing, now: u64) -> Option<u64> {
        let [began, deadline] = call.notes;
        let of_the_module =
            self.room(call.server).map_or(DEFAULT_DEADLINE, |room| room.request.deadline_micros);
        let deadline = Deadline::from_word(deadline)?.nanoseconds(of_the_module);
        Some(now.saturating_sub(self.timer.age_of(began)).saturating_add(deadline))
    }

    /// Takes the call back: if nobody has received it, it was not delivered; otherwise it may have been executed. The
    /// server goes on.
    fn call_is_overdue(&mut self, client: DomainId, server: DomainId) {
        let generation = self.running_generation(server);
        let fate = Fate { interrupted: (generation, generation), queued_stay: false };
        self.answer_callers(server, &[client].into_iter().collect(), fate);
    }
}

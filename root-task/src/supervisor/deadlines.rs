//! Looks every so often which calls last too long, and answers those.
//!
//! A call goes from client to server directly, so nobody tells the supervisor of it. It looks at the clients' registers
//! instead: whoever stands on a call has left there when it began and how long it may take. How often, and who is
//! answered first, is decided in `root_task_core::looks`.

use ipc_proto::ids::DomainId;
use ipc_proto::label::Status;
use ipc_proto::manifest::DEFAULT_DEADLINE;
use ipc_proto::method::Deadline;
use root_task_core::alarms::What;
use root_task_core::looks::Call;

use super::Supervisor;
use super::rescue::{Domains, Fate, Standing};

impl Supervisor {
    /// Answers one call that has lasted too long, if there is one, and sets the alarm for the next turn.
    pub(super) fn look_at_calls(&mut self) {
        let now = self.timer.now();
        let clients: Domains = self
            .ledger
            .iter()
            .map(|(client, _)| client)
            .filter(|client| self.looks.awaits(*client))
            .collect();
        let calls = clients.iter().filter_map(|client| self.call_of(*client, now));
        let mut looks = self.looks;
        let turn = looks.turn(now, self.shortest_deadline(), calls);
        self.looks = looks;
        if let Some(call) = turn.overdue {
            self.call_is_overdue(call.client, call.server);
        }
        // There is always room for this one: it is set before any other, and setting it again moves it.
        let _ = self.alarms.set(What::Look, turn.next);
    }

    /// A module has been started: where its deadline is shorter than all others, the next look comes sooner.
    pub(super) fn look_in_time_for(&mut self, deadline_micros: u32) {
        if let Some(at) = self.looks.in_time_for(self.timer.now(), deadline_micros) {
            // There is always room: the alarm is set already, and this moves it.
            let _ = self.alarms.set(What::Look, at);
            self.set_timer();
        }
    }

    /// The shortest of all running modules, in microseconds.
    fn shortest_deadline(&self) -> u32 {
        let running = self.rooms.iter().flatten().filter(|room| room.domain.is_some());
        running.map(|room| room.request.deadline_micros).min().unwrap_or(DEFAULT_DEADLINE)
    }

    /// The call that a client stands on, if it has left a note that says how long it may take.
    fn call_of(&self, client: DomainId, now: u64) -> Option<Call> {
        let Standing { server, notes: [began, deadline], .. } = self.standing(client)?;
        let of_the_module = self.room(server).map_or(DEFAULT_DEADLINE, |room| room.request.deadline_micros);
        let deadline = Deadline::from_word(deadline)?.nanoseconds(of_the_module);
        let due = now.saturating_sub(self.timer.age_of(began)).saturating_add(deadline);
        Some(Call { client, server, due })
    }

    /// Takes the call back: if nobody has received it, it was not delivered; otherwise it may have been executed. The
    /// server goes on.
    fn call_is_overdue(&mut self, client: DomainId, server: DomainId) {
        let generation = self.running_generation(server);
        let fate = Fate { interrupted: (generation, generation), queued: Some(Status::NotDelivered) };
        self.answer_callers(server, &[client].into_iter().collect(), fate);
    }
}

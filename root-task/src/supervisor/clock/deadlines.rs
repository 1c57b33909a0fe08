//! Looks every so often which calls last too long, and answers those; and which inits do, and has those examined.
//!
//! A call goes from client to server directly, so nobody tells the supervisor of it. It looks at the clients' registers
//! instead: whoever stands on a call has left there when it began and how long it may take. How often, and who is
//! answered first, is decided in `root_task_core::looks`.

use ipc_proto::ids::DomainId;
use ipc_proto::label::Status;
use ipc_proto::manifest::DEFAULT_DEADLINE;
use ipc_proto::method::Deadline;
use ipc_proto::operator::State;
use root_task_core::alarms::What;
use root_task_core::init_clock::InitClock;
use root_task_core::looks::{Call, Lasts, by_the_manifests};

use super::overdue::Unanswered;
use crate::supervisor::end::rescue::{Domains, Fate, Standing};
use crate::supervisor::{Room, Supervisor};

impl Supervisor {
    /// Answers one call that has lasted too long, if there is one, and sets the alarm for the next turn.
    pub(in crate::supervisor) fn look_at_calls(&mut self) {
        let now = self.timer.now();
        let modules: Domains = self
            .ledger
            .iter()
            .map(|(module, _)| module)
            .filter(|module| self.looks.awaits(*module))
            .collect();
        let all = modules.iter().flat_map(|module| {
            let call = self.call_of(*module, now).map(Lasts::Call);
            let init = self.init_of(*module).map(|clock| Lasts::Init(*module, clock.due()));
            [call, init].into_iter().flatten()
        });
        let mut looks = self.looks;
        let turn = looks.turn(now, self.shortest_deadline(), all);
        self.looks = looks;
        match turn.overdue {
            Some(Lasts::Call(call)) => self.call_is_overdue(call.client, call.server),
            Some(Lasts::Init(module, _)) => self.init_is_overdue(module),
            None => {}
        }
        // There is always room for this one: it is set before any other, and setting it again moves it.
        let _ = self.alarms.set(What::Look, turn.next);
    }

    /// A module has been started, and its init may take so long. Where that, or its deadline, is shorter than all others,
    /// the next look comes sooner.
    pub(in crate::supervisor) fn init_begins(&mut self, id: DomainId) {
        let end_of_log = self.end_of_log();
        if let Some(room) = self.room_mut(id) {
            room.log_from = end_of_log;
            let request = room.request;
            self.begin_init(id, request.deadline_micros, !request.program);
        }
    }

    fn begin_init(&mut self, id: DomainId, deadline_micros: u32, ends: bool) {
        let now = self.timer.now();
        let mut shortest = deadline_micros;
        if let Some(room) = self.room_mut(id) {
            let (init_ms, wait_ms) = (room.allowance.init_ms, room.allowance.wait_ms);
            room.init = ends.then(|| InitClock::begin(now, init_ms, wait_ms));
            if ends {
                shortest = shortest.min(init_ms.saturating_mul(1000));
            }
        }
        if let Some(at) = self.looks.in_time_for(now, shortest) {
            // There is always room: the alarm is set already, and this moves it.
            let _ = self.alarms.set(What::Look, at);
            self.set_timer();
        }
    }

    /// It reserves a name. A program's init, too, has to end then.
    pub(in crate::supervisor) fn init_reserves(&mut self, id: DomainId) {
        let program = |room: &Room| room.init.is_none() && room.request.program;
        if let Some(deadline) =
            self.room(id).filter(|room| program(room)).map(|room| room.request.deadline_micros)
        {
            self.begin_init(id, deadline, true);
        }
    }

    /// The clock of a module's init, if it has one, has not ended, and nobody has seen to it yet.
    fn init_of(&self, id: DomainId) -> Option<InitClock> {
        let clock = self.room(id)?.init?;
        (self.state(id) == Some(State::Starting) && !self.examiner.examines_init(id)).then_some(clock)
    }

    /// The shortest of all running modules, in microseconds.
    fn shortest_deadline(&self) -> u32 {
        let running = self.rooms.iter().flatten().filter(|room| room.domain.is_some());
        running.map(|room| room.request.deadline_micros).min().unwrap_or(DEFAULT_DEADLINE)
    }

    /// The call that a client stands on, if it has left a note that says how long it may take.
    fn call_of(&self, client: DomainId, now: u64) -> Option<Call> {
        let Standing { server, slot, notes: [began, deadline] } = self.standing(client)?;
        let of = |module| self.room(module).map_or(DEFAULT_DEADLINE, |room| room.request.deadline_micros);
        let of_the_modules = by_the_manifests(of(server), of(client), self.ledger.is_taken(client, slot));
        let deadline = Deadline::from_word(deadline)?.nanoseconds(of_the_modules);
        let due = now.saturating_sub(self.timer.age_of(began)).saturating_add(deadline);
        Some(Call { client, server, due })
    }

    /// Takes the call back: if nobody has received it, it was not delivered; otherwise it may have been executed. The
    /// server goes on.
    fn call_is_overdue(&mut self, client: DomainId, server: DomainId) {
        let generation = self.running_generation(server);
        let fate = Fate { interrupted: (generation, generation), queued: Some(Status::NotDelivered) };
        // The answer empties the caller's slot, wherever that is.
        let aside = self.callers_aside(server);
        let served = self.answer_callers(server, &[client].into_iter().collect(), fate);
        let was = match served.calls.is_empty() {
            true => Unanswered::Queued,
            false if self.callers_aside(server) < aside => Unanswered::Deferred,
            false => Unanswered::Received,
        };
        self.has_not_answered(server, client, was);
    }
}

//! Unload in two stages: the names disappear and the call in service may finish; then everything is destroyed. The first
//! can be taken back.
//!
//! The module contains no code for any of this. To stop it, its capability to receive is deleted: it answers the call
//! that it has, cannot receive the next one, and that fault says that it is **drained**. To take that back, the
//! capability is put back.

use core::fmt;

use heapless::Vec;
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Answer, MAX_USERS, State, Users};
use ipc_proto::slots;
use root_task_core::alarms::What;
use root_task_core::steps;
use sel4::{Fault, SYSCALL_INSTRUCTION, UserContext};

use super::errands::{Errand, Told};
use super::rescue::{Domains, Served};
use crate::memory::Leak;
use crate::say;
use crate::supervisor::asked::operator::{not_loaded, pinned, refusal, refused};
use crate::supervisor::waiter::{NotSaved, Waiter};
use crate::supervisor::{Response, Supervisor, answer};

/// How a stop came to its end.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// The call in service was answered.
    Drained,
    /// The call in hand was answered, and there were others that it would have answered later.
    PutAside,
    /// Its deadline came first.
    Deadline,
    /// The module died in it.
    Died,
    /// The operator did not want to wait any longer.
    Now,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::Drained => "its call in service was answered",
            End::PutAside => "the calls that it would have answered later were cut off",
            End::Deadline => "its call in service was cut off at the deadline",
            End::Died => "it died before its call in service was answered",
            End::Now => "its call in service was cut off",
        })
    }
}

/// What an operator reads.
fn unloaded(name: &Name, whole: Result<u64, Leak>, users: Users) -> Response {
    match whole {
        Ok(memory) => answer(&Answer::Unloaded { memory, users }),
        Err(leak) => refused(format_args!("{name} is unloaded, but {leak}")),
    }
}

impl Supervisor {
    /// An operator wants a module unloaded, `now` or when its call in service is answered.
    pub(in crate::supervisor) fn unload_by_name(
        &mut self,
        asker: DomainId,
        name: &Name,
        now: bool,
    ) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        if self.is_pinned(name) {
            return pinned(name, "unloaded");
        }
        if *name == self.system.name_server {
            return refused(format_args!(
                "{name} is the name server: an unload would take every module's way to it for good; `restart` or `replace` it"
            ));
        }
        let users = self.users_of(id, asker);
        if self.system.keep_in_use.contains(name) && !users.names.is_empty() {
            return refused(format_args!(
                "{name} is in use by {users}, and the system's manifest keeps it as long as it is"
            ));
        }
        let stops = self.state(id) == Some(State::Stopping);
        if now && stops {
            self.end_stop(id, End::Now);
            return answer(&Answer::Done);
        }
        if let Some(told) = self.errands.unloads(id) {
            if matches!(told, Told::Operator(..)) {
                return refused(format_args!("another operator unloads {name}: `ps` shows when it is gone"));
            }
            return match Waiter::save(&mut self.memory, &mut self.parking) {
                Ok(waiter) => {
                    *told = Told::Operator(waiter, users);
                    Response::Later
                }
                Err(error) => refused(format_args!("{error}")),
            };
        }
        let callers = self.callers_of(id);
        let stops = !now && (stops || (!callers.is_empty() && self.stop(id)));
        if !stops {
            self.put_down(id, &callers);
            let told = match self.is_long(id).then(|| Waiter::save(&mut self.memory, &mut self.parking)) {
                Some(Ok(waiter)) => Told::Operator(waiter, users),
                Some(Err(NotSaved::Nobody)) => Told::Nobody,
                Some(Err(NotSaved::OutOf(_))) | None => return unloaded(name, self.forget_now(id), users),
            };
            self.take_on(Errand::Unload(id, told));
            return Response::Later;
        }
        let micros = self.room(id).map_or(0, |room| room.request.deadline_micros);
        answer(&Answer::Stopping { micros, users })
    }

    /// Stops a live module. `false` where it is not live, and nothing has changed.
    fn stop(&mut self, id: DomainId) -> bool {
        if !self.ledger.stop(id) {
            return false;
        }
        let Some(room) = self.room(id) else { return false };
        let Some(domain) = room.domain.as_ref() else { return false };
        let (instance, deadline) =
            (domain.instance, u64::from(room.request.deadline_micros).saturating_mul(1000));
        domain.stop_receiving();
        let registers = domain.tcb().tcb_read_registers(false, UserContext::SYSCALL_WORDS);
        let receives = registers.is_ok_and(|registers| {
            let number = registers.syscall_number();
            (number == sel4::sys::SYS_RECV || number == sel4::sys::SYS_REPLY_RECV)
                && registers.syscall_cap() == slots::RECEIVE
                && room.code.has(registers.pc(), &SYSCALL_INSTRUCTION)
        });
        if receives {
            // It waits for a call, or is about to: it does so again, now without the capability. An answer that it had to
            // give is given once: then it has no caller any more.
            let _ = domain.tcb().tcb_suspend();
            let _ = domain.tcb().tcb_resume();
        }
        let at = self.timer.now().saturating_add(deadline);
        if self.alarms.set(What::StopOver(instance), at).is_err() {
            say!(
                "supervisor: no alarm is left for the deadline of the stop of domain {id}: `unload --now` ends it"
            );
        }
        self.set_timer();
        true
    }

    /// An operator takes a stop back.
    pub(in crate::supervisor) fn cancel_unload(&mut self, name: &Name) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        if self.cancel_stop(id) {
            return answer(&Answer::Done);
        }
        refused(format_args!("{name} is not stopping: there is nothing to take back"))
    }

    fn cancel_stop(&mut self, id: DomainId) -> bool {
        if !steps::cancel_stop(self, id) {
            return false;
        }
        if let Some(room) = self.room(id)
            && let Some(domain) = room.domain.as_ref()
        {
            // The slot is empty, and the endpoint is there as long as the module is.
            let _ = domain.let_receive(&room.home);
        }
        true
    }

    /// The module has faulted while it was being stopped: drained, if it was for want of the capability to receive.
    pub(in crate::supervisor) fn stopping_has_faulted(
        &mut self,
        id: DomainId,
        fault: Option<Fault>,
    ) -> Option<End> {
        if self.state(id) != Some(State::Stopping) {
            return None;
        }
        match fault {
            Some(Fault::CapFault { addr: slots::RECEIVE, in_recv_phase: true, .. }) => Some(End::Drained),
            _ => None,
        }
    }

    /// The second stage: nothing stays.
    pub(in crate::supervisor) fn end_stop(&mut self, id: DomainId, end: End) {
        self.unload(id, Told::Console(end));
    }

    /// The moment has come at which a stop has lasted long enough.
    pub(in crate::supervisor) fn stop_is_over(&mut self, who: Instance) {
        if self.ledger.is_running(who) && self.state(who.domain) == Some(State::Stopping) {
            self.end_stop(who.domain, End::Deadline);
        }
    }

    /// Does what an alarm says with an instance that runs.
    pub(in crate::supervisor) fn unload_act(&mut self, id: DomainId, act: Act) {
        match act {
            Act::Unload if !self.callers_of(id).is_empty() && self.stop(id) => {}
            Act::CancelUnload => {
                self.cancel_stop(id);
            }
            _ => self.unload(id, Told::Nobody),
        }
    }

    /// Destroys whatever there is of a module, and forgets it: at once, or as an errand where that can take long.
    fn unload(&mut self, id: DomainId, told: Told) {
        let served = self.put_down(id, &self.callers_of(id));
        let told = match told {
            Told::Console(End::Drained) if !served.calls.is_empty() => Told::Console(End::PutAside),
            told => told,
        };
        self.carry_out(Errand::Unload(id, told));
    }

    /// Ends whatever runs of a module. `callers` are those who stand on a call to it. Gives the calls that it had.
    fn put_down(&mut self, id: DomainId, callers: &Domains) -> Served {
        if self.state(id).is_some_and(|state| state != State::Dead) {
            self.keep_connections_of(id);
        }
        let served = self.bury(id, callers, Generation::NONE, Some(Status::NotDelivered));
        // What was dead already has been told of, and is neither started again nor made any further.
        let _ = self.has_died(id);
        steps::cancel_restart(self, id);
        self.unfinished.retain(|unfinished| *unfinished != id);
        if self.room(id).is_some_and(|room| room.death.is_some()) {
            self.lay_out(id, false);
        }
        self.dead.retain(|dead| *dead != id);
        self.drop_errands_of(id);
        served
    }

    /// Forgets a module that is dead, and says so.
    pub(in crate::supervisor) fn forget(&mut self, id: DomainId, told: Told) {
        let Some(name) = self.ledger.module(id).map(|module| module.name) else { return };
        match (told, self.forget_now(id)) {
            (Told::Operator(waiter, users), whole) => {
                waiter.answer(&mut self.memory, unloaded(&name, whole, users));
            }
            (Told::Console(end), Ok(memory)) => {
                say!("supervisor: {name} is unloaded: {end}; {} KiB came back whole", memory / 1024);
            }
            (Told::Console(end), Err(leak)) => say!("supervisor: {name} is unloaded: {end}; but {leak}"),
            (Told::Nobody, Ok(_)) => {}
            (Told::Nobody, Err(leak)) => say!("supervisor: {name} is unloaded, but {leak}"),
        }
    }

    /// Destroys what is left of a module that is dead, and forgets it.
    fn forget_now(&mut self, id: DomainId) -> Result<u64, Leak> {
        let module = self.ledger.module(id).map(|module| (module.name, module.generation));
        let cause = self.room_mut(id).and_then(|room| room.death.take());
        if let (Some((name, generation)), Some(died)) = (&module, cause) {
            self.tell_death(*name, *generation, &died.cause, None);
        }
        let instance = self.reap(id);
        // Hardly ever does anybody wait for that.
        if let Some((name, _)) = module
            && self.room(id).is_some_and(|room| room.waiter.is_some())
        {
            self.answer_waiter(id, &refusal(format_args!("{name} was unloaded before it was live")));
        }
        let home = self.clear(id);
        instance.and_then(|bytes| home.map(|()| bytes))
    }

    /// Who is connected to a module, beside `asker`.
    fn users_of(&self, id: DomainId, asker: DomainId) -> Users {
        let mut users = Users { names: Vec::new(), more: 0 };
        let others = self.ledger.iter().filter(|(client, _)| ![id, asker].contains(client));
        for (_, module) in others.filter(|(client, _)| self.ledger.is_client_of(*client, id)) {
            if users.names.len() < MAX_USERS {
                // There is room: that was just asked.
                let _ = users.names.push(module.name);
            } else {
                users.more = users.more.saturating_add(1);
            }
        }
        users
    }
}

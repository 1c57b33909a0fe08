//! The life of a module: loaded, live, dead, reaped, started again or unloaded.

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Death, Outcome, Sentence, State};
use ipc_proto::supervisor::Args;
use root_task_core::elf_plan::Code;
use root_task_core::ledger::{self, Module, PublishDecision};
use root_task_core::restart::{self, Decision};
use sel4::Fault;

use super::operator::{refused, sentence};
use super::rescue::Fate;
use super::unload::End;
use super::{Response, Room, Supervisor, answer};
use crate::home::Home;
use crate::memory::Leak;
use crate::report::{self, Cause};
use crate::say;

impl Supervisor {
    /// Admits a module and starts its first instance.
    ///
    /// # Errors
    /// The sentence for the operator; nothing is lost.
    pub fn load(&mut self, name: Name, args: Args, hold: bool) -> Result<Instance, Sentence> {
        let (plan, file) = self.plan(&name).map_err(|error| sentence(format_args!("{name}: {error}")))?;
        let request = plan.request;
        let id = self
            .ledger
            .admit(name, request.connections, hold)
            .map_err(|error| sentence(format_args!("{name}: {error}")))?;
        if request.departures {
            self.ledger.watch_clients(id);
        }
        let home = match Home::make(&mut self.memory) {
            Ok(home) => home,
            Err(error) => {
                self.ledger.remove(id);
                return Err(sentence(format_args!("{name}: {error}")));
            }
        };
        if let Some(place) = self.rooms.get_mut(usize::from(id.0)) {
            *place = Some(Room {
                home,
                domain: None,
                request,
                code: Code::of(&plan, file),
                args,
                waiter: None,
                held: None,
                death: None,
            });
        }
        self.start_instance(id, &plan, file).map_err(|error| {
            self.report_leak(id, name);
            sentence(format_args!("{name}: {error}"))
        })
    }

    /// Loads the next of the modules that the system's manifest lists for boot. Each is loaded when the one before it
    /// is live, or has failed, so that a module finds what stands before it in the list.
    ///
    /// # Errors
    /// The sentence that says why it was not loaded; the rest of the list is not tried.
    pub fn boot_next(&mut self) -> Result<(), Sentence> {
        let Some(name) = self.system.boot.get(self.booted).copied() else { return Ok(()) };
        self.booted = self.booted.saturating_add(1);
        self.load(name, self.system.args_of(&name), false).map(|_| ())
    }

    /// Goes on with the boot if `name` is the module that it waits for.
    fn boot_goes_on(&mut self, name: Option<Name>) {
        let last = self.booted.checked_sub(1).and_then(|index| self.system.boot.get(index));
        if name.is_some()
            && last == name.as_ref()
            && let Err(why) = self.boot_next()
        {
            say!("boot: {why}");
        }
    }

    /// A module's init has succeeded: everything that it reserved becomes visible in this one turn.
    pub(super) fn publish(&mut self, who: Instance) {
        match self.ledger.publish(who) {
            PublishDecision::Live(dropped) => {
                self.drop_services(&dropped);
                self.tell_waiter(who.domain, |instance| Answer::Loaded { instance, outcome: Outcome::Live });
                self.boot_goes_on(self.ledger.module(who.domain).map(|module| module.name));
            }
            PublishDecision::Held => {
                self.tell_waiter(who.domain, |instance| Answer::Loaded { instance, outcome: Outcome::Held });
            }
            PublishDecision::Nothing => {}
        }
    }

    /// Takes back the clients' capabilities to services that a new instance did not reserve again.
    pub(super) fn drop_services(&mut self, dropped: &[ipc_proto::ids::ServiceRef]) {
        for at in dropped {
            let clients = self.ledger.clients_of(*at);
            self.answer_clients_of(&clients);
            for (client, slot) in clients {
                if let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) {
                    domain.revoke_slot(u64::from(slot));
                    // What cannot be deleted is not there.
                    let _ = domain.cspace(u64::from(slot)).delete();
                }
                self.ledger.disconnect(client, slot);
            }
            self.ledger.free_service(*at);
        }
    }

    /// Those of these clients who wait at a service that the running instance does not offer any more.
    fn answer_clients_of(&mut self, clients: &[(DomainId, u8)]) {
        for (client, slot) in clients {
            if let Some(call) = self.standing(*client).filter(|call| call.slot == u64::from(*slot)) {
                let fate = Fate { interrupted: (Generation::NONE, Generation::NONE), queued_stay: false };
                self.answer_callers(call.server, &[*client].into_iter().collect(), fate);
            }
        }
    }

    /// The running instance is dead from now on: whoever is inside a call to it is answered in this turn. What is
    /// left of it is reaped when the others have run, or at once where nobody could have called it.
    pub(super) fn dies(&mut self, id: DomainId, cause: Cause) {
        let connections = self.ledger.connections_of(id).iter().map(|(slot, _)| *slot).collect();
        self.last_death = self.death_of(id).or(self.last_death);
        self.bury(id, &self.callers_of(id), self.successor(id, &cause));
        let Some(death) = self.has_died(id) else { return };
        if death.was == State::Stopping {
            if let Some(module) = self.ledger.module(id) {
                report::print(&module.name, module.generation, &cause);
            }
            self.end_stop(id, End::Died);
            return;
        }
        if let Some(room) = self.room_mut(id) {
            room.death = Some((cause, connections));
        }
        if death.was_live {
            // There is room: a domain is in the list at most once, and the list is as long as the table.
            let _ = self.dead.push(id);
            self.bell.ring();
        } else {
            self.conclude(id);
        }
    }

    /// Enters a death into the ledger, and tells those who keep something for the dead.
    pub(super) fn has_died(&mut self, id: DomainId) -> Option<ledger::Death> {
        let watchers = self.ledger.watchers_of(id);
        let death = self.ledger.died(id)?;
        for server in watchers {
            let told = self.room(server).map(|room| room.home.tell_departure());
            if let Some(Err(error)) = told {
                say!(
                    "supervisor: domain {server} was not told of a death ({error:?}), which is a bug of the root task"
                );
            }
        }
        Some(death)
    }

    /// The generation that will take the place of an instance that dies of `cause`, if one will.
    fn successor(&self, id: DomainId, cause: &Cause) -> Generation {
        let goes_on = |module: &&Module| module.was_live && module.state() != State::Stopping;
        let Some(module) = self.ledger.module(id).filter(goes_on) else {
            return Generation::NONE;
        };
        match self.decide(id, cause) {
            Some(Decision::Restart) => module.generation.next().unwrap_or(Generation::NONE),
            _ => Generation::NONE,
        }
    }

    /// What the module's policy says about a death of `cause`.
    fn decide(&self, id: DomainId, cause: &Cause) -> Option<Decision> {
        let policy = self.room(id)?.request.restart;
        Some(restart::decide(policy, cause.kind(), self.ledger.module(id)?.restarts))
    }

    /// Where a running instance is, which is about to die.
    fn death_of(&self, id: DomainId) -> Option<Death> {
        let module = self.ledger.module(id)?;
        let domain = self.room(id)?.domain.as_ref()?;
        let ip = report::instruction_pointer(domain.tcb());
        Some(Death { name: module.name, instance: domain.instance, ip })
    }

    /// The others have run: reap one dead domain, and ring again if there are more.
    pub(super) fn bell_rang(&mut self) {
        self.bell.rang();
        if !self.dead.is_empty() {
            let id = self.dead.remove(0);
            self.conclude(id);
        }
        if !self.dead.is_empty() {
            self.bell.ring();
        }
    }

    /// Reaps a dead instance and does what its module's policy says.
    fn conclude(&mut self, id: DomainId) {
        let Some((cause, connections)) = self.room_mut(id).and_then(|room| room.death.take()) else { return };
        let whole = self.reap(id, &connections).is_ok();
        let Some(module) = self.ledger.module(id) else { return };
        let (name, instance) = (module.name, Instance { domain: id, generation: module.generation });
        report::print(&name, instance.generation, &cause);
        if !module.was_live {
            // It has never been visible: there is nothing to keep for its clients.
            let answer = match &cause {
                Cause::Exited(0) => answer(&Answer::Loaded { instance, outcome: Outcome::Exited }),
                cause => refused(format_args!("{name}: {cause}; nothing was published")),
            };
            self.answer_waiter(id, answer);
            self.report_leak(id, name);
            self.boot_goes_on(Some(name));
            return;
        }
        match self.decide(id, &cause) {
            Some(Decision::Restart) if whole => {
                let plan = self.plan(&name);
                if let Err(error) = plan.and_then(|(plan, file)| self.start_instance(id, &plan, file)) {
                    say!("[{name}] was not restarted: {error}");
                    self.give_up(id);
                }
            }
            // It has come to its end, as it should: nothing of it is kept.
            Some(Decision::Stay) if matches!(cause, Cause::Exited(0)) => {
                self.answer_waiter(id, answer(&Answer::Done));
                self.report_leak(id, name);
            }
            _ => self.give_up(id),
        }
    }

    fn give_up(&mut self, id: DomainId) {
        self.ledger.fail(id);
        if let Some(room) = self.room(id) {
            room.home.close();
        }
        self.answer_waiter(id, answer(&Answer::Done));
    }

    /// [`Self::clear`], where nobody waits for the outcome: a leak is told on the console.
    fn report_leak(&mut self, id: DomainId, name: Name) {
        if let Err(leak) = self.clear(id) {
            say!("supervisor: {name}: {leak}");
        }
    }

    /// Gives back what a module keeps over a restart, and forgets it.
    pub(super) fn clear(&mut self, id: DomainId) -> Result<(), Leak> {
        self.ledger.remove(id);
        let mut room = self.rooms.get_mut(usize::from(id.0)).and_then(Option::take);
        // A module that died while it was held is not there to be answered; the slot is given back all the same.
        if let Some(held) = room.as_mut().and_then(|room| room.held.take()) {
            held.answer(&mut self.memory, Response::Later);
        }
        room.map_or(Ok(()), |room| room.home.dissolve(&mut self.memory))
    }

    /// A fault message, or a forged one: either way the module is at its end.
    pub(super) fn faulted(&mut self, who: Instance, fault: Option<Fault>) -> Response {
        if let Some(end) = self.stopping_has_faulted(who.domain, fault) {
            self.end_stop(who.domain, end);
            return Response::Later;
        }
        let tcb = self.room(who.domain).and_then(|room| room.domain.as_ref()).map(|domain| domain.tcb());
        let ip = tcb.map_or(0, report::instruction_pointer);
        self.dies(who.domain, Cause::Fault(fault, ip));
        Response::Later
    }

    fn tell_waiter(&mut self, id: DomainId, what: impl Fn(Instance) -> Answer) {
        if let Some(module) = self.ledger.module(id) {
            let instance = Instance { domain: id, generation: module.generation };
            if self.room(id).is_some_and(|room| room.waiter.is_some()) {
                let response = answer(&what(instance));
                self.answer_waiter(id, response);
            }
        }
    }

    /// Answers the operator that waits for this module, if one does.
    pub(super) fn answer_waiter(&mut self, id: DomainId, response: Response) {
        if let Some(waiter) = self.room_mut(id).and_then(|room| room.waiter.take()) {
            waiter.answer(&mut self.memory, response);
        }
    }

    /// The state of a module.
    pub(super) fn state(&self, id: DomainId) -> Option<State> {
        self.ledger.module(id).map(Module::state)
    }
}

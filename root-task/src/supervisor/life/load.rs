//! The life of a module from its load to its publish, and what is forgotten at its end.

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Outcome, Sentence, State};
use ipc_proto::supervisor::Args;
use root_task_core::elf_plan::Code;
use root_task_core::files::Files;
use root_task_core::hang::Unanswering;
use root_task_core::ledger::{AdmitError, Module};
use root_task_core::restart::History;
use root_task_core::steps::{self, Published};

use crate::file::File;
use crate::home::Home;
use crate::memory::Leak;
use crate::say;
use crate::supervisor::asked::operator::sentence;
use crate::supervisor::clock::quotas::Usage;
use crate::supervisor::end::rescue::Fate;
use crate::supervisor::waiter::Asks;
use crate::supervisor::{Response, Room, Supervisor, answer};

impl Supervisor {
    /// Admits a module of the boot archive and starts its first instance.
    ///
    /// # Errors
    /// The sentence for the operator; nothing is lost.
    pub fn load(&mut self, name: Name, args: Args, hold: bool) -> Result<Instance, Sentence> {
        let file = self.archived(&name).map_err(|error| sentence(format_args!("{name}: {error}")))?;
        self.load_of(name, file, args, hold)
    }

    /// The same of any file.
    ///
    /// # Errors
    /// As [`Supervisor::load`].
    pub(in crate::supervisor) fn load_of(
        &mut self,
        name: Name,
        file: File,
        args: Args,
        hold: bool,
    ) -> Result<Instance, Sentence> {
        let plan = self.plan(&name, &file).map_err(|error| sentence(format_args!("{name}: {error}")))?;
        let request = plan.request;
        let allowance = self
            .grants(&name, &request)
            .map_err(|difference| sentence(format_args!("{name}: {difference}")))?;
        let id = self
            .ledger
            .admit(name, request.connections, hold)
            .map_err(|error| self.is_not_admitted(&name, &error))?;
        self.ledger.restrict(id, allowance.names, allowance.clients);
        self.fit(id, &name, &request);
        let home = match self.with_room_for(Home::make) {
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
                building: None,
                annex: None,
                files: Files::new(file.clone()),
                request,
                code: Code::of(&plan, file.clone()),
                allowance,
                usage: Usage::default(),
                args,
                waiter: None,
                died_since: 0,
                held: None,
                awaits: None,
                death: None,
                last_connections: heapless::Vec::new(),
                init: None,
                log_from: 0,
                examined_until: 0,
                unanswering: Unanswering::default(),
                history: History::default(),
                silenced: false,
                private: false,
            });
        }
        self.start_instance(id, &plan, &file).map_err(|error| {
            self.report_leak(id, name);
            sentence(format_args!("{name}: {error}"))
        })
    }

    /// Why a module is not admitted. Where one of its name is on its way out, that comes to its end by itself.
    fn is_not_admitted(&self, name: &Name, error: &AdmitError) -> Sentence {
        let ending = self.ledger.find(name).and_then(|id| self.is_not_ending(id, name).err());
        ending.unwrap_or_else(|| sentence(format_args!("{name}: {error}")))
    }

    /// Loads the modules that the system's manifest lists for boot: all of them, whatever becomes of the others. In which
    /// order does not matter, as long as the name server is there to be asked: who needs another one waits for its name.
    ///
    /// # Errors
    /// The sentence that says why the name server, the first, was not loaded: then none is. Of the others it is told.
    pub fn load_boot_set(&mut self) -> Result<(), Sentence> {
        for name in self.system.boot.clone() {
            match self.load(name, self.system.args_of(&name), false) {
                Err(why) if name == self.system.name_server => return Err(why),
                Err(why) => say!("boot: {why}"),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// A module's init has succeeded: everything that it reserved becomes visible in this one turn.
    pub(in crate::supervisor) fn publish(&mut self, who: Instance) {
        self.end_private(who.domain, who.generation);
        match steps::publish(self, who) {
            Published::Live => {
                self.trial_is_over(who);
                self.tell_waiter(who.domain, |instance| Answer::Loaded { instance, outcome: Outcome::Live });
            }
            Published::Held => {
                self.tell_waiter(who.domain, |instance| Answer::Loaded { instance, outcome: Outcome::Held });
            }
            Published::Nothing => {}
        }
    }

    /// Those of these clients who wait at a service that the running instance does not offer any more.
    pub(in crate::supervisor) fn answer_clients_of(&mut self, clients: &[(DomainId, u8)]) {
        for (client, slot) in clients {
            if let Some(call) = self.standing(*client).filter(|call| call.slot == u64::from(*slot)) {
                let fate = Fate {
                    interrupted: (Generation::NONE, Generation::NONE),
                    queued: Some(Status::NotDelivered),
                };
                self.answer_callers(call.server, &[*client].into_iter().collect(), fate);
            }
        }
    }

    /// [`Self::clear`], where nobody waits for the outcome: a leak is told on the console.
    pub(in crate::supervisor) fn report_leak(&mut self, id: DomainId, name: Name) {
        if let Err(leak) = self.clear(id) {
            say!("supervisor: {name}: {leak}");
        }
    }

    /// Gives back what a module keeps over a restart, and forgets it.
    pub(in crate::supervisor) fn clear(&mut self, id: DomainId) -> Result<(), Leak> {
        self.drop_errands_of(id);
        self.withdraw_answers(id);
        if self.autopsies.are_frozen()
            && let Some(name) = self.ledger.module(id).map(|module| module.name)
        {
            self.thaw_module(&name);
        }
        self.forget_undone(id);
        self.tell_dependents(id);
        steps::forget(self, id);
        // A module that died while it was held is not there to be answered; the slot is given back all the same.
        if let Some(held) = self.room_mut(id).and_then(|room| room.held.take()) {
            held.answer(&mut self.memory, Response::Later);
        }
        let home = self.rooms.get_mut(usize::from(id.0)).and_then(Option::take).map(|room| room.home);
        home.map_or(Ok(()), |home| home.dissolve(&mut self.memory))
    }

    fn tell_waiter(&mut self, id: DomainId, what: impl Fn(Instance) -> Answer) {
        if let Some(module) = self.ledger.module(id) {
            let instance = Instance { domain: id, generation: module.generation };
            if self.room(id).is_some_and(|room| room.waiter.is_some()) {
                self.answer_waiter(id, &what(instance));
            }
        }
    }

    /// Answers the operator that waits for this module, if one does.
    pub(in crate::supervisor) fn answer_waiter(&mut self, id: DomainId, told: &Answer) {
        match self.room_mut(id).and_then(|room| room.waiter.take()) {
            Some(Asks::Operator(waiter)) => waiter.answer(&mut self.memory, answer(told)),
            Some(Asks::Push(pushed)) => self.has_come_of(pushed, told),
            None => {}
        }
    }

    /// The state of a module.
    pub(in crate::supervisor) fn state(&self, id: DomainId) -> Option<State> {
        self.ledger.module(id).map(Module::state)
    }
}

//! Instances that are being made: a bounded piece of one of them in a turn, then others run.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::manifest::OnLoss;
use root_task_core::elf_plan::ElfPlan;

use super::instance::StartError;
use crate::domain::building::{Building, Progress, Spec};
use crate::file::File;
use crate::memory::{Leak, OutOf};
use crate::say;
use crate::supervisor::Supervisor;
use crate::supervisor::asked::operator::refusal;
use crate::supervisor::end::errands::Errand;

impl Supervisor {
    /// Begins a new instance of a loaded module. A small one runs when this returns; the pieces of a large one follow in
    /// turns of their own.
    ///
    /// # Errors
    /// [`StartError`]; nothing of the instance is left.
    pub(in crate::supervisor) fn start_instance(
        &mut self,
        id: DomainId,
        plan: &ElfPlan,
        file: &File,
    ) -> Result<Instance, StartError> {
        let name = self.ledger.module(id).ok_or(StartError::NotDead)?.name;
        let device = self.device_of(&name).is_some();
        let generation = self.ledger.start(id).ok_or(StartError::NotDead)?;
        let instance = Instance { domain: id, generation };
        let begun = self.with_room_for(|memory| Building::begin(memory, plan, file, instance, device));
        match begun.and_then(|building| self.clear_and_build(id, building)) {
            Ok(()) => Ok(instance),
            Err(error) => {
                self.ledger.died(id);
                Err(StartError::Create(error))
            }
        }
    }

    /// Has the memory of a large instance cleared before anything is made of it.
    fn clear_and_build(&mut self, id: DomainId, building: Building) -> Result<(), OutOf> {
        if !building.is_large() {
            return self.build(id, building);
        }
        if let Some(room) = self.room_mut(id) {
            room.building = Some(building);
            self.carry_out(Errand::Clear(id));
        }
        Ok(())
    }

    /// The memory of an instance is cleared: it can be made of it.
    pub(in crate::supervisor) fn is_cleared(&mut self, id: DomainId) {
        if let Some(building) = self.room(id).and_then(|room| room.building.as_ref()) {
            building.has_been_cleared();
            // There is room: a domain is in the list at most once, and the list is as long as the table.
            let _ = self.unfinished.push(id);
        }
    }

    /// Does a piece of an instance. When all of it is there it runs; otherwise it waits for its next turn.
    fn build(&mut self, id: DomainId, mut building: Building) -> Result<(), OutOf> {
        let Some(name) = self.ledger.module(id).map(|module| module.name) else { return Ok(()) };
        let names = if name == self.system.name_server { None } else { self.names_endpoint() };
        let names = names.map(|endpoint| (endpoint, self.system.asks_as(&name)));
        let Some(room) = self.room(id) else { return Ok(()) };
        let device = self.device_of(&name);
        let notified = room.request.departures || self.ledger.on_loss(id) == OnLoss::Notify;
        let spec = Spec { home: &room.home, supervisor: self.endpoint, names, device, notified };
        let progress = building.step(&self.scratch, &spec);
        let Some(room) = self.rooms.get_mut(usize::from(id.0)).and_then(Option::as_mut) else {
            return Ok(());
        };
        match progress {
            Ok(Progress::More) => {
                room.building = Some(building);
                // There is room: a domain is in the list at most once, and the list is as long as the table.
                let _ = self.unfinished.push(id);
                self.let_others_run();
                return Ok(());
            }
            Ok(Progress::Done) => room.domain = Some(building.finish(&mut self.memory)?),
            Err(error) => {
                // What went wrong is known; the memory is whole after the revoke all the same.
                let _ = building.abandon(&mut self.memory);
                return Err(error.into());
            }
        }
        self.begin_usage(id);
        self.init_begins(id);
        self.act_if_asked(&name);
        Ok(())
    }

    /// Does a piece of the instance whose turn it is.
    pub(in crate::supervisor) fn build_next(&mut self) {
        if self.unfinished.is_empty() {
            return;
        }
        let id = self.unfinished.remove(0);
        let Some(building) = self.room_mut(id).and_then(|room| room.building.take()) else { return };
        if let Err(error) = self.build(id, building) {
            self.ledger.died(id);
            self.is_not_started(id, &StartError::Create(error));
        }
    }

    /// An instance that was begun, or was to be, could not be made.
    pub(in crate::supervisor) fn is_not_started(&mut self, id: DomainId, error: &StartError) {
        let Some(module) = self.ledger.module(id) else { return };
        let (name, generation, was_live) = (module.name, module.generation, module.was_live);
        if was_live {
            say!("[{name}] was not restarted: {error}");
            self.keep_words(name, generation, format_args!("was not restarted: {error}"));
            if self.trial_has_failed(id, format_args!("{error}")) {
                self.start_again(id);
            } else {
                self.give_up(id);
            }
        } else {
            self.answer_waiter(id, &refusal(format_args!("{name}: {error}")));
            self.report_leak(id, name);
        }
    }

    /// Takes down what there is of an instance that is being made.
    pub(in crate::supervisor) fn abandon(&mut self, id: DomainId) -> Result<u64, Leak> {
        self.unfinished.retain(|unfinished| *unfinished != id);
        let building = self.room_mut(id).and_then(|room| room.building.take());
        building.map_or(Ok(0), |building| building.abandon(&mut self.memory))
    }
}

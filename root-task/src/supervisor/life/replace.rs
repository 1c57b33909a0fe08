//! A module is replaced: the next instance is made of another file, and where that does not publish, of the earlier one.
//!
//! There are never two instances. The file is checked completely while the running one serves; then that ends as in a
//! restart, and its successor is on **trial** until its publish. A trial that fails costs the module the time of two
//! restarts, and nobody a name or a connection.

use core::fmt;

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::manifest::Request;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Sentence, State};
use ipc_proto::supervisor::Line;
use root_task_core::elf_plan::{Code, ElfPlan};
use root_task_core::restart::History;
use root_task_core::steps::{self, Demand};
use root_task_core::system::MAX_OPERATORS;

use super::instance::StartError;
use crate::file::File;
use crate::report::Cause;
use crate::supervisor::asked::operator::{
    is_not_loaded, later, not_loaded, refusal, refused, sentence, stays,
};
use crate::supervisor::waiter::Asker;
use crate::supervisor::{Response, Supervisor};

/// Replacements that were given up, and why. Each operator waits for one at most.
pub type Undone = Vec<(DomainId, Line), MAX_OPERATORS>;

impl Supervisor {
    /// An operator wants a module to be made of another file of the boot archive.
    pub(in crate::supervisor) fn replace_by_name(&mut self, name: &Name, file: &Name) -> Response {
        match self.archived(file) {
            Ok(file) => later(self.replace_by(name, file, Asker::Operator)),
            Err(error) if self.ledger.find(name).is_some() => {
                refused(format_args!("{name} stays as it is: {file}: {error}"))
            }
            Err(_) => not_loaded(name),
        }
    }

    /// A module is to be made of another file.
    ///
    /// # Errors
    /// Why it is not: it stays as it is.
    pub(in crate::supervisor) fn replace_by(
        &mut self,
        name: &Name,
        file: File,
        asker: Asker,
    ) -> Result<(), Sentence> {
        let id = self.ledger.find(name).ok_or_else(|| is_not_loaded(name))?;
        let state = self.state(id).ok_or_else(|| is_not_loaded(name))?;
        if self.is_pinned(name) && state != State::Failed {
            return Err(stays(name, "replaced"));
        }
        self.is_not_ending(id, name)?;
        let Some(demand) = steps::restart_on_demand(self, id).filter(|_| !self.is_being_made(id)) else {
            return Err(sentence(format_args!(
                "{name} is {state}: `replace` is for a module that has been live, and not while its next instance is made"
            )));
        };
        let of = file.name;
        let as_it_is = |why: &dyn fmt::Display| sentence(format_args!("{name} stays as it is: {of}: {why}"));
        let plan = self.plan(name, &file).map_err(|error| as_it_is(&error))?;
        self.grants(name, &plan.request).map_err(|difference| as_it_is(&difference))?;
        // It would come to no publish, and what the server has in its memory would be lost for nothing.
        if plan.request.program && self.room(id).is_some_and(|room| !room.request.program) {
            return Err(as_it_is(&format_args!(
                "it is a program, and {name} is a server: load it under a name of its own"
            )));
        }
        self.while_it_waits(id, asker, |supervisor| {
            supervisor.forgive(id);
            supervisor.forget_undone(id);
            if let Some(room) = supervisor.room_mut(id) {
                room.files.replace(file);
            }
            match demand {
                Demand::Replace => supervisor.dies(id, Cause::Replaced(of)),
                Demand::Await => supervisor.is_wanted_again(id),
                Demand::Mend | Demand::Hurry => supervisor.start_again(id),
            }
        })
    }

    /// What the next instance of a module is made of. Whatever is known of the newest one's file is known of this from now
    /// on.
    pub(in crate::supervisor) fn next_plan(&mut self, id: DomainId) -> Result<(ElfPlan, File), StartError> {
        let name = self.ledger.module(id).ok_or(StartError::NotDead)?.name;
        let file = self.room_mut(id).ok_or(StartError::NotDead)?.files.start();
        let plan = self.plan(&name, &file)?;
        if let Some(room) = self.room_mut(id) {
            room.request = plan.request;
            room.code = Code::of(&plan, file.clone());
        }
        self.fit(id, &name, &plan.request);
        Ok((plan, file))
    }

    /// The next instance of a module is made of a file that asks for this.
    pub(in crate::supervisor) fn fit(&mut self, id: DomainId, name: &Name, request: &Request) {
        let on_loss = self.system.on_loss_of(name, request.on_loss);
        self.ledger.fit(id, request.connections, request.departures, on_loss);
    }

    /// The instance has published: if it was on trial, it is no longer. An operator who waits for a replacement that was
    /// given up is told so.
    pub(in crate::supervisor) fn trial_is_over(&mut self, who: Instance) {
        let Some(room) = self.room_mut(who.domain) else { return };
        room.files.publish();
        if let Some(why) = self.take_undone(who.domain)
            && let Some(name) = self.ledger.module(who.domain).map(|module| module.name)
        {
            let generation = who.generation;
            let answer = refusal(format_args!(
                "{name} was not replaced: {why}; with its earlier file it is live again: generation {generation}"
            ));
            self.answer_waiter(who.domain, &answer);
        }
    }

    /// The newest instance is dead, or could not be made. If it was on trial, the next one is made of the earlier file;
    /// `false` where it was not.
    pub(in crate::supervisor) fn trial_has_failed(&mut self, id: DomainId, why: fmt::Arguments<'_>) -> bool {
        let Some(room) = self.room_mut(id).filter(|room| room.files.is_on_trial()) else { return false };
        if let Some(file) = room.files.fail() {
            // It is not the earlier file's doing.
            room.history = History::default();
            let words = crate::supervisor::asked::journal::line(format_args!("{}: {why}", file.name));
            // Where there is no room the operator is told less, and the console says it all the same.
            let _ = self.undone.push((id, words));
            self.tell_of(
                id,
                format_args!("was not replaced by {}: it is started with its earlier file", file.name),
            );
        }
        true
    }

    fn take_undone(&mut self, id: DomainId) -> Option<Line> {
        let index = self.undone.iter().position(|(of, _)| *of == id)?;
        Some(self.undone.remove(index).1)
    }

    /// Nobody is to be told of it any more.
    pub(in crate::supervisor) fn forget_undone(&mut self, id: DomainId) {
        self.undone.retain(|(of, _)| *of != id);
    }

    /// What an operator is told who waits for a module of which there will be no further instance.
    pub(in crate::supervisor) fn is_not_live_again(&mut self, id: DomainId) -> Answer {
        if let Some(room) = self.room_mut(id) {
            room.files.fail();
        }
        match (self.take_undone(id), self.ledger.module(id)) {
            (Some(why), Some(module)) => refusal(format_args!(
                "{0} was not replaced: {why}; nor is it live again with its earlier file: `restart {0}` starts that",
                module.name
            )),
            _ => Answer::Done,
        }
    }
}

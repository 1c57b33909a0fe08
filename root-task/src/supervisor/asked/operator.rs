//! What an operator asks of the supervisor.

use core::fmt;

use heapless::{String, Vec};
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, ModuleInfo, Outcome, PAGE, Request, Sentence, State};
use ipc_proto::supervisor::Args;

use root_task_core::steps;

use crate::report::Cause;
use crate::supervisor::waiter::{Asker, Asks, NotSaved, Waiter};
use crate::supervisor::{Response, Supervisor, answer, status};
use crate::{audit, console};

/// A sentence, cut at its bound.
pub fn sentence(words: fmt::Arguments<'_>) -> Sentence {
    cut(words)
}

/// Text, cut at its bound.
pub fn cut<const N: usize>(words: fmt::Arguments<'_>) -> String<N> {
    let mut text = String::new();
    // An error means that there is no room for more: what fitted is kept.
    let _ = fmt::write(&mut text, words);
    text
}

/// A refusal as a sentence.
pub(in crate::supervisor) fn refusal(words: fmt::Arguments<'_>) -> Answer {
    Answer::Refused(sentence(words))
}

pub(in crate::supervisor) fn is_not_loaded(name: &Name) -> Sentence {
    sentence(format_args!("{name} is not loaded: `ps` lists what is"))
}

pub(in crate::supervisor) fn stays(name: &Name, done: &str) -> Sentence {
    sentence(format_args!("{name} is pinned by the system's manifest: it is not {done}"))
}

/// [`refusal`], for who asks now.
pub fn refused(words: fmt::Arguments<'_>) -> Response {
    answer(&refusal(words))
}

/// [`is_not_loaded`], for who asks now.
pub(in crate::supervisor) fn not_loaded(name: &Name) -> Response {
    answer(&Answer::Refused(is_not_loaded(name)))
}

/// [`stays`], for who asks now.
pub(in crate::supervisor) fn pinned(name: &Name, done: &str) -> Response {
    answer(&Answer::Refused(stays(name, done)))
}

/// For an operator who asks for something that takes a while, and waits for it, or is told why it is not begun.
pub(in crate::supervisor) fn later(begun: Result<(), Sentence>) -> Response {
    match begun {
        Ok(()) => Response::Later,
        Err(why) => answer(&Answer::Refused(why)),
    }
}

impl Supervisor {
    pub(in crate::supervisor) fn operator_asks(&mut self, who: Instance, request: Request) -> Response {
        if !self.is_operator(who.domain) {
            return status(Status::Refused);
        }
        match request {
            Request::Load { name, args, hold, wait: true } => self.load_for_who_waits(name, args, hold),
            Request::Load { name, args, hold, wait: false } => match self.load(name, args, hold) {
                Ok(instance) => answer(&Answer::Loaded { instance, outcome: Outcome::Started }),
                Err(why) => answer(&Answer::Refused(why)),
            },
            Request::Release { name } => self.release(&name),
            Request::Unload { name, now } => self.unload_by_name(who.domain, &name, now),
            Request::CancelUnload { name } => self.cancel_unload(&name),
            Request::Revoke { name, client } => self.revoke_by_name(&name, &client),
            Request::Caps { name, from } => self.caps(&name, from),
            Request::Holders { name, from } => self.holders(&name, from),
            Request::Marks { name } => self.marks(&name),
            Request::Windows { name, from } => self.windows_of(&name, from),
            Request::Crash { name } => self.crash(&name),
            Request::Restart { name } => self.restart_by_name(&name),
            Request::Replace { name, file } => self.replace_by_name(&name, &file),
            Request::After { name, act, nanoseconds, since } => self.act_after(name, act, nanoseconds, since),
            Request::TakeBack { name, act } => answer(&Answer::TakenBack(self.take_act_back(name, act))),
            Request::LastDeath { name } => {
                answer(&Answer::LastDeath(self.deaths.iter().find(|death| death.name == name).copied()))
            }
            Request::Report { name, part } => self.report(&name, part),
            Request::Modules { from } => {
                let (page, next) = self.modules(from);
                answer(&Answer::Modules(page, next))
            }
            Request::Stack { name } => self.stack_of(&name),
            Request::Service { service } => answer(&Answer::Service(self.ledger.service_info(service))),
            Request::Waits { from } => {
                let (page, next) = self.waits_from(from);
                answer(&Answer::Waits(page, next))
            }
            Request::Examine { name } => self.examine_by_name(&name),
            Request::Log { module, from } => self.log_from(module.as_ref(), from),
            Request::Dependents { from } => self.dependents_from(from),
            Request::Follow { module, from } => self.follow(who, module, from),
            Request::Memory => answer(&Answer::Memory(self.memory.books())),
            Request::Audit { retype } => answer(&Answer::Proof(audit::prove(&self.memory, retype))),
            Request::Fingerprint { except } => self.fingerprint(who.domain, &except),
            Request::Print { text } => {
                console::raw(&text);
                answer(&Answer::Done)
            }
        }
    }

    fn is_operator(&self, id: DomainId) -> bool {
        self.ledger.module(id).is_some_and(|module| self.system.operators.contains(&module.name))
    }

    pub(in crate::supervisor) fn is_pinned(&self, name: &Name) -> bool {
        self.system.pinned.contains(name)
    }

    /// Keeps whoever asks waiting for `id`.
    ///
    /// # Errors
    /// What it is told where it cannot wait: one can wait for a module. Nothing has changed.
    fn wait_for(&mut self, id: DomainId, asker: Asker) -> Result<(), Sentence> {
        let taken = match self.room(id).map(|room| &room.waiter) {
            Some(None) => None,
            Some(Some(Asks::Push(_))) => {
                Some("an earlier push of this module has not come to its end: `ps` shows its state")
            }
            Some(Some(Asks::Operator(_))) | None => Some("another operator waits for this module"),
        };
        if let Some(taken) = taken {
            return Err(sentence(format_args!("{taken}")));
        }
        let waiter = match asker {
            Asker::Push(pushed) => Asks::Push(pushed),
            Asker::Operator => {
                let saved = Waiter::save(&mut self.memory, &mut self.parking);
                Asks::Operator(saved.map_err(|error| sentence(format_args!("{error}")))?)
            }
        };
        self.is_waited_for(id, waiter);
        Ok(())
    }

    fn is_waited_for(&mut self, id: DomainId, by: Asks) {
        if let Some(room) = self.room_mut(id) {
            (room.waiter, room.died_since) = (Some(by), 0);
        }
    }

    /// Loads a module for an operator who waits for what comes of it. One who cannot wait is told so before anything is
    /// loaded.
    fn load_for_who_waits(&mut self, name: Name, args: Args, hold: bool) -> Response {
        let waiter = match Waiter::save(&mut self.memory, &mut self.parking) {
            Ok(waiter) => waiter,
            Err(why) => return refused(format_args!("{why}")),
        };
        match self.load(name, args, hold) {
            Ok(instance) => self.is_waited_for(instance.domain, Asks::Operator(waiter)),
            Err(why) => waiter.answer(&mut self.memory, answer(&Answer::Refused(why))),
        }
        Response::Later
    }

    /// Does something to a module of which somebody waits for what comes of it.
    ///
    /// # Errors
    /// What they are told where they cannot wait: then it is not done.
    pub(in crate::supervisor) fn while_it_waits(
        &mut self,
        id: DomainId,
        asker: Asker,
        does: impl FnOnce(&mut Supervisor),
    ) -> Result<(), Sentence> {
        self.wait_for(id, asker)?;
        does(self);
        Ok(())
    }

    /// Keeps a publisher waiting until it is released: its answer is its way on.
    pub(in crate::supervisor) fn hold_publisher(&mut self, id: DomainId) -> Response {
        match Waiter::save(&mut self.memory, &mut self.parking) {
            Ok(waiter) => {
                let first = self.room_mut(id).and_then(|room| room.held.replace(waiter));
                // A module has one thread; should two have published all the same, the slot of the first comes back.
                if let Some(first) = first {
                    first.answer(&mut self.memory, answer(&ipc_proto::supervisor::Answer::Refused));
                }
                Response::Later
            }
            // It goes on, and nothing of it is visible before it is released.
            Err(NotSaved::Nobody) => Response::Later,
            // It publishes without being held: better than to keep it for ever.
            Err(NotSaved::OutOf(_)) => {
                self.let_go(id);
                answer(&ipc_proto::supervisor::Answer::Done)
            }
        }
    }

    /// Publishes a held module's names in this one turn.
    fn let_go(&mut self, id: DomainId) -> bool {
        steps::release(self, id)
    }

    fn release(&mut self, name: &Name) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        if !self.let_go(id) {
            return refused(format_args!("{name} is not held: only `load --hold` holds a module"));
        }
        if let Some(held) = self.room_mut(id).and_then(|room| room.held.take()) {
            held.answer(&mut self.memory, answer(&ipc_proto::supervisor::Answer::Done));
        }
        match self.ledger.module(id) {
            Some(module) => answer(&Answer::Loaded {
                instance: Instance { domain: id, generation: module.generation },
                outcome: Outcome::Live,
            }),
            None => not_loaded(name),
        }
    }

    fn crash(&mut self, name: &Name) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        if self.is_pinned(name) {
            return pinned(name, "crashed");
        }
        match self.state(id) {
            Some(State::Live) => later(self.while_it_waits(id, Asker::Operator, |supervisor| {
                supervisor.dies(id, Cause::Operator);
            })),
            _ => refused(format_args!("{name} is not live: `ps` shows its state")),
        }
    }

    fn modules(&self, from: u16) -> (Vec<ModuleInfo, PAGE>, Option<u16>) {
        let mut page = Vec::new();
        for (id, module) in self.ledger.iter().filter(|(id, _)| id.0 >= from) {
            let memory =
                self.room(id).and_then(|room| room.domain.as_ref()).map_or(0, |domain| domain.bytes());
            let info = ModuleInfo {
                name: module.name,
                instance: Instance { domain: id, generation: module.generation },
                state: module.state(),
                restarts: module.restarts,
                memory,
            };
            if page.push(info).is_err() {
                return (page, Some(id.0));
            }
        }
        (page, None)
    }
}

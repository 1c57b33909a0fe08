//! An instance of a module: its file, what happens to its callers when it dies, its end.

use core::fmt;

use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::manifest::Request;
use ipc_proto::name::Name;
use ipc_proto::registrar::Refusal;
use root_task_core::allowance::{Allowance, Difference};
use root_task_core::elf_plan::{ElfError, ElfPlan, Limits};
use root_task_core::steps;

use crate::arch;
use crate::domain::Domain;
use crate::file::File;
use crate::memory::{Leak, OutOf};
use crate::say;
use crate::supervisor::Supervisor;
use crate::supervisor::end::rescue::{Domains, Fate, Served};
use crate::supervisor::room::Connections;

/// Why an instance could not be started.
pub enum StartError {
    /// The archive has no file of that name.
    NoFile,
    /// The file is not a module.
    Elf(ElfError),
    /// The domain could not be made.
    Create(OutOf),
    /// The module has used up its 2^32 generations, or runs already: a bug of the root task.
    NotDead,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::NoFile => {
                f.write_str("it is not in the boot archive: add it to the system's manifest, or push it")
            }
            StartError::Elf(error) => error.fmt(f),
            StartError::Create(error) => error.fmt(f),
            StartError::NotDead => f.write_str("it cannot be started in the state that it is in"),
        }
    }
}

impl Supervisor {
    /// A file of the boot archive.
    ///
    /// # Errors
    /// [`StartError::NoFile`].
    pub(in crate::supervisor) fn archived(&self, file: &Name) -> Result<File, StartError> {
        self.archive.find(file).map(|bytes| File::archived(*file, bytes)).ok_or(StartError::NoFile)
    }

    /// Checks the file of a module. The manifest of one of the boot archive must say the module's name, or the file's.
    ///
    /// # Errors
    /// [`StartError::Elf`].
    pub(in crate::supervisor) fn plan(&self, name: &Name, file: &File) -> Result<ElfPlan, StartError> {
        let called = (!file.is_pushed()).then_some(file.name);
        let limits = Limits { replaces: Some(*name), ..Limits::new(arch::MACHINE, called) };
        ElfPlan::check(file, &limits).map_err(StartError::Elf)
    }

    /// What a module is granted, if that is as much as one of its files asks for.
    ///
    /// # Errors
    /// The difference.
    #[inline]
    pub(in crate::supervisor) fn grants(
        &self,
        name: &Name,
        request: &Request,
    ) -> Result<Allowance, Difference> {
        let allowance = self.system.allowance_of(name);
        allowance.check(request, self.system.device_of(name))?;
        Ok(allowance)
    }

    pub(in crate::supervisor) fn names_endpoint(&self) -> Option<sel4::cap::Endpoint> {
        let id = self.ledger.find(&self.system.name_server)?;
        let room = self.room(id)?;
        // Whoever asks one that has failed is told so.
        Some(if room.silenced { self.endpoint } else { room.home.endpoint() })
    }

    /// Stops the running instance and answers `callers`, who stand on calls to it; `next` takes its place. Where nobody
    /// does, those who wait to be received are answered, too, with this status. Its memory stays as it is. Gives the calls
    /// that it had received.
    pub(in crate::supervisor) fn bury(
        &mut self,
        id: DomainId,
        callers: &Domains,
        next: Generation,
        queued: Option<Status>,
    ) -> Served {
        let Some(domain) =
            self.rooms.get_mut(usize::from(id.0)).and_then(|room| room.as_mut()?.domain.as_mut())
        else {
            // It is dead, and reaped or kept for its report: those are left who wait for the next instance.
            let fate = Fate { interrupted: (Generation::NONE, next), queued };
            return self.answer_callers(id, callers, fate);
        };
        domain.freeze();
        let instance = domain.instance;
        self.lose_windows_of(id);
        let generation = instance.generation;
        steps::leaves(self, instance);
        let fate = Fate { interrupted: (generation, next), queued };
        match self.callers_but_peer(id, callers) {
            // In its init it receives its peer's calls only.
            Some((others, served)) => {
                self.answer_callers(id, &others, fate);
                served
            }
            None => self.answer_callers(id, callers, fate),
        }
    }

    /// Destroys a dead instance and gives its memory back.
    pub(in crate::supervisor) fn reap(&mut self, id: DomainId) -> Result<u64, Leak> {
        self.drop_errands_of(id);
        let Some((domain, connections, annex)) = self.sever(id) else { return self.abandon(id) };
        let whole =
            domain.destroy_with(&mut self.memory, &connections).and_then(|bytes| annex.map(|()| bytes));
        if let Err(leak) = &whole {
            say!("supervisor: domain {id}: {leak}");
        }
        whole
    }

    /// Takes a dead instance out of its room, without its device and what it shared memory with; gives the slots of its
    /// connections, and whether all memory came back that was not its own.
    #[inline(always)]
    pub(in crate::supervisor) fn sever(
        &mut self,
        id: DomainId,
    ) -> Option<(Domain, Connections, Result<(), Leak>)> {
        let room = self.rooms.get_mut(usize::from(id.0)).and_then(Option::as_mut)?;
        let (domain, connections) = (room.domain.take()?, core::mem::take(&mut room.last_connections));
        if domain.device
            && let Some(module) = self.ledger.module(id)
            && let (Some(device), Some(room)) = (self.device_of(&module.name), self.room(id))
        {
            device.take_back(&room.home);
        }
        let annex = self.room_mut(id).and_then(|room| room.annex.take());
        let annex = annex.map_or(Ok(()), |annex| annex.dissolve(&mut self.memory));
        Some((domain, connections, annex))
    }

    /// Makes the capability that the ledger has decided on: the service's endpoint, minted for the client into a slot
    /// of its CSpace.
    pub(in crate::supervisor) fn mint_connection(
        &mut self,
        client: DomainId,
        connection: &root_task_core::ledger::Connection,
    ) -> Result<(), Refusal> {
        let Some(badge) = connection.mint else { return Ok(()) };
        let server = self.room(connection.server).ok_or(Refusal::Gone)?;
        let client = self.room(client).and_then(|room| room.domain.as_ref()).ok_or(Refusal::NoSuchDomain)?;
        client
            .let_send(u64::from(connection.slot), server.home.endpoint(), badge)
            .map_err(|_| Refusal::Kernel)
    }
}

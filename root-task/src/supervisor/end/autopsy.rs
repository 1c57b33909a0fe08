//! Dead instances: what is noted of each, and which are kept frozen until their report is taken or their memory is needed.
//!
//! At its death everything that reaches out of an instance is taken back as for a reaping; but where it can be kept, its
//! thread and its memory stay as they are, out of the way of the next instance, which is made from other memory. What
//! stays holds no capability and executes nothing. Whoever is not kept is looked at before it is reaped.

use core::mem;

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Backtrace, InService, LastLine, MAX_DEATHS, MAX_LINES, MAX_SERVED};
use root_task_core::autopsy::{self, Stack, Start};
use root_task_core::elf_plan::Code;
use root_task_core::layout::PAGE_SIZE;
use root_task_core::restart::{self, Decision};
use sel4::{SYSCALL_INSTRUCTION, UserContext};

use super::rescue::Served;
use crate::arch;
use crate::domain::Domain;
use crate::file::File;
use crate::memory::{Memory, OutOf};
use crate::report::Cause;
use crate::say;
use crate::scratch::Scratch;
use crate::supervisor::Supervisor;

/// The death of an instance that waits to be reaped.
pub struct Died {
    /// How it died.
    pub cause: Cause,
    /// What comes then.
    pub decision: Decision,
    /// The calls that it had, until that is noted for the report.
    pub served: Option<Served>,
}

/// What is known of the last death of a module.
pub struct Record {
    pub name: Name,
    pub instance: Instance,
    /// The file that it was made of.
    pub file: Name,
    pub micros: u64,
    pub cause: Cause,
    /// What comes then; nothing where its module does not stay.
    pub decision: Option<Decision>,
    /// The calls that it had, and how many more.
    pub served: (Vec<InService, MAX_SERVED>, u8),
    pub stack: Stack,
    pub registers: UserContext,
    /// Where its stack pointer is.
    pub pointer: u64,
    /// Its last lines in the log.
    pub lines: Vec<LastLine, MAX_LINES>,
    remains: Remains,
}

/// What there is of a dead instance's stack.
enum Remains {
    /// All of it.
    Frozen(Domain, Code<File>),
    /// What was seen there.
    Seen(Backtrace),
    /// Nothing: the system's manifest has none kept.
    Nothing,
}

/// The last deaths of modules, the newest last.
pub struct Autopsies {
    records: Vec<Record, MAX_DEATHS>,
    /// How many of them are frozen.
    frozen: u8,
}

impl Autopsies {
    /// Nobody has died.
    pub const fn new() -> Autopsies {
        Autopsies { records: Vec::new(), frozen: 0 }
    }

    /// Whether any dead instance is kept.
    pub fn are_frozen(&self) -> bool {
        self.frozen > 0
    }

    /// What is known of the last death of a module.
    pub fn of(&self, name: &Name) -> Option<&Record> {
        self.records.iter().find(|record| record.name == *name)
    }
}

impl Record {
    /// What was seen of its stack, if it was looked at.
    pub fn backtrace(&self) -> Option<&Backtrace> {
        match &self.remains {
            Remains::Seen(backtrace) => Some(backtrace),
            Remains::Frozen(..) | Remains::Nothing => None,
        }
    }

    /// The dead instance itself, if it is kept.
    pub fn frozen(&self) -> Option<&Domain> {
        match &self.remains {
            Remains::Frozen(domain, _) => Some(domain),
            Remains::Seen(_) | Remains::Nothing => None,
        }
    }
}

impl Supervisor {
    /// Notes how an instance has died that is to be reaped. With `stays`, its module goes on without it: it is kept where
    /// it can be.
    pub(in crate::supervisor) fn lay_out(&mut self, id: DomainId, stays: bool) {
        let Some(module) = self.ledger.module(id) else { return };
        let (name, was_live) = (module.name, module.was_live);
        let lines = self.last_lines(&name, self.room(id).map_or(0, |room| room.log_from));
        let Some(room) = self.rooms.get_mut(usize::from(id.0)).and_then(Option::as_mut) else { return };
        let Some(Died { cause, decision, served }) = room.death.as_mut() else { return };
        let Some(served) = served.take() else { return };
        let Some(domain) = room.domain.as_ref() else { return };
        if matches!(cause, Cause::Exited(0)) {
            return;
        }
        let mut calls = Vec::new();
        for (client, label) in &served.calls {
            // It can have been unloaded since.
            if let Some(module) = self.ledger.module(client.domain) {
                // There is room: they are as many at most.
                let _ = calls.push(InService {
                    client: module.name,
                    generation: client.generation,
                    label: *label,
                });
            }
        }
        let is_syscall = |at| room.code.has(at, &SYSCALL_INSTRUCTION);
        // Fails only for a capability that is not a thread, which this one is.
        let registers = domain.tcb().tcb_read_all_registers(false).unwrap_or_default();
        let stays = stays && was_live;
        let goes_on = stays || cause.kind() == restart::Cause::Demanded;
        let record = Record {
            name,
            instance: domain.instance,
            file: room.files.newest().name,
            micros: self.timer.now() / 1000,
            cause: cause.clone(),
            decision: Some(*decision).filter(|_| goes_on),
            served: (calls, served.more),
            stack: Stack::of(room.request.stack_bytes),
            pointer: arch::stack_pointer(&registers, is_syscall),
            registers,
            lines,
            remains: Remains::Nothing,
        };
        let (code, has_locker) = (room.code.clone(), room.request.locker_bits > 0);
        self.drop_record(&name);
        if self.autopsies.records.is_full() {
            self.thaw(0, false);
            self.autopsies.records.remove(0);
        }
        // There is room now.
        let _ = self.autopsies.records.push(record);
        if self.system.autopsies == 0 {
            return;
        }
        // What it keeps in a locker reaches out, too; and what takes long is done in turns.
        if !stays || has_locker || self.is_long(id) {
            self.look_at(id, &code);
            return;
        }
        if self.autopsies.frozen >= self.system.autopsies {
            self.thaw_oldest();
        }
        self.freeze(id, code);
    }

    /// Looks at the stack of an instance that is to be reaped, whose record is the last.
    fn look_at(&mut self, id: DomainId, code: &Code<File>) {
        let Some(domain) = self.rooms.get(usize::from(id.0)).and_then(|room| room.as_ref()?.domain.as_ref())
        else {
            return;
        };
        if let Some(record) = self.autopsies.records.last_mut() {
            record.remains = Remains::Seen(seen(record, domain, code, &self.scratch, &self.memory));
        }
    }

    /// Keeps a dead instance, whose record is the last, without anything that reaches out of it.
    fn freeze(&mut self, id: DomainId, code: Code<File>) {
        let Some((mut domain, connections, annex)) = self.sever(id) else { return };
        if let Err(leak) = annex {
            say!("supervisor: domain {id}: {leak}");
        }
        domain.disconnect(&connections);
        if let Some(record) = self.autopsies.records.last_mut() {
            self.memory.keep(domain.bytes(), domain.slot_count());
            record.remains = Remains::Frozen(domain, code);
            self.autopsies.frozen = self.autopsies.frozen.saturating_add(1);
        }
    }

    /// Gives back what is kept for a record, and notes what its stack says first, if that is wanted.
    fn thaw(&mut self, index: usize, look: bool) {
        let Some(record) = self.autopsies.records.get_mut(index) else { return };
        match mem::replace(&mut record.remains, Remains::Nothing) {
            Remains::Frozen(domain, code) => {
                if look {
                    record.remains = Remains::Seen(seen(record, &domain, &code, &self.scratch, &self.memory));
                }
                self.autopsies.frozen = self.autopsies.frozen.saturating_sub(1);
                self.memory.give_up(domain.bytes(), domain.slot_count());
                if let Err(leak) = domain.destroy(&mut self.memory) {
                    say!("supervisor: {}: {leak}", record.name);
                }
            }
            remains => record.remains = remains,
        }
    }

    /// Gives back what has been kept longest. `false` where nothing is.
    pub(in crate::supervisor) fn thaw_oldest(&mut self) -> bool {
        let is_frozen = |record: &Record| matches!(record.remains, Remains::Frozen(..));
        let oldest = self.autopsies.records.iter().position(is_frozen);
        oldest.inspect(|index| self.thaw(*index, true)).is_some()
    }

    /// Gives back what is kept of a module, and keeps what was seen there.
    pub(in crate::supervisor) fn thaw_module(&mut self, name: &Name) {
        if let Some(index) = self.autopsies.records.iter().position(|record| record.name == *name) {
            self.thaw(index, true);
        }
    }

    /// A module has died again: its earlier death is of no interest any more.
    fn drop_record(&mut self, name: &Name) {
        if let Some(index) = self.autopsies.records.iter().position(|record| record.name == *name) {
            self.thaw(index, false);
            self.autopsies.records.remove(index);
        }
    }

    /// Makes something that takes memory and slots; gives back what is kept, one after the other, where it does not fit.
    ///
    /// # Errors
    /// Those of `make`, when nothing is kept any more.
    pub(in crate::supervisor) fn with_room_for<T>(
        &mut self,
        mut make: impl FnMut(&mut Memory) -> Result<T, OutOf>,
    ) -> Result<T, OutOf> {
        loop {
            match make(&mut self.memory) {
                Err(OutOf::Memory(_) | OutOf::Slots(_)) if self.thaw_oldest() => {}
                made => return made,
            }
        }
    }
}

/// What a dead instance's stack says. Each of its pages is mapped at most once, since the walk only goes up.
fn seen(
    record: &Record,
    domain: &Domain,
    code: &Code<File>,
    scratch: &Scratch,
    memory: &Memory,
) -> Backtrace {
    let mut page = (0, [0; PAGE_SIZE as usize]);
    let mut word = |at: u64| -> Option<u64> {
        let start = at.checked_sub(at % PAGE_SIZE).filter(|start| *start != 0)?;
        if page.0 != start {
            let frame = domain.stack_frame(record.stack.top.checked_sub(start)?)?;
            let (kept, bytes) = (&mut page.0, &mut page.1);
            let read = scratch.read(frame, memory.probe(), |there| {
                arch::copy(bytes, there);
                *kept = start;
            });
            read.ok()?;
        }
        let offset = usize::try_from(at % PAGE_SIZE).ok()?;
        page.1.get(offset..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    };
    let pointer = record.pointer;
    let on_stack = record.stack.has_record(pointer) && pointer.is_multiple_of(8);
    let link = arch::link(&record.registers, || on_stack.then(|| word(pointer)).flatten());
    let start = Start { pc: record.registers.pc(), frame: arch::frame_pointer(&record.registers), link };
    // What returns behind the last instruction is a call, too.
    autopsy::walk(&start, &record.stack, |at| code.has(at, &[]), word)
}

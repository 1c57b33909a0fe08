//! What an operator sees of a module's last death.

use heapless::Vec;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Autopsy, Part, ReportAnswer, StackUse};
use root_task_core::autopsy::Stack;

use super::operator::{cut, refused, sentence};
use crate::domain::Domain;
use crate::supervisor::end::autopsy::Record;
use crate::supervisor::{Response, Room, Supervisor, answer};

impl Supervisor {
    /// A part of what is known of a module's last death.
    pub(in crate::supervisor) fn report(&mut self, name: &Name, part: Part) -> Response {
        self.note_if_dead(name);
        if part == Part::Stack {
            self.thaw_module(name);
        }
        let loaded = self.ledger.find(name).is_some();
        answer(&self.autopsies.of(name).map_or(ReportAnswer::None, |record| match part {
            Part::Death => ReportAnswer::Death(death(record, loaded)),
            Part::Registers => {
                let further = (0..).map_while(|number| record.registers.gpr(number));
                let mut registers = Vec::new();
                // There is room: the interface has as many as the machine.
                registers.extend([record.registers.pc(), record.registers.sp()].into_iter().chain(further));
                ReportAnswer::Registers(record.instance, registers)
            }
            Part::Line(number) => {
                let line = record.lines.get(usize::from(number));
                ReportAnswer::Line(record.instance, line.cloned())
            }
            Part::Stack => ReportAnswer::Stack(record.instance, record.backtrace().cloned()),
        }))
    }
}

impl Supervisor {
    /// How a module has died that is not reaped yet is noted now: whoever knows of the death by an answer, and asks, is one of
    /// the others that run before the reaping. When it is reaped, and what is started then, stays as it was.
    fn note_if_dead(&mut self, name: &Name) {
        if let Some(id) = self.ledger.find(name).filter(|id| self.dead.contains(id)) {
            self.lay_out(id, true);
        }
    }

    /// How much of its stack a module's instance has used. Where it is dead, that is seen as long as it is kept.
    pub(in crate::supervisor) fn stack_of(&self, name: &Name) -> Response {
        let room = self.ledger.find(name).and_then(|id| self.room(id));
        let Some((stack, domain)) = room.and_then(|room| self.stack_in(name, room)) else {
            return answer(&Answer::Stack(None));
        };
        // Twelve pages at most (`MAX_STACK`), some 4,000 instructions each.
        let used = stack.used(|page| {
            let frame = domain.stack_frame(stack.top.saturating_sub(page));
            let mut lowest = None;
            self.scratch.read(frame.ok_or(sel4::Error::RangeError)?, self.memory.probe(), |bytes| {
                lowest = bytes.chunks_exact(8).position(|word| word.iter().any(|byte| *byte != 0));
            })?;
            Ok::<_, sel4::Error>(lowest.map(|word| (word as u64).saturating_mul(8)))
        });
        match used {
            Ok(used) => {
                let size = u32::try_from(stack.top.saturating_sub(stack.bottom)).unwrap_or(u32::MAX);
                answer(&Answer::Stack(Some(StackUse { used, size })))
            }
            Err(error) => refused(format_args!(
                "the stack of {name} cannot be read ({error:?}), which is a bug of the root task"
            )),
        }
    }

    /// The stack of a module's running instance, or of the last one that is kept; and whose it is.
    fn stack_in<'a>(&'a self, name: &Name, room: &'a Room) -> Option<(Stack, &'a Domain)> {
        match &room.domain {
            Some(domain) => Some((Stack::of(room.request.stack_bytes), domain)),
            None => {
                let record = self.autopsies.of(name)?;
                Some((record.stack, record.frozen()?))
            }
        }
    }
}

/// Of a module that has been unloaded since nothing is said that was to follow: it does not any more.
fn death(record: &Record, loaded: bool) -> Autopsy {
    let fault = record.cause.fault_address();
    Autopsy {
        instance: record.instance,
        file: record.file,
        micros: record.micros,
        cause: sentence(format_args!("{}", record.cause)),
        then: match record.decision.filter(|_| loaded) {
            Some(decision) => cut(format_args!("{decision}")),
            None => cut(format_args!("its module is not loaded any more")),
        },
        fault,
        stack: (record.stack.bottom, record.stack.top),
        trouble: record.stack.trouble(record.pointer, fault),
        served: record.served.0.clone(),
        more: record.served.1,
    }
}

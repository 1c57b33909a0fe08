//! What an operator sees of a module's last death.

use heapless::Vec;
use ipc_proto::name::Name;
use ipc_proto::operator::{Autopsy, Part, ReportAnswer};

use super::operator::{cut, sentence};
use crate::supervisor::end::autopsy::Record;
use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// A part of what is known of a module's last death.
    pub(in crate::supervisor) fn report(&mut self, name: &Name, part: Part) -> Response {
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

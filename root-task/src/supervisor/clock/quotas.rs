//! How much of the supervisor's time and of the log a module may have in a period.
//!
//! A module that sends more messages than it may is slowed down: until the period is over it runs only when nobody else
//! wants to. Each message is answered all the same; nothing is lost. Lines of log above the bound are left out, and
//! counted.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::supervisor::Line;
use root_task_core::alarms::What;
use root_task_core::allowance::Allowance;
use root_task_core::meter::{Exceeded, Meter, PERIOD};

use crate::supervisor::{Room, Supervisor};
use crate::{arch, say};

/// The priority of a module that is slowed down: below that of every module.
const SLOW: u64 = 0;

/// What a module has used in this period.
#[derive(Default)]
pub struct Usage {
    messages: Meter,
    log: Meter,
    /// Lines of log that were left out.
    left_out: u32,
    /// It runs only when nobody else wants to.
    slow: bool,
    /// It has been told of once.
    told: bool,
}

impl Room {
    /// The module's own priority, as it is now.
    pub fn priority(&self) -> u64 {
        if self.usage.slow { SLOW } else { u64::from(self.request.priority) }
    }
}

impl Supervisor {
    /// Counts a message of a running module, and slows the module down where it is one too many.
    pub(in crate::supervisor) fn count_message(&mut self, who: Instance) {
        let Supervisor { rooms, timer, .. } = self;
        let Some(room) = rooms.get_mut(usize::from(who.domain.0)).and_then(Option::as_mut) else { return };
        let Allowance { messages, .. } = room.allowance;
        if let Err(Exceeded { until }) = room.usage.messages.spend(1, messages, || timer.now()) {
            self.slow_down(who, until);
        }
    }

    fn slow_down(&mut self, who: Instance, until: u64) {
        let Some(room) = self.room_mut(who.domain).filter(|room| !room.usage.slow) else { return };
        room.usage.slow = true;
        let (told, messages) = (core::mem::replace(&mut room.usage.told, true), room.allowance.messages);
        self.set_priority(who.domain);
        self.period_ends(who, until);
        if !told {
            let period = PERIOD / 1_000_000;
            self.tell_of(
                who.domain,
                format_args!(
                    "is slowed down: more than {messages} messages in {period} ms (messages in its grants)"
                ),
            );
        }
    }

    /// The priority that a module's thread has now: its own, or that of one who is examined.
    pub(in crate::supervisor) fn priority_of(&self, id: DomainId) -> u64 {
        if self.examiner.has_raised(id) {
            return arch::EXAMINED_PRIORITY;
        }
        self.room(id).map_or(SLOW, Room::priority)
    }

    /// Gives a module's thread that priority.
    pub(in crate::supervisor) fn set_priority(&self, id: DomainId) {
        let authority = sel4::init_thread::slot::TCB.cap();
        if let Some(domain) = self.room(id).and_then(|room| room.domain.as_ref()) {
            // Fails only for a capability that is not a thread, which this one is.
            let _ = domain.tcb().tcb_set_priority(authority, self.priority_of(id));
        }
    }

    fn period_ends(&mut self, who: Instance, at: u64) {
        // There is always room: one for each module is left free.
        let _ = self.alarms.set(What::PeriodOver(who), at);
        self.set_timer();
    }

    /// The period is over in which a module had more than it may.
    pub(in crate::supervisor) fn period_is_over(&mut self, who: Instance) {
        if !self.ledger.is_running(who) {
            return;
        }
        if let Some(room) = self.room_mut(who.domain)
            && core::mem::take(&mut room.usage.slow)
        {
            self.set_priority(who.domain);
        }
        self.tell_left_out(who);
    }

    /// A new instance begins with nothing used. What its predecessor had too much of is not told anew.
    pub(in crate::supervisor) fn begin_usage(&mut self, id: DomainId) {
        if let Some(room) = self.room_mut(id) {
            room.usage = Usage { told: room.usage.told, ..Usage::default() };
        }
    }

    /// Prints and keeps a line of a module's log, if it may have one more.
    pub(in crate::supervisor) fn log(&mut self, who: Instance, line: &Line) {
        let Supervisor { rooms, timer, ledger, .. } = self;
        let Some(room) = rooms.get_mut(usize::from(who.domain.0)).and_then(Option::as_mut) else { return };
        let Some(module) = ledger.module(who.domain) else { return };
        let (name, generation) = (module.name, module.generation);
        let bytes = u32::try_from(line.len()).unwrap_or(u32::MAX);
        match room.usage.log.spend(bytes, room.allowance.log_bytes, || timer.now()) {
            Ok(()) => {
                self.tell_left_out(who);
                say!("[{name}.{generation}] {line}");
                self.keep_line(name, generation, line);
            }
            Err(Exceeded { until }) => {
                room.usage.left_out = room.usage.left_out.saturating_add(1);
                self.keep_count(name);
                self.period_ends(who, until);
            }
        }
    }

    fn tell_left_out(&mut self, who: Instance) {
        let Some(room) = self.room_mut(who.domain) else { return };
        let (lines, bytes) = (core::mem::take(&mut room.usage.left_out), room.allowance.log_bytes);
        if lines > 0 {
            let period = PERIOD / 1_000_000;
            self.tell_of(
                who.domain,
                format_args!(
                    "has logged more than {bytes} bytes in {period} ms (log_bytes in its grants): {lines} lines were \
                     left out"
                ),
            );
        }
    }
}

//! Examines modules: what their threads do, and who keeps them from doing more. How that is found out is in
//! `root_task_core::hang`; here are the bell, the priorities and the registers.
//!
//! One module at a time is examined. In between the supervisor serves everybody as always: it waits for nothing.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Call, Examined, Finding, State, Until};
use root_task_core::alarms::What;
use root_task_core::hang::{self, Came, Examination, Stands, Step, Verdict};
use root_task_core::ledger::MAX_MODULES;
use root_task_core::system::MAX_OPERATORS;
use sel4::{SYSCALL_INSTRUCTION, UserContext};

use super::overdue::Unanswered;
use crate::arch;
use crate::bell::Bell;
use crate::supervisor::asked::operator::sentence;
use crate::supervisor::waiter::Waiter;
use crate::supervisor::{Response, Supervisor, answer};

/// Of each module one because of its init or its calls, and of each operator one that it waits for.
const MAX_JOBS: usize = MAX_MODULES + MAX_OPERATORS;

/// Who wants to know.
pub enum Why {
    /// An operator, who waits for it.
    Operator(Waiter),
    /// The supervisor: it has not answered this client's call in time, which has come so far.
    Call(DomainId, Unanswered),
    /// The supervisor: its init has not ended in time.
    Init,
}

struct Job {
    who: Instance,
    why: Why,
}

/// The examination that is under way, and those that wait for it.
pub struct Examiner {
    bell: Bell,
    /// The first is under way where there is an examination.
    jobs: Vec<Job, MAX_JOBS>,
    examination: Option<Examination>,
    /// Who runs above all others, and where it stood before.
    raised: Option<(DomainId, Option<Stands>)>,
}

impl Examiner {
    /// Nothing is examined. The bell signals what comes to [`Supervisor::examiner_rang`].
    pub fn new(bell: Bell) -> Examiner {
        Examiner { bell, jobs: Vec::new(), examination: None, raised: None }
    }

    /// The bell's answer came when it could not be heard: it comes once more.
    pub fn signal_again(&self) {
        self.bell.answer();
    }

    /// Whether this module runs above all others now.
    pub fn has_raised(&self, id: DomainId) -> bool {
        self.raised.is_some_and(|(raised, _)| raised == id)
    }

    /// Whether a module is examined, or is to be, because its init has not ended.
    pub fn examines_init(&self, id: DomainId) -> bool {
        self.jobs.iter().any(|job| job.who.domain == id && matches!(job.why, Why::Init))
    }

    /// Whether the supervisor itself has a module examined, or is about to.
    pub fn examines(&self, id: DomainId) -> bool {
        self.jobs.iter().any(|job| job.who.domain == id && !matches!(job.why, Why::Operator(_)))
    }
}

impl Supervisor {
    /// An operator wants to know what a module does. It is answered when that is known.
    pub(in crate::supervisor) fn examine_by_name(&mut self, name: &Name) -> Response {
        let Some(id) = self.ledger.find(name) else {
            return answer(&Examined::Refused(sentence(format_args!(
                "{name} is not loaded: `ps` lists what is"
            ))));
        };
        let Some(who) = self.runs_now(id) else {
            return answer(&Examined::Refused(sentence(format_args!(
                "{name} does not run: `ps` shows its state"
            ))));
        };
        let waiter = match Waiter::save(&mut self.memory, &mut self.parking) {
            Ok(waiter) => waiter,
            Err(error) => return answer(&Examined::Refused(sentence(format_args!("{error}")))),
        };
        self.examine(who, Why::Operator(waiter));
        Response::Later
    }

    pub(in crate::supervisor) fn runs_now(&self, id: DomainId) -> Option<Instance> {
        let who = self.room(id)?.domain.as_ref()?.instance;
        self.ledger.is_running(who).then_some(who)
    }

    /// Has a module examined, now or after the others.
    pub(in crate::supervisor) fn examine(&mut self, who: Instance, why: Why) {
        if let Err(Job { why, .. }) = self.examiner.jobs.push(Job { who, why }) {
            // An operator waits for one at a time, and of the supervisor's own there is one for each module. Where an
            // operator that has died left one behind, this one is told that nothing was found.
            self.is_examined(who, why, None);
        }
        self.examine_next();
    }

    /// Begins the next examination, if none is under way and the bell is silent.
    fn examine_next(&mut self) {
        while self.examiner.examination.is_none()
            && !self.examiner.bell.is_ringing()
            && let Some(Job { who, .. }) = self.examiner.jobs.first()
        {
            let who = *who;
            if !self.ledger.is_running(who) {
                self.end_examination(None);
                continue;
            }
            let (examination, step) = Examination::begin((who.domain, self.level_of(who.domain)));
            self.examiner.examination = Some(examination);
            self.examines_on(step);
        }
    }

    /// The bell of an examination has answered.
    pub(in crate::supervisor) fn examiner_rang(&mut self) {
        self.examiner.bell.rang();
        match self.examiner.examination {
            Some(_) => self.examination_goes_on(true),
            // It rang on for one that is over.
            None => self.examine_next(),
        }
    }

    /// The time is over that a step of an examination has.
    pub(in crate::supervisor) fn examination_is_over(&mut self) {
        self.examination_goes_on(false);
    }

    fn examination_goes_on(&mut self, bell: bool) {
        let Some(mut examination) = self.examiner.examination else { return };
        self.alarms.cancel(What::Examined);
        let mut came = Came { bell, unmoved: false };
        if let Some((id, before)) = self.examiner.raised.take() {
            self.set_priority(id);
            came = match self.stands(id) {
                Some(now) => Came { bell, unmoved: hang::unmoved(before.as_ref(), &now, bell) },
                // Who has died does not run any more.
                None => Came { bell: true, unmoved: true },
            };
        }
        let step = match self.examiner.jobs.first() {
            Some(job) if self.ledger.is_running(job.who) => examination.goes_on(came, self.levels()),
            _ => return self.end_examination(None),
        };
        self.examiner.examination = Some(examination);
        self.examines_on(step);
    }

    /// The modules that run, and the priority that each has now.
    fn levels(&self) -> impl Iterator<Item = hang::Runner> + Clone {
        let running = self.ledger.iter().map(|(id, _)| id);
        running
            .filter(|id| self.runs_now(*id).is_some())
            .map(|id| (id, self.level_of(id)))
            .collect::<Vec<_, MAX_MODULES>>()
            .into_iter()
    }

    fn level_of(&self, id: DomainId) -> u8 {
        self.room(id).and_then(|room| u8::try_from(room.priority()).ok()).unwrap_or(0)
    }

    fn examines_on(&mut self, step: Step) {
        let patience = match step {
            Step::Raise(id, window) => {
                self.examiner.raised = Some((id, self.stands(id)));
                self.set_priority(id);
                self.examiner.bell.hang_at(arch::BELOW_EXAMINED);
                window
            }
            Step::Ring(priority, patience) => {
                self.examiner.bell.hang_at(u64::from(priority));
                patience
            }
            Step::End(verdict) => {
                let finding = self.finding(verdict);
                return self.end_examination(finding);
            }
        };
        self.examiner.bell.ring();
        // There is always room: it is one of the supervisor's own.
        let _ = self.alarms.set(What::Examined, self.timer.now().saturating_add(patience));
        self.set_timer();
    }

    /// The first examination is over. If the bell still rings it comes back at once: nobody else stands so high.
    fn end_examination(&mut self, finding: Option<Finding>) {
        self.examiner.examination = None;
        self.examiner.bell.hang_at(arch::BELOW_EXAMINED);
        if !self.examiner.jobs.is_empty() {
            let Job { who, why } = self.examiner.jobs.remove(0);
            self.is_examined(who, why, finding);
        }
        self.examine_next();
    }

    /// Where a running module's thread stands.
    fn stands(&self, id: DomainId) -> Option<Stands> {
        self.runs_now(id)?;
        let room = self.room(id)?;
        let registers =
            room.domain.as_ref()?.tcb().tcb_read_registers(false, UserContext::SYSCALL_WORDS).ok()?;
        let on_call = room.code.has(registers.pc(), &SYSCALL_INSTRUCTION);
        let call = on_call.then(|| call(registers.syscall_number())).flatten();
        let call = call.map(|call| (call, registers.syscall_cap()));
        Some(Stands { ip: registers.pc(), call, notes: registers.call_notes() })
    }

    /// What the verdict on the first in the list means.
    fn finding(&self, verdict: Verdict) -> Option<Finding> {
        let id = self.examiner.jobs.first()?.who.domain;
        let (room, module, stands) = (self.room(id)?, self.ledger.module(id)?, self.stands(id)?);
        let to = stands.call.and_then(|(_, slot)| {
            let endowment = self.endowment_of(id, &module.name, room);
            endowment.grant(&self.ledger, id, u8::try_from(slot).ok()?)
        });
        let waits = self.waits.asked().find(|wait| wait.client.domain == id);
        let until = match module.state() {
            State::Held => Some(Until::Released),
            _ => waits.map(|wait| Until::Published(wait.name)),
        };
        let by = |by| Some((self.ledger.module(by)?.name, self.level_of(by)));
        Some(hang::finding(verdict, &stands, module.state(), to, until, self.level_of(id), by))
    }
}

/// The call of that number, if it is one that can block.
fn call(number: u64) -> Option<Call> {
    match number {
        sel4::sys::SYS_SEND => Some(Call::Send),
        sel4::sys::SYS_CALL => Some(Call::Call),
        sel4::sys::SYS_RECV => Some(Call::Recv),
        sel4::sys::SYS_REPLY_RECV => Some(Call::ReplyRecv),
        _ => None,
    }
}

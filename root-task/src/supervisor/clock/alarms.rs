//! What the supervisor does when its timer says so.

use ipc_proto::ids::Instance;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Answer, Fate, Since};
use ipc_proto::private::Ended;
use root_task_core::alarms::What;
use root_task_core::steps;

use crate::arch;
use crate::report::Cause;
use crate::supervisor::asked::operator::{not_loaded, pinned, refused};
use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// The timer's signal has come: does one thing that is due, if one is, and sets the timer to what comes next.
    pub(in crate::supervisor) fn timer_rang(&mut self) {
        self.timer.acknowledge();
        if let Some(what) = self.alarms.due(self.timer.now()) {
            self.goes_off(what);
        }
        self.set_timer();
    }

    pub(in crate::supervisor) fn set_timer(&mut self) {
        if let Some(at) = self.alarms.next() {
            self.timer.set(at);
        }
    }

    fn goes_off(&mut self, what: What) {
        match what {
            What::Act(who, act) if self.ledger.is_running(who) => self.act(who, act),
            // It has died by itself.
            What::Act(..) => {}
            What::Look => self.look_at_calls(),
            What::Waits => steps::look_at_waits(self),
            What::Examined => self.examination_is_over(),
            What::GoOn => self.go_on(),
            What::TurnOver => self.turn_is_over(),
            What::Restart(who) => self.restart_is_due(who),
            What::PeriodOver(who) => self.period_is_over(who),
            What::PrivateOver(who) if self.ledger.is_running(who) => {
                self.shut_private(who.domain, Ended::TimedOut);
            }
            What::PrivateOver(_) => {}
            What::Wake(who) if self.ledger.is_running(who) => self.wake(who),
            What::Wake(_) => {}
            What::StopOver(who) => self.stop_is_over(who),
            What::Line => self.line_rang(),
        }
    }

    fn act(&mut self, who: Instance, act: Act) {
        self.acted = self.ledger.module(who.domain).map(|module| (module.name, act));
        match act {
            Act::Crash => self.dies(who.domain, Cause::Operator),
            Act::Pause => self.pause(who.domain),
            Act::Revoke(client) => {
                // A client that is not there holds nothing.
                if let Some(client) = self.ledger.find(&client) {
                    self.revoke(client, who.domain, None);
                }
            }
            act => self.unload_act(who.domain, act),
        }
    }

    /// An operator wants something done at a moment that is yet to come.
    pub(in crate::supervisor) fn act_after(
        &mut self,
        name: Name,
        act: Act,
        nanoseconds: u64,
        since: Since,
    ) -> Response {
        if self.is_pinned(&name) {
            return pinned(&name, "crashed or unloaded");
        }
        self.acted = None;
        if let Since::NextStart(of) = since {
            self.at_start = Some((of, name, act, nanoseconds));
            return answer(&Answer::Done);
        }
        if self.ledger.find(&name).is_none() {
            return not_loaded(&name);
        }
        let Some(who) = self.running(&name) else {
            return refused(format_args!("{name} is not running: `ps` shows its state"));
        };
        if self.act_in(who, act, nanoseconds) {
            answer(&Answer::Done)
        } else {
            refused(format_args!("as many alarms are set as there can be: try again when one has gone off"))
        }
    }

    /// An operator does not want it any more.
    pub(in crate::supervisor) fn take_act_back(&mut self, name: Name, act: Act) -> Fate {
        let waits = self.at_start.take_if(|(_, of, what, _)| *of == name && *what == act).is_some();
        let set = self.running(&name).is_some_and(|who| self.alarms.cancel(What::Act(who, act)));
        match self.acted {
            _ if waits => Fate::NeverBegun,
            _ if set => Fate::TakenBack,
            Some(done) if done == (name, act) => Fate::Done,
            _ => Fate::Lapsed,
        }
    }

    /// A module has just been started: does what an operator has asked for, so much later.
    pub(in crate::supervisor) fn act_if_asked(&mut self, started: &Name) {
        if let Some((_, name, act, nanoseconds)) = self.at_start.take_if(|(of, ..)| of == started)
            && let Some(who) = self.running(&name)
        {
            self.act_in(who, act, nanoseconds);
        }
    }

    fn running(&self, name: &Name) -> Option<Instance> {
        let id = self.ledger.find(name).filter(|id| self.ledger.runs(*id))?;
        self.ledger.newest(id)
    }

    fn act_in(&mut self, who: Instance, act: Act, nanoseconds: u64) -> bool {
        // From here on every request takes equally long, so that a moment is one instruction of the instance's.
        arch::align();
        let at = self.timer.now().saturating_add(nanoseconds);
        let set = self.alarms.set(What::Act(who, act), at).is_ok();
        self.set_timer();
        // The timer's steps are coarser than an instruction. So the instance starts a little later for the moments
        // between two steps: its instructions shift against them.
        arch::delay(nanoseconds % arch::TIMER_STEP);
        set
    }
}

//! Plays a scenario's sweep: strikes at every moment of a command, and compares what comes of each.

use std::cell::RefCell;

use super::play::{announced, check_status};
use super::rounds::{Rounds, Step};
use super::settings::Sweep;
use super::{Scenario, matching};
use crate::machine::{Guest, Machine, MachineSpec};
use crate::session::conversation::{Answer, Conversation, Limits};

/// What the shell says where the moment came in time.
const STRUCK: &str = "struck";
/// How its line begins where the command was done earlier.
const NOT_STRUCK: &str = "not struck: ";
/// The last moment of a sweep whose command is not done before.
pub const LAST: u64 = 10_000_000;

/// At which moments to strike, in nanoseconds of the guest's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// The first.
    pub from: u64,
    /// From one to the next.
    pub step: u64,
    /// The last; the command's end, where that is earlier.
    pub to: u64,
}

/// What was seen, and what was wrong with it.
#[derive(Clone, Debug)]
pub struct Struck {
    /// All text of the console.
    pub console: Vec<u8>,
    /// At how many moments.
    pub times: u64,
    /// The last of them.
    pub last: Option<u64>,
    /// `Err` tells a person what may come and what came.
    pub verdict: Result<(), String>,
}

/// Plays it on one QEMU; `tell` gets how often it has struck, and the moment.
pub fn strike(
    scenario: &Scenario,
    sweep: (&Sweep, &Rounds),
    moments: Moments,
    spec: &MachineSpec,
    tell: impl Fn(u64, u64),
) -> Struck {
    match Machine::start(spec) {
        Ok(machine) => strike_on(scenario, sweep, moments, machine, tell),
        Err(error) => {
            Struck { console: Vec::new(), times: 0, last: None, verdict: Err(format!("{error:#}")) }
        }
    }
}

fn strike_on(
    scenario: &Scenario,
    sweep: (&Sweep, &Rounds),
    moments: Moments,
    machine: impl Guest,
    tell: impl Fn(u64, u64),
) -> Struck {
    let console = RefCell::new(Vec::new());
    let limits = Limits::for_budget(scenario.settings.budget);
    let see = |text: &[u8]| console.borrow_mut().extend_from_slice(text);
    let mut talk = Conversation::new(machine, limits, see);
    let mut play = Play { scenario, talk: &mut talk, times: 0, last: None };
    let verdict = play.all(sweep, moments, tell);
    let (times, last) = (play.times, play.last);
    talk.quit();
    Struck { console: console.into_inner(), times, last, verdict }
}

struct Play<'p, 'c> {
    scenario: &'p Scenario,
    talk: &'p mut Conversation<'c>,
    times: u64,
    last: Option<u64>,
}

impl Play<'_, '_> {
    fn all(
        &mut self,
        (sweep, rounds): (&Sweep, &Rounds),
        moments: Moments,
        tell: impl Fn(u64, u64),
    ) -> Result<(), String> {
        if let Answer::Halted(..) = self.talk.boot().map_err(|broken| format!("at boot: {broken}"))? {
            return Err("the system halted at boot".to_owned());
        }
        for line in &sweep.before {
            let (output, code) = self.types(line)?;
            if code != Some(0) {
                return Err(format!("before the first moment: `{line}` failed:\n{output}"));
            }
        }
        let during = &rounds.during;
        let mut moment = moments.from;
        while moment <= moments.to {
            let line = sweep.line(moment, &during.command);
            let (output, _) = self.types(&line)?;
            let (ends, rest): (Vec<&str>, Vec<&str>) =
                output.lines().partition(|line| *line == STRUCK || line.starts_with(NOT_STRUCK));
            match ends.as_slice() {
                [STRUCK] => {}
                [_] => break,
                _ => return Err(format!("`{line}` was not carried out:\n{output}")),
            }
            self.times = self.times.saturating_add(1);
            self.last = Some(moment);
            tell(self.times, moment);
            self.judge(during, moment, &rest.join("\n"))?;
            for step in &rounds.then {
                let (output, _) = self.types(&step.command)?;
                self.judge(step, moment, &output)?;
            }
            moment = moment.saturating_add(moments.step);
        }
        if self.times == 0 {
            let from = moments.from;
            return Err(format!("nothing was struck: `{}` was done in less than {from} ns", during.command));
        }
        match self.talk.command("halt") {
            Ok(Answer::Halted(_, 0)) => Ok(()),
            Ok(_) => Err("`halt` did not halt the system".to_owned()),
            Err(broken) => Err(format!("at the end: {broken}")),
        }
    }

    /// Types a line; gives what came, without what is logged: that comes when it comes.
    fn types(&mut self, line: &str) -> Result<(String, Option<u32>), String> {
        let said = match self.talk.command(line).map_err(|broken| format!("after `{line}`: {broken}"))? {
            Answer::Ready(said) => said,
            Answer::Halted(_, code) => return Err(format!("`{line}` halted the system with code {code}")),
        };
        check_status(&format!("`{line}`"), &said)?;
        let kept = said
            .output
            .lines()
            .filter(|line| !line.starts_with('[') && !announced(&self.scenario.settings, line));
        Ok((kept.collect::<Vec<_>>().join("\n"), said.code))
    }

    /// One of the outputs that may come must have come.
    fn judge(&self, step: &Step, moment: u64, output: &str) -> Result<(), String> {
        let mut differences = Vec::new();
        for expected in &step.outputs {
            match matching::compare(expected, output) {
                Ok(()) => return Ok(()),
                Err(difference) => differences.push(difference),
            }
        }
        let file = self.scenario.folder.join("sweep");
        let (file, line, command) = (file.display(), step.line, &step.command);
        Err(format!(
            "{file}:{line}: struck after {moment} ns, `{command}` came to something else (- may come, + came):\n{}",
            differences.join("  or\n")
        ))
    }
}

#[cfg(test)]
#[path = "strikes_tests.rs"]
mod tests;

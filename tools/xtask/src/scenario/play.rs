//! Plays a scenario: boots its system, types its commands, compares what comes.

use std::cell::RefCell;

use super::matching;
use super::{Scenario, Settings};
use crate::console::addresses::Addresses;
use crate::console::dialogue::Said;
use crate::machine::{Guest, Machine, MachineSpec};
use crate::session::conversation::{Answer, Conversation, Limits};

/// What was seen, and what was wrong with it.
#[derive(Clone, Debug)]
pub struct Played {
    /// All text of the console.
    pub console: Vec<u8>,
    /// What else there is to say, for a person; or nothing.
    pub note: String,
    /// `Err` tells a person what was expected and what came.
    pub verdict: Result<(), String>,
}

/// Plays it on one QEMU, from reset to halt or to the first thing that is not as expected.
pub fn play(scenario: &Scenario, spec: &MachineSpec) -> Played {
    match Machine::start(spec) {
        Ok(machine) => play_on(scenario, machine, Addresses::of(spec.files.clone())),
        Err(error) => Played { console: Vec::new(), note: String::new(), verdict: Err(format!("{error:#}")) },
    }
}

fn play_on(scenario: &Scenario, machine: impl Guest, addresses: Addresses) -> Played {
    let console = RefCell::new(Vec::new());
    let limits = Limits::for_budget(scenario.settings.budget);
    let see = |text: &[u8]| console.borrow_mut().extend_from_slice(text);
    let mut talk = Conversation::new(machine, limits, see).explained(addresses);
    talk.keys.add(scenario.settings.keys.iter().map(|key| (key.after.clone(), key.press.clone())));
    let verdict = converse(scenario, &mut talk);
    talk.quit();
    Played { console: console.into_inner(), note: String::new(), verdict }
}

fn converse(scenario: &Scenario, talk: &mut Conversation<'_>) -> Result<(), String> {
    let settings = &scenario.settings;
    let boot = match talk.boot().map_err(|broken| format!("at boot: {broken}"))? {
        Answer::Ready(said) => said,
        Answer::Halted(..) => return Err("the system halted at boot".to_owned()),
    };
    check(settings, "boot", &scenario.transcript.boot, &boot)?;
    for exchange in &scenario.transcript.exchanges {
        let command = &exchange.command;
        let at = format!("{}:{}", scenario.written_in.display(), exchange.line);
        let answer = talk.command(command).map_err(|broken| format!("{at}: after `{command}`: {broken}"))?;
        let (said, halted) = match answer {
            Answer::Ready(said) => (said, None),
            Answer::Halted(said, code) => (said, Some(code)),
        };
        let place = format!("{at}: `{command}`");
        check(settings, &place, &exchange.output, &said)?;
        check_status(&place, &said)?;
        match (command == "halt", halted) {
            (true, Some(0)) | (false, None) => {}
            (_, Some(code)) => return Err(format!("{place} halted the system with code {code}")),
            (true, None) => return Err("`halt` did not halt the system".to_owned()),
        }
    }
    match talk.keys.next() {
        None => Ok(()),
        Some(after) => Err(format!("a key was not pressed: no command has printed `{after}`")),
    }
}

fn check(settings: &Settings, place: &str, expected: &[String], said: &Said) -> Result<(), String> {
    if !said.stray.is_empty() && !announced(settings, &said.stray) {
        return Err(format!("{place}: text beside the prompt or the typed line: {:?}", said.stray));
    }
    let output: Vec<&str> = said.output.lines().filter(|line| !announced(settings, line)).collect();
    matching::compare(expected, &output.join("\n"))
        .map_err(|difference| format!("{place}: the output differs (- expected, + came):\n{difference}"))
}

pub(super) fn announced(settings: &Settings, line: &str) -> bool {
    settings.announce.iter().any(|words| line.contains(words.as_str()))
}

/// A command fails exactly where it says so: a person reads the text, a script the status.
pub(super) fn check_status(place: &str, said: &Said) -> Result<(), String> {
    let says_error = said.output.lines().any(|line| line.starts_with("error: "));
    match said.code {
        None => Err(format!("{place} ended without a status")),
        Some(0) if says_error => Err(format!("{place} printed an `error: ` line and ended with status 0")),
        Some(code) if code != 0 && !says_error => {
            Err(format!("{place} ended with status {code} and printed no `error: ` line"))
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
#[path = "play_tests.rs"]
mod tests;

//! A machine that nobody talks to: started, and waited for until it halts by itself.

use super::conversation::{Answer, Conversation, Limits};
use crate::console::marks::Kill;
use crate::gone;
use crate::machine::{Machine, MachineSpec};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Ended {
    /// The kills that it reported, in order.
    pub kills: Vec<Kill>,
    /// Why it did not come to a good end, if it did not.
    pub broken: Option<String>,
}

/// Shows of what a machine prints the lines that begin so: modules report each crash, and what is wanted is how far it
/// is.
pub fn progress(prefix: &'static str) -> impl FnMut(&[u8]) {
    let mut lines = Vec::new();
    move |text| {
        lines.extend_from_slice(text);
        while let Some(end) = lines.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = lines.drain(..=end).collect();
            if line.starts_with(prefix.as_bytes()) {
                gone::print(&line);
            }
        }
    }
}

/// Starts the machine and waits for its halt, for so many guest instructions; `show` gets what it prints.
pub fn to_the_end(spec: &MachineSpec, budget: u64, show: impl FnMut(&[u8])) -> Ended {
    let machine = match Machine::start(spec) {
        Ok(machine) => machine,
        Err(error) => return Ended { broken: Some(format!("{error:#}")), ..Ended::default() },
    };
    let mut talk = Conversation::new(machine, Limits::for_budget(budget), show);
    let broken = match talk.boot() {
        Ok(Answer::Halted(_, 0)) => None,
        Ok(Answer::Halted(said, _)) => Some(said.output.lines().last().unwrap_or_default().to_owned()),
        Ok(Answer::Ready(_)) => Some("a shell asked for a line".to_owned()),
        Err(error) => Some(error.to_string()),
    };
    let kills = talk.kills().to_vec();
    talk.quit();
    Ended { kills, broken }
}

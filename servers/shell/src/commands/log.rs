//! `log`.

use ipc_proto::name::Name;
use ipc_proto::operator::{Logged, Sentence};
use serde::Serialize;
use shell_core::gaps::Gaps;

use super::json;
use super::pages::each_logged;
use crate::output::Output;

/// A line for programs: what was dropped before it stands with it.
#[derive(Serialize)]
struct Shown<'a> {
    module: &'a Name,
    generation: u32,
    sequence: u64,
    micros: u64,
    own: bool,
    dropped: u64,
    text: &'a str,
}

pub fn show(name: Option<Name>, json: bool, output: &mut Output) -> Result<(), Sentence> {
    let mut gaps = Gaps::new();
    if json {
        for_programs(name, &mut gaps, output)
    } else {
        each_logged(name, |line| for_people(line, gaps.before(line), output))
    }
}

/// A line that a module has written has its tag in front; one of the supervisor's has the supervisor's name there, which
/// no text of a module can take.
fn for_people(line: &Logged, dropped: u64, output: &mut Output) {
    let Logged { module, generation, micros, own, text, .. } = line;
    match dropped {
        0 => {}
        1 => output.line(format_args!("... 1 line of {module} was dropped")),
        dropped => output.line(format_args!("... {dropped} lines of {module} were dropped")),
    }
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let from = if *own { "" } else { "supervisor: " };
    output.line(format_args!("{seconds}.{micros:06} {from}[{module}.{}] {text}", generation.0));
}

fn for_programs(name: Option<Name>, gaps: &mut Gaps, output: &mut Output) -> Result<(), Sentence> {
    let mut comma = None;
    let result = each_logged(name, |line| {
        if comma.is_none() {
            output.line(format_args!("{{\"lines\":["));
        }
        let Logged { module, generation, sequence, micros, own, text, .. } = line;
        let (generation, dropped) = (generation.0, gaps.before(line));
        let shown =
            Shown { module, generation, sequence: *sequence, micros: *micros, own: *own, dropped, text };
        json::line(comma.unwrap_or(""), &shown, output);
        comma = Some(",");
    });
    result?;
    let open = if comma.is_none() { "{\"lines\":[" } else { "" };
    output.line(format_args!("{open}]}}"));
    Ok(())
}

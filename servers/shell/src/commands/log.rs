//! `log`.

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Logged, Request, Sentence};
use module_rt::console::Receiver;
use serde::Serialize;
use shell_core::gaps::Gaps;

use super::pages::{ask_log, each_logged};
use super::{ask, json, unexpected};
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
        for_a_program(comma.unwrap_or(""), line, gaps.before(line), output);
        comma = Some(",");
    });
    result?;
    let open = if comma.is_none() { "{\"lines\":[" } else { "" };
    output.line(format_args!("{open}]}}"));
    Ok(())
}

fn for_a_program(comma: &str, line: &Logged, dropped: u64, output: &mut Output) {
    let Logged { module, generation, sequence, micros, own, text, .. } = line;
    let shown = Shown {
        module,
        generation: generation.0,
        sequence: *sequence,
        micros: *micros,
        own: *own,
        dropped,
        text,
    };
    json::line(comma, &shown, output);
}

/// Shows what is there, and then each line as it comes, until a key is pressed. Nothing is asked for while nothing comes:
/// the supervisor signals a line, and the console a key.
pub fn follow(
    name: Option<Name>,
    json: bool,
    receiver: &mut Receiver,
    output: &mut Output,
) -> Result<(), Sentence> {
    let mut gaps = Gaps::new();
    let mut from = 0;
    loop {
        let (page, _) = ask_log(name, from)?;
        for line in &page {
            from = line.sequence.saturating_add(1);
            let dropped = gaps.before(line);
            if json { for_a_program("", line, dropped, output) } else { for_people(line, dropped, output) }
        }
        output.flush();
        let key = if page.is_empty() {
            let Answer::Done = ask(&Request::Follow { module: name, from })? else {
                return Err(unexpected());
            };
            receiver.wait()
        } else {
            receiver.byte()
        };
        // Some terminals send a line feed behind the carriage return that began this.
        if key.is_some_and(|key| key != b'\n') {
            return Ok(());
        }
    }
}

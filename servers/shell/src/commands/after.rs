//! `after`: has something done to a module, and carries a command out meanwhile.

use ipc_proto::operator::{Answer, Fate, Request, Sentence};
use shell_core::after::After;
use shell_core::command;

use super::{Shell, ask, unexpected};
use crate::format_error;
use crate::output::Output;

pub fn after(shell: &mut Shell, after: After, output: &mut Output) -> Result<(), Sentence> {
    let After { nanoseconds, since, name, act, during } = after;
    let meanwhile = command::parse(&during).map_err(|error| format_error(format_args!("{error}")))?;
    let Answer::Done = ask(&Request::After { name, act, nanoseconds, since })? else {
        return Err(unexpected());
    };
    if during.is_empty() {
        return Ok(());
    }
    let result = shell.run(meanwhile, output);
    let Answer::TakenBack(fate) = ask(&Request::TakeBack { name, act })? else { return Err(unexpected()) };
    match fate {
        Fate::Done => output.line(format_args!("struck")),
        Fate::TakenBack => {
            output.line(format_args!("not struck: the command was done in less than {nanoseconds} ns"));
        }
        Fate::NeverBegun => output.line(format_args!("not struck: what it counts from did not begin")),
        Fate::Lapsed => output.line(format_args!("not struck: {name} came to its end before")),
    }
    result
}

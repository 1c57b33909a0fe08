//! Carries out the shell's commands.

mod after;
mod caps;
mod examine;
mod json;
mod listings;
mod log;
mod memory;
mod modules;
mod pages;
mod report;
mod tree;

use core::time::Duration;

use ipc_proto::names::NameFailure;
use ipc_proto::operator::{Answer, Request, Sentence};
use ipc_proto::registrar::Refusal;
use ipc_proto::{echo, name::Name, version::VersionRange};
use module_rt::console::Receiver;
use module_rt::init::{NamesError, lookup};
use module_rt::{WaitError, lookup_waiting, operator};
use shell_core::command::Command;
use shell_core::help::{COLUMNS, HELP, STATES, first};

use crate::format_error;
use crate::output::Output;

/// What the shell remembers between commands.
pub struct Shell {
    mark: Option<ipc_proto::operator::MemoryInfo>,
    /// What is typed.
    pub receiver: Receiver,
}

/// Asks the supervisor; a refusal becomes the command's error.
fn ask(request: &Request) -> Result<Answer, Sentence> {
    match operator::ask(request) {
        Ok(Answer::Refused(sentence)) => Err(sentence),
        Ok(answer) => Ok(answer),
        Err(error) => Err(format_error(format_args!("the supervisor: {error}"))),
    }
}

/// The supervisor gave an answer to another question.
fn unexpected() -> Sentence {
    format_error(format_args!(
        "the supervisor's answer makes no sense: shell and root task differ in version"
    ))
}

/// The lines of some commands.
fn help(is_one: impl Fn(&str) -> bool, output: &mut Output) -> Result<(), Sentence> {
    for (usage, what) in HELP.iter().filter(|(usage, _)| is_one(first(usage))) {
        output.line(format_args!("{usage:26} {what}"));
    }
    Ok(())
}

impl Shell {
    /// A shell that remembers nothing.
    pub fn new(receiver: Receiver) -> Shell {
        Shell { mark: None, receiver }
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// The sentence to show.
    pub fn run(&mut self, command: Command, output: &mut Output) -> Result<(), Sentence> {
        match command {
            Command::Nothing => Ok(()),
            Command::Help => help(|_| true, output),
            Command::HelpOf(command) => help(|of| of == command, output),
            Command::States => {
                for (state, what) in STATES {
                    output.line(format_args!("{state:8} {what}"));
                }
                for (column, what) in COLUMNS {
                    output.line(format_args!("{column:8} {what}"));
                }
                Ok(())
            }
            Command::Ps => listings::modules(output),
            Command::Names => listings::names(output),
            Command::Waiting => listings::waiting(output),
            Command::Caps { name, json, tree: false } => caps::show(name, json, output),
            Command::Caps { name, json, tree: true } => tree::show(name, json, output),
            Command::Examine { name, json } => examine::show(name, json, output),
            Command::Report { name, json } => report::show(name, json, output),
            Command::Deps(name) => listings::dependents(name, output),
            Command::Log { name, json, follow: false } => log::show(name, json, output),
            Command::Log { name, json, follow: true } => log::follow(name, json, &mut self.receiver, output),
            Command::Load { name, args, hold, wait } => {
                let request = Request::Load { name, args, hold, wait };
                modules::load(name, &request, output)
            }
            Command::Release(name) => modules::release(name, output),
            Command::Unload { name, now } => modules::unload(name, now, output),
            Command::CancelUnload(name) => modules::cancel_unload(name, output),
            Command::Revoke { name, client } => modules::revoke(name, client, output),
            Command::Crash(name) => modules::crash(name, output),
            Command::Restart(name) => modules::restart(name, output),
            Command::Replace { name, file } => modules::replace(name, file, output),
            Command::After(what) => after::after(self, what, output),
            Command::Call { name, text } => call(name, &text, output),
            Command::Mem(what) => memory::mem(&mut self.mark, what, output),
            Command::Halt => {
                output.command_ended(true);
                output.halt();
                output.flush();
                Ok(())
            }
        }
    }
}

/// How long a call waits for a service whose module is being restarted.
const RESTART: Duration = Duration::from_secs(1);

fn call(name: Name, text: &echo::Text, output: &mut Output) -> Result<(), Sentence> {
    let versions = VersionRange::exactly(echo::VERSION);
    let service = match lookup(name.as_str(), versions) {
        Err(NamesError::Refused(NameFailure::Supervisor(Refusal::NotLive))) => {
            lookup_waiting(name.as_str(), versions, RESTART)
        }
        found => found.map_err(WaitError::Names),
    };
    let service = service.map_err(|error| format_error(format_args!("{name}: {error}")))?;
    let said: echo::Said =
        service.call(echo::SAY, text).map_err(|error| format_error(format_args!("{name}: {error}")))?;
    output.line(format_args!("generation {}: {}", said.generation, said.text));
    Ok(())
}

//! `load`, `release`, `unload`, `revoke`, `crash`, `restart`, `replace`.

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Outcome, Request, Sentence, Users};

use super::{ask, format_error, unexpected};
use crate::output::Output;

fn show_loaded(name: Name, answer: Answer, output: &mut Output) -> Result<(), Sentence> {
    let Answer::Loaded { instance, outcome } = answer else { return Err(unexpected()) };
    let (id, generation) = (instance.domain, instance.generation);
    match outcome {
        Outcome::Live => output.line(format_args!("{name} is live: id {id}, generation {generation}")),
        Outcome::Held => output.line(format_args!(
            "{name} is held between reserve and publish: id {id}, generation {generation}; `release {name}` lets it go on"
        )),
        Outcome::Started => output.line(format_args!(
            "{name} is started: id {id}, generation {generation}; `ps` shows how it goes on"
        )),
        Outcome::Exited => output.line(format_args!("{name} ran to its end")),
    }
    Ok(())
}

pub fn load(name: Name, request: &Request, output: &mut Output) -> Result<(), Sentence> {
    show_loaded(name, ask(request)?, output)
}

pub fn release(name: Name, output: &mut Output) -> Result<(), Sentence> {
    show_loaded(name, ask(&Request::Release { name })?, output)
}

fn show_users(users: &Users, output: &mut Output) {
    if !users.names.is_empty() {
        output.line(format_args!("in use by {users}"));
    }
}

pub fn unload(name: Name, now: bool, output: &mut Output) -> Result<(), Sentence> {
    match ask(&Request::Unload { name, now })? {
        Answer::Unloaded { memory, users } => {
            show_users(&users, output);
            output.line(format_args!("{name} is unloaded: {} KiB came back whole", memory / 1024));
        }
        Answer::Stopping { micros, users } => {
            show_users(&users, output);
            output.line(format_args!(
                "{name} is stopping: its call in service has {} ms; `unload --cancel {name}` takes that back, \
                 `unload --now {name}` does not wait",
                micros / 1000
            ));
        }
        // It was stopping already; the supervisor has told that it is unloaded.
        Answer::Done => {}
        _ => return Err(unexpected()),
    }
    Ok(())
}

pub fn cancel_unload(name: Name, output: &mut Output) -> Result<(), Sentence> {
    let Answer::Done = ask(&Request::CancelUnload { name })? else { return Err(unexpected()) };
    output.line(format_args!("{name} is live again: nothing was lost"));
    Ok(())
}

pub fn revoke(name: Name, client: Name, output: &mut Output) -> Result<(), Sentence> {
    let Answer::Revoked(taken) = ask(&Request::Revoke { name, client })? else { return Err(unexpected()) };
    let capabilities = if taken == 1 { "capability" } else { "capabilities" };
    output.line(format_args!("{taken} {capabilities} to {name} taken back from {client}, with every copy"));
    Ok(())
}

pub fn crash(name: Name, output: &mut Output) -> Result<(), Sentence> {
    match ask(&Request::Crash { name })? {
        Answer::Loaded { instance, .. } => {
            let generation = instance.generation;
            output.line(format_args!("{name} crashed and was restarted: generation {generation}"));
            Ok(())
        }
        Answer::Done => {
            output.line(format_args!("{name} crashed and stays dead: `restart {name}` starts it again"));
            Ok(())
        }
        _ => Err(unexpected()),
    }
}

pub fn restart(name: Name, output: &mut Output) -> Result<(), Sentence> {
    match ask(&Request::Restart { name })? {
        Answer::Done => Err(format_error(format_args!(
            "{name} was started again and did not become live: the console says why, `ps` its state"
        ))),
        answer => show_loaded(name, answer, output),
    }
}

pub fn replace(name: Name, file: Name, output: &mut Output) -> Result<(), Sentence> {
    match ask(&Request::Replace { name, file })? {
        Answer::Loaded { instance, .. } => {
            output.line(format_args!("{name} is replaced by {file}: generation {}", instance.generation));
            Ok(())
        }
        Answer::Done => Err(format_error(format_args!(
            "{name} was not replaced and is not live: the console says why, `ps` its state"
        ))),
        _ => Err(unexpected()),
    }
}

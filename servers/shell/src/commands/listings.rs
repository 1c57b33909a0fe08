//! `ps`, `names`, `names --waiting` and `deps`.

use core::fmt::Write;

use heapless::String;
use ipc_proto::name::Name;
use ipc_proto::names::PAGE;
use ipc_proto::operator::{Answer, Request, Sentence};
use module_rt::init;

use super::pages::{each_dependent, each_module, each_wait};
use super::{ask, unexpected};
use crate::format_error;
use crate::output::Output;

pub fn modules(output: &mut Output) -> Result<(), Sentence> {
    output.line(format_args!(
        "{:16} {:>3} {:>10}  {:8} {:>8} {:>10} {:>10}",
        "module", "id", "generation", "state", "restarts", "stack", "memory"
    ));
    let mut outcome = Ok(());
    each_module(|module| {
        let mut stack = String::<16>::new();
        match ask(&Request::Stack { name: module.name }) {
            // There is room for both numbers.
            Ok(Answer::Stack(Some(used))) => write!(stack, "{used}").unwrap_or_default(),
            // It has none, or has been unloaded since.
            Ok(Answer::Stack(None)) => {}
            Ok(_) => outcome = Err(unexpected()),
            Err(why) => outcome = Err(why),
        }
        output.line(format_args!(
            "{:16} {:>3} {:>10}  {:8} {:>8} {:>10} {:>6} KiB",
            module.name,
            module.instance.domain.0,
            module.instance.generation.0,
            module.state,
            module.restarts,
            stack,
            module.memory / 1024,
        ));
    })?;
    outcome
}

pub fn names(output: &mut Output) -> Result<(), Sentence> {
    output
        .line(format_args!("{:16} {:>7}  {:16} {:8} {:>7}", "name", "version", "owner", "state", "clients"));
    let mut from = 0u16;
    loop {
        let page = init::list(from).map_err(|error| format_error(format_args!("{error}")))?;
        for entry in &page {
            let Answer::Service(info) = ask(&Request::Service { service: entry.service })? else {
                return Err(unexpected());
            };
            // A service that is gone is one that the name server has not yet been asked about since.
            if let Some(info) = info {
                output.line(format_args!(
                    "{:16} {:>7}  {:16} {:8} {:>7}",
                    entry.name, entry.version.0, info.owner, info.state, info.clients
                ));
            }
        }
        if page.len() < PAGE {
            return Ok(());
        }
        from = from.saturating_add(PAGE as u16);
    }
}

pub fn waiting(output: &mut Output) -> Result<(), Sentence> {
    output.line(format_args!(
        "{:16} {:16} {:>11}  {:>12}  {}",
        "module", "waits for", "versions", "for", "from"
    ));
    each_wait(|wait| {
        let mut versions = String::<11>::new();
        // The longest is two numbers of five digits.
        let _ = match (wait.versions.oldest, wait.versions.newest) {
            (oldest, newest) if oldest == newest => write!(versions, "{oldest}"),
            (oldest, newest) => write!(versions, "{oldest}-{newest}"),
        };
        output.line(format_args!(
            "{:16} {:16} {versions:>11}  {:>9} ms  {}",
            wait.client,
            wait.name,
            wait.left / 1000,
            wait.provider.as_ref().map_or("-", Name::as_str),
        ));
    })
}

/// Who uses whom: all, or those who use a module, and whom it uses.
pub fn dependents(name: Option<Name>, output: &mut Output) -> Result<(), Sentence> {
    let mut known = name.is_none();
    each_module(|module| known |= name == Some(module.name))?;
    if let Some(name) = name.filter(|_| !known) {
        return Err(format_error(format_args!("{name} is not loaded: `ps` lists what is")));
    }
    output.line(format_args!("{:16} {:16} {:8}  {}", "module", "uses", "state", "on loss"));
    each_dependent(|pair| {
        if name.is_none_or(|name| [pair.client, pair.server].contains(&name)) {
            output.line(format_args!(
                "{:16} {:16} {:8}  {}",
                pair.client, pair.server, pair.state, pair.on_loss
            ));
        }
    })
}

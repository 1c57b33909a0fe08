//! `examine`.

use ipc_proto::name::Name;
use ipc_proto::operator::{Examined, Finding, Grant, Sentence, Until, Users};
use module_rt::operator;
use serde::Serialize;

use super::json;
use crate::format_error;
use crate::output::Output;

/// A finding for programs. What a state does not have is `null`.
#[derive(Serialize)]
struct Shown<'a> {
    module: &'a Name,
    generation: u32,
    state: &'static str,
    ip: Option<u64>,
    call: Option<ipc_proto::operator::Call>,
    slot: Option<u64>,
    to: Option<Grant>,
    until: Option<Until>,
    priority: Option<u8>,
    starved_by: Option<(Name, u8)>,
    starved_ms: Option<u32>,
    callers: &'a [Name],
    more_callers: u16,
}

pub fn show(name: Name, json: bool, output: &mut Output) -> Result<(), Sentence> {
    let (generation, finding, callers) = match operator::ask_examined(name) {
        Ok(Examined::Found { instance, finding, callers }) => (instance.generation.0, finding, callers),
        Ok(Examined::Gone) => {
            return Err(format_error(format_args!("{name} has died while it was examined")));
        }
        Ok(Examined::Refused(why)) => return Err(why),
        Err(error) => return Err(format_error(format_args!("the supervisor: {error}"))),
    };
    if json {
        json::line("", &shown(&name, generation, finding, &callers), output);
        return Ok(());
    }
    output.line(format_args!("{name}, generation {generation}, is {finding}"));
    if !callers.names.is_empty() {
        output.line(format_args!("called by {callers}"));
    }
    Ok(())
}

fn shown<'a>(module: &'a Name, generation: u32, finding: Finding, callers: &'a Users) -> Shown<'a> {
    let nothing = Shown {
        module,
        generation,
        state: "idle",
        ip: None,
        call: None,
        slot: None,
        to: None,
        until: None,
        priority: None,
        starved_by: None,
        starved_ms: None,
        callers: &callers.names,
        more_callers: callers.more,
    };
    match finding {
        Finding::Idle => nothing,
        Finding::Busy { ip } => Shown { state: "busy", ip: Some(ip), ..nothing },
        Finding::Elsewhere { ip } => Shown { state: "blocked", ip: Some(ip), ..nothing },
        Finding::Blocked { call, slot, to, until, ip } => {
            Shown { state: "blocked", ip: Some(ip), call: Some(call), slot: Some(slot), to, until, ..nothing }
        }
        Finding::Starved { priority, ms, by, ip } => Shown {
            state: "starved",
            ip: Some(ip),
            priority: Some(priority),
            starved_by: by,
            starved_ms: Some(ms),
            ..nothing
        },
    }
}

//! `examine`.

use core::fmt;

use ipc_proto::name::Name;
use ipc_proto::operator::{Examined, Finding, Grant, Sentence, Until};
use module_rt::operator;

use crate::format_error;
use crate::output::Output;

/// A finding for programs: what goes between the braces. Names have nothing in them that would have to be escaped.
struct Fields(Finding);

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Finding::Idle => f.write_str("\"state\":\"idle\""),
            Finding::Busy { ip } => write!(f, "\"state\":\"busy\",\"ip\":{ip}"),
            Finding::Elsewhere { ip } => write!(f, "\"state\":\"blocked\",\"ip\":{ip}"),
            Finding::Blocked { call, slot, to, until, ip } => {
                write!(f, "\"state\":\"blocked\",\"ip\":{ip},\"call\":\"{call}\",\"slot\":{slot}")?;
                if let Some(Grant::Connection(server)) = to {
                    write!(f, ",\"server\":\"{server}\"")?;
                }
                match until {
                    Some(Until::Published(name)) => write!(f, ",\"until_published\":\"{name}\""),
                    Some(Until::Released) => f.write_str(",\"until_released\":true"),
                    None => Ok(()),
                }
            }
            Finding::Starved { priority, ms, by, ip } => {
                write!(f, "\"state\":\"starved\",\"ip\":{ip},\"priority\":{priority},\"ms\":{ms}")?;
                match by {
                    Some((name, priority)) => write!(f, ",\"by\":\"{name}\",\"by_priority\":{priority}"),
                    None => Ok(()),
                }
            }
        }
    }
}

pub fn show(name: Name, json: bool, output: &mut Output) -> Result<(), Sentence> {
    let (instance, finding, callers) = match operator::ask_examined(name) {
        Ok(Examined::Found { instance, finding, callers }) => (instance, finding, callers),
        Ok(Examined::Gone) => {
            return Err(format_error(format_args!("{name} has died while it was examined")));
        }
        Ok(Examined::Refused(why)) => return Err(why),
        Err(error) => return Err(format_error(format_args!("the supervisor: {error}"))),
    };
    let generation = instance.generation;
    if json {
        output.text("{");
        output.line(format_args!("\"module\":\"{name}\",\"generation\":{generation},{}}}", Fields(finding)));
        return Ok(());
    }
    output.line(format_args!("{name}, generation {generation}, is {finding}"));
    if !callers.names.is_empty() {
        output.line(format_args!("called by {callers}"));
    }
    Ok(())
}

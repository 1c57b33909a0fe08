//! Calls to the supervisor that only an operator may make: the shell, and modules that the system's manifest names.

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Dependents, Examined, LABEL, LogAnswer, Part, ReportAnswer, Request};
use ipc_proto::slots;

use crate::connection::Connection;
use ipc_proto::call_error::CallError;

/// Asks for lines of the log: of one module or of all, from this sequence number on.
///
/// # Errors
/// As [`ask`].
pub fn ask_log(module: Option<Name>, from: u64) -> Result<LogAnswer, CallError> {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, &Request::Log { module, from })
}

/// Asks for a part of what is known of a module's last death.
///
/// # Errors
/// As [`ask`].
pub fn ask_report(name: Name, part: Part) -> Result<ReportAnswer, CallError> {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, &Request::Report { name, part })
}

/// Asks what a module does now.
///
/// # Errors
/// As [`ask`].
pub fn ask_examined(name: Name) -> Result<Examined, CallError> {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, &Request::Examine { name })
}

/// Asks who is connected to whom, from the pair with this number on.
///
/// # Errors
/// As [`ask`].
pub fn ask_dependents(from: u16) -> Result<Dependents, CallError> {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, &Request::Dependents { from })
}

/// Asks the supervisor.
///
/// # Errors
/// [`CallError::Refused`] where this module is not an operator.
pub fn ask(request: &Request) -> Result<Answer, CallError> {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, request)
}

//! Calls to the supervisor that only an operator may make: the shell, and modules that the system's manifest names.

use ipc_proto::operator::{Answer, LABEL, Request};
use ipc_proto::slots;

use crate::connection::{CallError, Connection};

/// Asks the supervisor.
///
/// # Errors
/// [`CallError::Refused`] where this module is not an operator.
pub fn ask(request: &Request) -> Result<Answer, CallError> {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, request)
}

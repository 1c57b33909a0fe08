//! Connections that go on to others: put up by the stub that passes one, and taken by the server that is passed it, see
//! `ipc_proto::passing`.
//!
//! ```no_run
//! # use module_rt::ipc_proto::echo::{EchoClient, EchoInterface};
//! # use module_rt::ipc_proto::interface::Passed;
//! # use module_rt::{Client, Connection, PassError};
//! fn adopt(client: Client, echo: Passed<EchoInterface>) -> Result<EchoClient<Connection>, PassError> {
//!     module_rt::take(client, echo)
//! }
//! ```

use ipc_proto::interface::passing::{Held, Pass};
use ipc_proto::interface::{Client, Interface, Passed, Stub};
use ipc_proto::passing::{Answer, LABEL, PassError, PassRefusal, Request, Token};
use ipc_proto::slots;
use ipc_proto::version::VersionRange;

use crate::connection::Connection;
use ipc_proto::call_error::CallError;

fn ask(request: &Request) -> Result<Answer, PassError> {
    match Connection::in_slot(slots::SUPERVISOR).call(LABEL, request).map_err(PassError::Call)? {
        Answer::Refused(why) => Err(PassError::Refused(why)),
        answer => Ok(answer),
    }
}

/// Takes the connection that `client` has passed with its call, and gives a stub on a connection of this module's own. It is
/// one like any that a lookup makes: it counts among this module's, it outlives the client, an operator sees it, and it does
/// not outlive this instance, whose successor has to be given it again. Where this module is connected to that service
/// already, it is that connection. Good once, while the client makes that call or until it passes something else.
///
/// The client chooses which service it is. What answers there may be hostile, or answer nothing until the deadline: it is
/// called as any other one, and `ipc_proto::interface::call::describe` asks it what it is.
///
/// # Errors
/// [`PassError`]; the client has to pass it again, or this module may not have it.
pub fn take<S: Stub<Connection>>(client: Client, passed: Passed<S::Of>) -> Result<S, PassError> {
    take_connection(client, passed.token(), VersionRange::exactly(S::Of::VERSION)).map(S::over)
}

/// The same for who reads messages by hand.
///
/// # Errors
/// As [`take`].
pub fn take_connection(
    client: Client,
    token: Token,
    versions: VersionRange,
) -> Result<Connection, PassError> {
    match ask(&Request::Take { client: client.badge(), token, versions })? {
        Answer::Taken { slot } => Ok(Connection::in_slot(u64::from(slot))),
        _ => Err(PassError::Call(CallError::BadAnswer)),
    }
}

impl Held for Connection {
    fn place(&self) -> u64 {
        self.slot()
    }
}

impl Pass for Connection {
    fn put_up(&self, places: &[u64]) -> Result<Token, PassError> {
        let slot =
            |place: u64| u8::try_from(place).map_err(|_| PassError::Refused(PassRefusal::NotConnected));
        let to = slot(self.slot())?;
        let mut slots = heapless::Vec::new();
        for place in places {
            slots.push(slot(*place)?).map_err(|_| PassError::Refused(PassRefusal::TooMany))?;
        }
        match ask(&Request::PutUp { to, slots })? {
            Answer::PutUp(token) => Ok(token),
            _ => Err(PassError::Call(CallError::BadAnswer)),
        }
    }
}

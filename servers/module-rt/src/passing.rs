//! Connections that go on to others: put up by the stub that passes one, and taken by the server that is passed it, see
//! `ipc_proto::passing`.
//!
//! ```no_run
//! # use module_rt::ipc_proto::echo::{EchoClient, EchoInterface};
//! # use module_rt::ipc_proto::interface::Passed;
//! # use module_rt::{Client, Connection, PassError, Taken};
//! struct State {
//!     echo: Option<Taken<EchoClient<Connection>>>,
//! }
//!
//! impl State {
//!     fn adopt(&mut self, client: Client, echo: Passed<EchoInterface>) -> Result<(), PassError> {
//!         self.echo = Some(module_rt::take(client, echo)?); // what it had before is given back
//!         Ok(())
//!     }
//! }
//! ```

use core::ops::Deref;

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

/// A stub on a connection that a client has passed to this module. Dropped, it gives the connection back; until then its slot
/// leads to that service, of that interface, or to nothing, and counts among this module's connections.
#[derive(Debug)]
pub struct Taken<S> {
    stub: S,
    connection: Connection,
}

impl<S> Deref for Taken<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.stub
    }
}

impl<S> Drop for Taken<S> {
    fn drop(&mut self) {
        give_back(self.connection);
    }
}

/// Takes the connection that `client` has passed with its call, and gives a stub on a connection of this module's own. It is
/// one like those that a lookup makes: it outlives the client, an operator sees it, and it does not outlive this instance, whose
/// successor has to be given it again. Where this module is connected to that service already, it is that connection. A passed
/// connection can be taken once, until the client dies or passes something else.
///
/// The client chooses which service it is, of this interface and version as the service itself has said: what answers there may be hostile, and is as slow as it
/// likes, up to the method's deadline or this module's own. Its loss restarts nobody. Keep as few as the clients can be trusted
/// with: they are as many connections less for this module.
///
/// # Errors
/// [`PassError`]; the client has to pass it again, or this module may not have it.
pub fn take<S: Stub<Connection>>(client: Client, passed: Passed<S::Of>) -> Result<Taken<S>, PassError> {
    let versions = VersionRange::exactly(S::Of::VERSION);
    let connection = take_connection(client, passed.token(), versions, Some(S::Of::HASH))?;
    Ok(Taken { stub: S::over(connection), connection })
}

/// The same for who reads messages by hand, and gives it back by [`give_back`]. Without an `interface` (a hash) it is whatever
/// the client has chosen.
///
/// # Errors
/// As [`take`].
pub fn take_connection(
    client: Client,
    token: Token,
    versions: VersionRange,
    interface: Option<u64>,
) -> Result<Connection, PassError> {
    match ask(&Request::Take { client: client.badge(), token, versions, interface })? {
        Answer::Taken { slot } => Ok(Connection::in_slot(u64::from(slot))),
        _ => Err(PassError::Call(CallError::BadAnswer)),
    }
}

/// This module needs a connection no more that it has taken; taken twice, it has to be given back twice. One that it has looked
/// up stays.
pub fn give_back(taken: Connection) {
    if let Ok(slot) = u8::try_from(taken.slot()) {
        // There is always an answer, and nothing to do about another one.
        let _ = ask(&Request::GiveBack { slot });
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

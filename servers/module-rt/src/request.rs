//! Calls to the supervisor that any module may make: publish, log, exit.

use core::fmt::{self, Write};

use ipc_proto::badge::MAX_DOMAINS;
use ipc_proto::ids::Instance;
use ipc_proto::slots;
use ipc_proto::supervisor::{Answer, Args, LABEL, Line, Request};

use crate::connection::Connection;
use crate::init::InitError;
use ipc_proto::call_error::CallError;
use ipc_proto::interface::Client;

/// At most one instance of each domain.
pub type Departed = heapless::Vec<Instance, { MAX_DOMAINS as usize }>;

const SUPERVISOR: Connection = Connection::in_slot(slots::SUPERVISOR);

fn ask(request: &Request) -> Result<Answer, CallError> {
    SUPERVISOR.call(LABEL, request)
}

/// Sends a request that has no answer: the domain is reaped while it waits for one.
fn last_words(request: &Request) -> ! {
    loop {
        // An answer would be an error that the supervisor has told already; there is nothing else to do.
        let _ = ask(request);
    }
}

/// Makes everything that init has reserved visible, at once. [`crate::module`] calls it after init.
pub fn publish() {
    // Cannot fail: the supervisor answers `Done`, or reaps the domain.
    let _ = ask(&Request::Publish);
}

/// Ends this instance because its init has failed. What it reserved was never visible.
pub fn init_failed(error: &InitError) -> ! {
    last_words(&Request::InitFailed { code: error.code, reason: error.reason.clone() })
}

/// Ends this instance. Code 0 is success.
pub fn exit(code: u32) -> ! {
    last_words(&Request::Exit { code })
}

/// Tells the supervisor why this program panicked, and ends it. The simulation does so by itself.
#[cfg(target_os = "none")]
pub(crate) fn panicked(reason: Line) -> ! {
    last_words(&Request::Panicked { reason })
}

/// Prints a line on the console, tagged with the module's name and generation. Cut at the bound of a line.
pub fn log(message: fmt::Arguments<'_>) {
    // A lost line is the only thing that could come of an error.
    let _ = ask(&Request::Log { line: line(message) });
}

/// The arguments that the operator gave at load; empty where there were none.
pub fn args() -> Args {
    match ask(&Request::Args) {
        Ok(Answer::Args(args)) => args,
        _ => Args::new(),
    }
}

/// Which clients have died since this was last asked: of each domain the last instance that did.
pub fn departed() -> Departed {
    match ask(&Request::Departed) {
        Ok(Answer::Departed(instances)) => instances,
        _ => Departed::new(),
    }
}

/// Takes the capability of one of this module's own clients back, and whatever was copied from it. A call of the client's
/// that waits returns [`CallError::Revoked`]; the one in hand, if it is the client's, [`CallError::Interrupted`], and its
/// answer reaches nobody.
///
/// # Errors
/// [`CallError::Refused`] where the client is none any more.
pub fn revoke(client: Client) -> Result<(), CallError> {
    match ask(&Request::Revoke { client: client.badge() })? {
        Answer::Done => Ok(()),
        _ => Err(CallError::Refused),
    }
}

/// Copies the connection in `slot` into slot `index` of this module's locker.
///
/// # Errors
/// [`CallError::Refused`] where there is no locker, no such connection, or the slot is taken.
pub fn stow(connection: Connection, index: u16) -> Result<(), CallError> {
    let slot = u8::try_from(connection.slot()).map_err(|_| CallError::Refused)?;
    match ask(&Request::Stow { slot, index })? {
        Answer::Done => Ok(()),
        _ => Err(CallError::Refused),
    }
}

/// Formats a line, cut at its bound.
pub fn line(message: fmt::Arguments<'_>) -> Line {
    struct Cut(Line);
    impl Write for Cut {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for character in text.chars() {
                self.0.push(character).map_err(|_| fmt::Error)?;
            }
            Ok(())
        }
    }
    let mut cut = Cut(Line::new());
    // An error means that the line is full: what fitted is kept.
    let _ = cut.write_fmt(message);
    cut.0
}

/// Prints a line on the console, like `println!`.
#[macro_export]
macro_rules! log {
    ($($arg:tt)*) => { $crate::request::log(::core::format_args!($($arg)*)) };
}

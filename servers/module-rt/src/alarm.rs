//! Being woken later: a module has one alarm, which the supervisor keeps with its timer.
//!
//! A server is called with [`crate::Event::Alarm`] when it has gone off, between two calls; a program that serves nobody
//! sleeps with [`sleep`]. An alarm is at its time or later: when the module runs again, and has ended the call in hand. Setting it again takes
//! the place of the one before, and an instance's death takes it along. Each request is a message to the supervisor, which
//! a module may send so many of (`messages` in the system's manifest).
//!
//! ```no_run
//! use core::time::Duration;
//!
//! use module_rt::{Event, Events, alarm, log};
//!
//! struct Ticker;
//!
//! impl Events for Ticker {
//!     fn event(&mut self, event: Event) {
//!         if event == Event::Alarm {
//!             log!("tick");
//!             if let Err(error) = alarm::after(Duration::from_secs(1)) {
//!                 log!("no further tick: {error}");
//!             }
//!         }
//!     }
//! }
//! ```

use core::time::Duration;

use ipc_proto::alarm::{Answer, LABEL, Request};
use ipc_proto::call_error::CallError;
use ipc_proto::slots;

use crate::connection::Connection;
use crate::sys;

fn ask(request: Request) -> Result<Answer, CallError> {
    let words = Connection::in_slot(slots::SUPERVISOR).call_words(LABEL, request.to_words())?;
    Answer::from_words(words).ok_or(CallError::BadAnswer)
}

/// Wakes this module after so long: [`crate::Event::Alarm`]. Whole microseconds, rounded up; what is longer than their number
/// can say is never. Where an alarm was set, or has gone off and was not told yet, it is no more.
///
/// # Errors
/// [`CallError::Refused`] where the supervisor has no room for it: no fault of the module's, and it says so on the console.
pub fn after(delay: Duration) -> Result<(), CallError> {
    let micros = u64::try_from(delay.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
    match ask(Request::Set { micros })? {
        Answer::Done => Ok(()),
        Answer::Not | Answer::Refused => Err(CallError::Refused),
    }
}

/// Does not wake this module. Gives whether an alarm was set that had not gone off; one that has and was not told yet is not told
/// any more.
///
/// # Errors
/// [`CallError`] where the supervisor does not understand: one of the two is built from another version.
pub fn cancel() -> Result<bool, CallError> {
    Ok(ask(Request::Cancel)? == Answer::Done)
}

/// Whether the alarm has gone off that this instance has set last. The signal says only that one may have.
pub(crate) fn has_rung() -> bool {
    ask(Request::Take) == Ok(Answer::Done)
}

/// Waits so long, or longer. For a program that serves nobody: it takes the place of an alarm that is set, a call that reaches
/// the program meanwhile is not answered, and whatever else it is signalled is not told.
///
/// # Errors
/// As [`after`].
pub fn sleep(delay: Duration) -> Result<(), CallError> {
    after(delay)?;
    while !has_rung() {
        // A signal ends this. What was signalled before is not lost: the kernel keeps it.
        let _ = sys::recv(slots::RECEIVE);
    }
    Ok(())
}

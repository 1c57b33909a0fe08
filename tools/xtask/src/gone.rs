//! A reader that has gone: `./escrow test --list | head -1` ends quietly, as other tools do.
//!
//! SIGPIPE stays ignored, as Rust has it: a QEMU that has ended is an error where we write to it, and not our end. What
//! std's macros do with a closed pipe is a panic; it unwinds, so that whoever started something ends it, and says nothing.

use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell says of a program that SIGPIPE has ended.
const ENDED_BY_SIGPIPE: u8 = 141;
/// How std's macros begin when they cannot print; the error follows.
const CANNOT_PRINT: &str = "failed printing to std";

static GONE: AtomicBool = AtomicBool::new(false);

/// Does the work, and ends with 141 where nobody reads any more what it prints.
pub fn quietly(work: impl FnOnce() -> ExitCode) -> ExitCode {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(is_closed_pipe) {
            GONE.store(true, Ordering::Relaxed);
        }
        if !GONE.load(Ordering::Relaxed) {
            tell(panic);
        }
    }));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    if GONE.load(Ordering::Relaxed) {
        return ExitCode::from(ENDED_BY_SIGPIPE);
    }
    outcome.unwrap_or_else(|panic| panic::resume_unwind(panic))
}

fn is_closed_pipe(message: &str) -> bool {
    let closed = io::Error::from(rustix::io::Errno::PIPE).to_string();
    message.starts_with(CANNOT_PRINT) && message.ends_with(&closed)
}

/// Prints bytes as they are, and at once; `print!` takes text only. Of other errors nothing is said: the machine goes on.
pub fn print(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let printed = out.write_all(bytes).and_then(|()| out.flush());
    if printed.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        GONE.store(true, Ordering::Relaxed);
        panic::resume_unwind(Box::new("nobody reads what is printed"));
    }
}

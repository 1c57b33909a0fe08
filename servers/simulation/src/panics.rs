//! Panics in a simulation: those of modules are kept for their deaths and not printed, and those of a test that a sweep
//! repeats are kept until it has ended.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::calls;

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// From now on the panics of instances are kept; those of all other threads are told as before.
pub(crate) fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if calls::is_instance() || QUIET.get() {
                LAST.set(words(info));
            } else {
                before(info);
            }
        }));
    });
}

/// As the runtime tells it on the target, but not cut at the bound of a line.
fn words(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("a panic with something that is no text");
    match info.location() {
        Some(at) => format!("{}:{}: {message}", at.file(), at.line()),
        None => message.to_owned(),
    }
}

/// What this thread has panicked with last.
pub fn last() -> String {
    LAST.take()
}

/// Does something, and gives what it panics with, which nobody is told.
///
/// # Errors
/// The words of the panic.
pub(crate) fn caught(what: impl FnOnce()) -> Result<(), String> {
    keep();
    QUIET.set(true);
    let caught = catch_unwind(AssertUnwindSafe(what));
    QUIET.set(false);
    caught.map_err(|_| last())
}

/// Fails the test, at the line of it that has called this crate.
#[allow(clippy::panic, reason = "so a test fails")]
#[track_caller]
pub(crate) fn fail_test(words: String) -> ! {
    panic!("{words}")
}

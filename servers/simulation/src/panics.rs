//! What a module's code panics with, kept for its death and not printed: a module may panic, and its restart policy says
//! what becomes of it.

use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::Once;

use crate::calls;

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on the panics of instances are kept; those of all other threads are told as before.
pub fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if calls::is_instance() {
                LAST.set(words(info));
            } else {
                before(info);
            }
        }));
    });
}

/// As the runtime tells it on the target.
fn words(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("a panic with something that is no text");
    match info.location() {
        Some(at) => format!("{message} ({}:{})", at.file(), at.line()),
        None => message.to_owned(),
    }
}

/// What this thread has panicked with last.
pub fn last() -> String {
    LAST.take()
}

//! The panic handler: place and message reach the supervisor's report, together cut at the bound of a line
//! (`ipc_proto::supervisor::MAX_LINE`), then the domain is reaped.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::request;

/// Whether there is a panic that is not told yet.
static PANICS: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let again = PANICS.load(Relaxed);
    PANICS.store(true, Relaxed);
    let line = match info.location() {
        // Once more, that message would be no better.
        Some(at) if again => {
            request::line(format_args!("{}:{}: a panic in the words of another", at.file(), at.line()))
        }
        // The place first: a message that is too long is cut at its end.
        Some(at) => request::line(format_args!("{}:{}: {}", at.file(), at.line(), info.message())),
        None if again => request::line(format_args!("a panic in the words of another")),
        None => request::line(format_args!("{}", info.message())),
    };
    // SAFETY: whoever has the buffer has called what panics, and this handler returns to nobody. What the message was made
    // of can lie in it: that was read before.
    unsafe { sel4::take_ipc_buffer_back() };
    request::panicked(line)
}

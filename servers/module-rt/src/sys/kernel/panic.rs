//! The panic handler: place and message reach the supervisor's report, together cut at the bound of a line
//! (`ipc_proto::supervisor::MAX_LINE`), then the domain is reaped.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    match info.location() {
        Some(at) => {
            // The place first: a message that is too long is cut at its end.
            crate::request::panicked(format_args!("{}:{}: {}", at.file(), at.line(), info.message()))
        }
        None => crate::request::panicked(format_args!("{}", info.message())),
    }
}

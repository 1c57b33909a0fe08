//! The panic handler: the message reaches the supervisor's report, then the domain is reaped.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    match info.location() {
        Some(at) => {
            crate::request::panicked(format_args!("{} ({}:{})", info.message(), at.file(), at.line()))
        }
        None => crate::request::panicked(format_args!("{}", info.message())),
    }
}

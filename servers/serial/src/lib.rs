//! The board's two serial lines: the console, written by the supervisor and read by the shell; and the host's line, which
//! is the supervisor's.
#![no_std]

#[cfg(target_arch = "x86_64")]
mod com;
mod line;
#[cfg(target_arch = "aarch64")]
mod pl011;

#[cfg(target_arch = "x86_64")]
pub use com::{IRQ, LAST_PORT, LINE_IRQ, LINE_PORT, PORT, Uart};
pub use line::Line;
#[cfg(target_arch = "aarch64")]
pub use pl011::{IRQ, PADDR, Uart};

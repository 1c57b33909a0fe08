//! The board's serial console behind one type: written by the supervisor, read by the shell.
#![no_std]

#[cfg(target_arch = "aarch64")]
mod pl011;
#[cfg(target_arch = "x86_64")]
mod uart16550;

#[cfg(target_arch = "aarch64")]
pub use pl011::{IRQ, PADDR, Uart};
#[cfg(target_arch = "x86_64")]
pub use uart16550::{IRQ, LAST_PORT, PORT, Uart};

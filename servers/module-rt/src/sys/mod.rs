//! The one way to the kernel: on the target to seL4, on any other machine to the simulation of a system.
//!
//! Everything else in this crate is the same on both. What the simulation's half has not (the console's receiver, lockers for
//! anything but callers) compiles there, for a language server's sake, and says so where it is called.

#[cfg(not(target_os = "none"))]
mod host;
#[cfg(target_os = "none")]
mod kernel;

#[cfg(not(target_os = "none"))]
pub(crate) use host::offers;
#[cfg(not(target_os = "none"))]
pub use host::{console, device, fault, locker};
#[cfg(target_os = "none")]
pub use kernel::{console, device, locker};

#[cfg(not(target_os = "none"))]
pub(crate) use host::{
    Info, Received, books, call, call_words, copies, info, instance, message, message_mut, nb_send, now,
    recv, reply, reply_recv, save_caller, ticks, windows_made, yield_now,
};
#[cfg(target_os = "none")]
pub(crate) use kernel::{
    Info, Received, books, call, call_words, copies, info, instance, message, message_mut, nb_send, now,
    recv, reply, reply_recv, save_caller, ticks, windows_made, yield_now,
};

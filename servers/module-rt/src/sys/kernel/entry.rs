//! From the first instruction to the module's way in.
//!
//! The supervisor starts the thread with its stack pointer set and four parameters in the registers of a C call:
//! the domain's id, its generation, the address of the IPC buffer, and 0.

use core::cell::UnsafeCell;

use ipc_proto::ids::{DomainId, Generation, Instance};

#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".globl _start",
    ".type _start, %function",
    "_start:",
    "mov x29, xzr", // the end of every backtrace
    "mov x30, xzr",
    "b {rust}",
    rust = sym enter,
);

#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".globl _start",
    ".type _start, @function",
    "_start:",
    "xor ebp, ebp", // the end of every backtrace
    "call {rust}",
    "ud2",
    rust = sym enter,
);

struct Identity(UnsafeCell<Instance>);

// SAFETY: a module has one thread.
unsafe impl Sync for Identity {}

static IDENTITY: Identity =
    Identity(UnsafeCell::new(Instance { domain: DomainId(0), generation: Generation::NONE }));

/// Which instance this program is, as the supervisor told it at its start.
pub fn instance() -> Instance {
    // SAFETY: written once, before anything can read it, by the only thread.
    unsafe { *IDENTITY.0.get() }
}

unsafe extern "Rust" {
    /// Written by the [`crate::module`] and [`crate::program`] macros.
    safe fn escrow_module_main() -> !;
}

extern "C" fn enter(domain: u64, generation: u64, ipc_buffer: *mut sel4::IpcBuffer) -> ! {
    // SAFETY: the supervisor mapped the IPC buffer at this address, for this thread alone, for the domain's life.
    if let Some(buffer) = unsafe { ipc_buffer.as_mut() } {
        sel4::set_ipc_buffer(buffer);
    }
    let identity = Instance { domain: DomainId(domain as u16), generation: Generation(generation as u32) };
    // SAFETY: nothing has read it yet, and there is no other thread.
    unsafe { *IDENTITY.0.get() = identity };
    escrow_module_main()
}

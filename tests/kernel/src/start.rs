//! From the kernel's first instruction in user mode to the tests, and to the mark that says how they went.

use core::panic::PanicInfo;

use crate::kit::Kit;
use crate::{arch, console, tests};

/// The stack: 64 KiB in zeroed data.
const STACK_BYTES: usize = 64 * 1024;

#[repr(C, align(16))]
struct Stack(core::cell::UnsafeCell<[u8; STACK_BYTES]>);

// SAFETY: only the processor's stack pointer ever reaches it.
unsafe impl Sync for Stack {}

static STACK: Stack = Stack(core::cell::UnsafeCell::new([0; STACK_BYTES]));

#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".globl _start",
    ".type _start, %function",
    "_start:",
    "adrp x9, {stack}",
    "add x9, x9, :lo12:{stack}",
    "mov x10, #{bytes}",
    "add sp, x9, x10",
    "mov x29, xzr",
    "mov x30, xzr",
    "b {rust}",
    stack = sym STACK,
    bytes = const STACK_BYTES,
    rust = sym enter,
);

#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".globl _start",
    ".type _start, @function",
    "_start:",
    "lea rsp, [rip + {stack} + {bytes}]",
    "xor ebp, ebp",
    "call {rust}",
    "ud2",
    stack = sym STACK,
    bytes = const STACK_BYTES,
    rust = sym enter,
);

extern "C" fn enter(bootinfo: *const u8) -> ! {
    // SAFETY: the kernel passes the address of the boot information, which it has mapped for good.
    let bootinfo = unsafe { sel4::BootInfoPtr::new(bootinfo) };
    // SAFETY: the kernel has mapped this thread's IPC buffer there for good; nobody else uses it.
    let buffer = unsafe { bootinfo.ipc_buffer().as_mut() };
    if let Some(buffer) = buffer {
        sel4::set_ipc_buffer(buffer);
    }
    let failed = match Kit::unpack(&bootinfo) {
        Ok(mut kit) => tests::run(&mut kit),
        Err(error) => {
            // Where the console itself is what failed, nothing comes: the one who waits for the mark says so.
            console::line(format_args!("kernel test: no memory, slots or console to test with: {error}"));
            1
        }
    };
    console::halt(failed);
    arch::stop()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    console::line(format_args!("the kernel's tests panicked, which is a bug in them: {info}"));
    console::halt(1);
    arch::stop()
}

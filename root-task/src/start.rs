//! From the kernel's first instruction in user mode to [`crate::boot`]; and the end, if the root task panics.

use core::panic::PanicInfo;

use crate::console;

/// The root task's stack: 1 MiB of its zeroed data. Its books are moved into place on it, once, at boot, which is its
/// deepest use by far.
const STACK_BYTES: usize = 1024 * 1024;
/// So many words of it, 128 KiB, must be unused after that. Below it there is other data, and no guard.
const RESERVE_WORDS: usize = 128 * 1024 / 8;

#[repr(C, align(16))]
struct Stack(core::cell::UnsafeCell<[u8; STACK_BYTES]>);

// SAFETY: only the processor's stack pointer ever reaches it.
unsafe impl Sync for Stack {}

static STACK: Stack = Stack(core::cell::UnsafeCell::new([0; STACK_BYTES]));

/// Whether the lowest part of the stack has never been used. It was zeroed, and is used from its top on.
pub fn has_stack_in_reserve() -> bool {
    let lowest = STACK.0.get().cast::<[u64; RESERVE_WORDS]>();
    // SAFETY: it is the lowest part of the stack, which is aligned for words; whoever writes to the stack is this thread,
    // and further up.
    let words = unsafe { &*lowest };
    words.iter().all(|word| core::hint::black_box(*word) == 0)
}

#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".globl _start",
    ".type _start, %function",
    "_start:",
    "adrp x9, {stack}",
    "add x9, x9, :lo12:{stack}",
    "ldr x10, ={bytes}",
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
    crate::boot::boot(&bootinfo)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    console::end(format_args!("the root task is at its end, which is a bug in it: {info}"));
    crate::arch::stop()
}

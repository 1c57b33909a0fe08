//! Where things lie in a module's address space: one 2 MiB window, so that one page table holds all of it.
//!
//! ```text
//! 0x400000  MODULE_BASE   the segments of the ELF file
//! 0x5f0000  MODULE_END    the registers of a granted device; the page above is never mapped: a stack that
//!                         overflows faults there
//! 0x5f2000                the lowest address that a stack of MAX_STACK reaches
//! 0x5fe000  STACK_TOP     the stack grows down from here; the page above it is never mapped, so that what
//!                         runs over the stack's upper end does not reach the IPC buffer
//! 0x5ff000  IPC_BUFFER    the thread's IPC buffer
//! 0x600000  WINDOW_END    behind it, in a page table of their own, the regions of memory that is shared with others:
//!                         see `ipc_proto::window`
//! ```
//!
//! A module is linked for this window: not position-independent, first segment at [`MODULE_BASE`], every segment
//! on a page of its own.

use ipc_proto::manifest::MAX_STACK;

/// The size of a page and of a frame, as a power of two.
pub const PAGE_BITS: u8 = 12;
/// The size of a page and of a frame in bytes.
pub const PAGE_SIZE: u64 = 1 << PAGE_BITS;

/// The first address that a segment of a module can have.
pub const MODULE_BASE: u64 = 0x40_0000;
/// The end of what the segments of a module can cover.
pub const MODULE_END: u64 = 0x5f_0000;
/// The end of the stack, and the first stack pointer. Multiple of 16, as both calling conventions want it.
pub const STACK_TOP: u64 = 0x5f_e000;
/// The page of the IPC buffer.
pub const IPC_BUFFER: u64 = 0x5f_f000;
/// The end of the window, and of the one page table.
pub const WINDOW_END: u64 = 0x60_0000;

/// Below this lies what a program may use; above it, the kernel, or addresses that are no addresses. The tighter
/// of the two architectures: x86_64's user half less its last page, where a SYSRET to the edge would trap in the
/// kernel (5.0.0 does not check it).
pub const USER_END: u64 = 0x7fff_ffff_e000;

/// The objects of every instance beside its frames and its CNodes, as powers of two of bytes, the largest first:
/// the VSpace root and the three tables below it, and the TCB. The sizes are those of 5.0.0 on both architectures;
/// the root task asserts that its kernel's are no larger.
pub const INSTANCE_OBJECT_BITS: [u8; 5] = [12, 12, 12, 12, 11];
/// The size of the endpoint that comes with a locker, as a power of two of bytes (both architectures).
pub const ENDPOINT_BITS: u8 = 4;
/// The size of a slot of a CNode, as a power of two of bytes (both architectures).
pub const SLOT_BITS: u8 = 5;

// What other files take for granted.
const _: () = {
    assert!(MODULE_BASE.is_multiple_of(0x20_0000) && WINDOW_END - MODULE_BASE == 0x20_0000);
    assert!(MODULE_END.is_multiple_of(PAGE_SIZE) && STACK_TOP.is_multiple_of(PAGE_SIZE));
    assert!(MODULE_END + PAGE_SIZE <= STACK_TOP - MAX_STACK as u64, "a guard page below the largest stack");
    assert!(STACK_TOP + PAGE_SIZE <= IPC_BUFFER, "a guard page between stack and IPC buffer");
    assert!(IPC_BUFFER + PAGE_SIZE == WINDOW_END);
};

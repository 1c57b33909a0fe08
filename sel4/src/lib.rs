//! Thin, typed seL4 bindings for bare-metal Rust: no heap, no thread-local storage, one thread a program.
//!
//! Names are those of rust-sel4, so that its users can read this and programs can move. What depends on the
//! kernel (numbers, layouts, invocations) is generated at build time from the kernel that is installed at
//! `SEL4_PREFIX`; what depends on its version is in [`version`]; the rest is written by hand on top.
//!
//! Where to find things:
//! - capabilities: [`Cap`], [`cap`], [`CPtr`], [`AbsoluteCPtr`];
//! - making objects: [`ObjectBlueprint`] and [`cap::Untyped`];
//! - talking: [`MessageInfo`], [`IpcBuffer`], `call`, `recv`, `reply_recv` and their `_with_mrs` siblings on
//!   [`Cap`], [`reply`];
//! - the first thread: [`BootInfoPtr`], [`init_thread`];
//! - what a fault handler reads: [`Fault`], [`UserContext`].
//!
//! "Manual" in the documentation of items is the seL4 Reference Manual of the kernel's version.
#![no_std]

mod absolute_cptr;
mod arch;
mod bootinfo;
mod cap_rights;
mod cnode_cap_data;
mod cptr;
mod debug;
mod error;
mod fault;
mod frame;
pub mod init_thread;
mod invocation;
#[cfg(target_arch = "x86_64")]
mod io_port;
mod ipc_buffer;
mod irq;
mod message_info;
mod object;
pub mod sys;
mod syscalls;
mod syscalls_with_mrs;
mod tcb;
mod untyped;
mod user_context;
pub mod version;
mod vm_attributes;
mod vspace;

pub use absolute_cptr::AbsoluteCPtr;
pub use arch::SYSCALL_INSTRUCTION;
pub use bootinfo::{BootInfo, BootInfoExtra, BootInfoPtr, SlotRegion, UntypedDesc};
pub use cap_rights::{CapRights, CapRightsBuilder};
pub use cnode_cap_data::CNodeCapData;
pub use cptr::{CPtr, CPtrBits, CPtrWithDepth, Cap, CapType, cap, cap_type};
pub use debug::DebugWrite;
#[cfg(sel4_debug_syscalls)]
pub use debug::{debug_cap_identify, debug_halt, debug_name_thread, debug_put_char, debug_snapshot};
pub use error::{Error, Result};
pub use fault::Fault;
pub use frame::{CapTypeForFrame, CapTypeForFrameOfFixedSize};
pub use ipc_buffer::{IpcBuffer, set_ipc_buffer, take_ipc_buffer_back, with_ipc_buffer, with_ipc_buffer_mut};
pub use message_info::{MessageInfo, MessageInfoBuilder};
#[cfg(target_arch = "aarch64")]
pub use object::ObjectBlueprintArm;
#[cfg(target_arch = "x86_64")]
pub use object::ObjectBlueprintX86;
pub use object::{FrameObjectType, ObjectBlueprint, ObjectBlueprintArch};
pub use sys::UserContext;
pub use syscalls::{Badge, ConveysReplyAuthority, WaitMessageInfo, reply, r#yield};
pub use syscalls_with_mrs::{CallWithMRs, FastMessages, RecvWithMRs, reply_with_mrs};
pub use version::{TranslationTableObjectType, vspace_levels};
pub use vm_attributes::VmAttributes;

/// A word of the machine: 64 bits on both.
pub type Word = u64;

/// The bits of a [`Word`].
pub const WORD_SIZE: usize = 64;

/// Message registers that are registers of the processor; the others lie in the IPC buffer.
pub const NUM_FAST_MESSAGE_REGISTERS: usize = 4;

/// Message registers in all.
pub const NUM_MESSAGE_REGISTERS: usize = sys::MSG_MAX_LENGTH;

/// The bits of a badge that the kernel keeps; it cuts off those above.
pub const BADGE_BITS: usize = sys::BADGE_BITS;

/// The size of the smallest page in bytes.
pub const GRANULE_SIZE: usize = FrameObjectType::GRANULE.bytes();

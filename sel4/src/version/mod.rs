//! What differs between versions of the kernel, all of it: a kernel of another version is another folder beside
//! `v5`, chosen here and in `build.rs`.
//!
//! | what | seL4 5.0.0 (`v5`) | seL4 16.0.0, without MCS |
//! |---|---|---|
//! | `TCB_Configure` | takes priority and maximum controlled priority in one word | takes neither (since 9.0.0) |
//! | `TCB_SetPriority`, `TCB_SetMCPriority` | by the caller's own maximum | take a thread as authority (9.0.0) |
//! | `TCB_SetSchedParams` | none: two invocations | one (9.0.0) |
//! | guards, `seL4_CapData_t` | a tagged word, guards of 18 bits | `seL4_CNode_CapData`, guards of 58 bits (8.0.0) |
//! | badges | 28 bits | 64 bits (8.0.0) |
//! | rights | Read, Write, Grant; a Call needs Grant | also GrantReply; a Call needs one of the two (11.0.0) |
//! | I/O ports | one capability to all of them, narrowed by minting | `IOPortControl` issues ranges that do not overlap (10.0.0) |
//! | `IRQControl_Get`, `GetIOAPIC`, `GetMSI` | the interrupt an `int`, depths words on x86 | a word, and a byte |
//! | AArch64 tables | PageGlobalDirectory, PageUpperDirectory, PageDirectory, PageTable | VSpace and PageTable |
//! | boot information | packed; the time stamp counter's frequency in `archInfo` | aligned; in an extra chunk |
//! | x86-64 fault addresses | cut to 32 bits, unless patched | whole |
//! | `DebugPutChar` | in debug builds | wherever the kernel prints |
//! | IPC buffer's address, AArch64 | in `tpidr_el0`: the register is not the program's | in `tpidrro_el0` (7.0.0) |
//!
//! The build script checks that the installed kernel is one of those that are here. Interface files and headers are
//! read in the form of either version already (`generator`), and what has the same name in both is asked for in
//! `build/common.rs`; only `v5/constants.rs` holds names that changed.
//!
//! What a version provides: [`rights::GRANT_REPLY`], `guard::word`, [`IO_PORT_CONTROL`], the machine's
//! blueprints, [`TranslationTableObjectType`] and [`vspace_levels`]; on [`cap::Tcb`](crate::cap::Tcb)
//! `tcb_configure`, `tcb_configure_with_priority`, `tcb_set_priority`, `tcb_set_mc_priority` and
//! `tcb_set_sched_params`; on [`cap::IrqControl`](crate::cap::IrqControl) `irq_control_get` and on x86-64
//! `irq_control_get_ioapic` and `irq_control_get_msi`; on [`cap::IOPortControl`](crate::cap::IOPortControl)
//! `ioport_control_issue`; and [`BootInfoPtr::tsc_mhz`](crate::BootInfoPtr::tsc_mhz).

mod v5;

pub use v5::*;

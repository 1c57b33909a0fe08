//! AArch64 on QEMU `virt`.

use sel4::{
    BootInfoPtr, CapRights, ObjectBlueprint, ObjectBlueprintArm, UserContext, VmAttributes, Word, cap,
};

use crate::page::WINDOW;
use crate::{console, kit};

/// A frame.
pub const FRAME: ObjectBlueprint = ObjectBlueprint::Arch(ObjectBlueprintArm::SmallPage);
/// A table whose entries are frames.
pub const PAGE_TABLE: ObjectBlueprint = ObjectBlueprint::Arch(ObjectBlueprintArm::PageTable);

/// Maps the UART's registers at the start of the window and opens the console.
///
/// # Errors
/// The kernel's, where it does not offer the device.
pub fn open_console(bootinfo: &BootInfoPtr, slot: usize) -> sel4::Result<()> {
    let is_uart = |untyped: sel4::UntypedDesc| untyped.is_device() && untyped.paddr() as u64 == serial::PADDR;
    let number = bootinfo.untyped_list().position(is_uart).ok_or(sel4::Error::FailedLookup)?;
    let device = bootinfo.untyped().index(number).ok_or(sel4::Error::FailedLookup)?.cap();
    device.untyped_retype(&FRAME, &kit::cnode().absolute_cptr_for_self(), slot, 1)?;
    let vspace = sel4::init_thread::slot::VSPACE.cap();
    let frame = cap::Granule::from_bits(slot as Word);
    frame.frame_map(vspace, WINDOW, CapRights::read_write(), VmAttributes::DEVICE)?;
    // SAFETY: the registers were just mapped there as device memory, for good; this is the program's only `Uart`.
    if let Some(uart) = unsafe { serial::Uart::at(WINDOW) } {
        console::open(uart);
    }
    Ok(())
}

/// Sets what the loops below begin with.
pub fn set_arguments(registers: &mut UserContext, script: Word, address: Word) {
    registers.x19 = script;
    registers.x20 = address;
}

core::arch::global_asm!(
    ".pushsection .text.kernel_test_script, \"ax\"",
    ".globl kernel_test_fill_fpu",
    "kernel_test_fill_fpu:",
    "movi v0.16b, #0xa5",
    "movi v1.16b, #0xa6",
    "movi v2.16b, #0xa7",
    "b kernel_test_script",
    ".globl kernel_test_set_timer",
    "kernel_test_set_timer:",
    "mrs x0, cntvct_el0",
    "add x0, x0, #625",
    "msr cntp_cval_el0, x0",
    "mov x0, #1",
    "msr cntp_ctl_el0, x0",
    "b kernel_test_script",
    ".globl kernel_test_read",
    "kernel_test_read:",
    "ldr x2, [x20]",
    "str x2, [x19, #24]",
    ".globl kernel_test_script",
    "kernel_test_script:",
    "ldp x7, x0, [x19]",
    "ldp x1, x2, [x19, #16]",
    "ldp x3, x4, [x19, #32]",
    "ldr x5, [x19, #48]",
    "svc #0",
    "stp x0, x1, [x19, #8]",
    "stp x2, x3, [x19, #24]",
    "stp x4, x5, [x19, #40]",
    "add x19, x19, #64",
    "b kernel_test_script",
    ".popsection",
);

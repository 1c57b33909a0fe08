//! From the first instruction to the kernel's: the processor's state on both sides.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "`+` joins the fields of a register here, and adds nothing"
)]

use core::arch::{asm, global_asm};
use core::panic::PanicInfo;

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    CNTKCTL_EL1, CurrentEL, ID_AA64MMFR0_EL1, MAIR_EL1, MDSCR_EL1, ReadWriteable as _, Readable as _,
    SCTLR_EL1, TCR_EL1, TTBR0_EL1, TTBR1_EL1, Writeable as _,
};

use crate::parameters::{self, Parameters};
use crate::serial;
use crate::tables;

// There is no stack yet, and the compiler's code may use floating-point registers, which trap after
// a reset. QEMU has zeroed what is not in the file, the stack among it.
global_asm!(
    ".section .text.start, \"ax\"",
    ".global _start",
    "_start:",
    "    msr  daifset, #0xf",
    "    mov  x0, #(3 << 20)",
    "    msr  cpacr_el1, x0",
    "    isb",
    "    adrp x0, _stack_top",
    "    add  x0, x0, :lo12:_stack_top",
    "    mov  sp, x0",
    "    bl   {start}",
    start = sym start,
);

/// The memory attributes by index, as this kernel's page tables mean them: 0 device, 1 and 2 device
/// with reordering, 3 uncached, 4 normal.
const MEMORY_ATTRIBUTES: u64 = 0x0000_00ff_440c_0400;

extern "C" fn start() -> ! {
    if CurrentEL.read(CurrentEL::EL) != 1 {
        serial::halt("loader: this kernel runs at EL1; start QEMU without virtualization=on\n");
    }
    let Some(parameters) = parameters::read() else {
        serial::halt("loader: no image was composed around me; boot what `./escrow run` makes\n");
    };
    enable_mmu(&parameters);
    // The virtual counter is readable for everybody (EL0VCTEN), and no other timer register is:
    // EL0 access to the physical timer would let any module stop it.
    CNTKCTL_EL1.write(CNTKCTL_EL1::EL0VCTEN::SET);
    // The debug communications channel is open to everybody after a reset: closed.
    MDSCR_EL1.write(MDSCR_EL1::TDCC::SET);
    enter(&parameters)
}

/// Maps the memory around this code at its own address, and the kernel where it is linked.
fn enable_mmu(parameters: &Parameters) {
    let roots = tables::fill(parameters);
    MAIR_EL1.set(MEMORY_ATTRIBUTES);
    TCR_EL1.write(
        TCR_EL1::T0SZ.val(16)
            + TCR_EL1::T1SZ.val(16)
            + TCR_EL1::TG0::KiB_4
            + TCR_EL1::TG1::KiB_4
            + TCR_EL1::IRGN0::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL1::ORGN0::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL1::IRGN1::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL1::ORGN1::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL1::SH0::Inner
            + TCR_EL1::SH1::Inner
            // The kernel hands out 16-bit identifiers of address spaces.
            + TCR_EL1::AS::ASID16Bits
            // As much as the processor has.
            + TCR_EL1::IPS.val(ID_AA64MMFR0_EL1.read(ID_AA64MMFR0_EL1::PARange)),
    );
    TTBR0_EL1.set(roots.low);
    TTBR1_EL1.set(roots.high);
    barrier::dsb(barrier::SY);
    barrier::isb(barrier::SY);
    // SAFETY: drops cached translations, of which there are none to rely on yet.
    unsafe { asm!("tlbi vmalle1", "ic iallu", options(nostack, preserves_flags)) };
    barrier::dsb(barrier::SY);
    barrier::isb(barrier::SY);
    SCTLR_EL1.modify(SCTLR_EL1::M::Enable + SCTLR_EL1::C::Cacheable + SCTLR_EL1::I::Cacheable);
    barrier::isb(barrier::SY);
}

/// Jumps to the kernel with what it wants to know in x0 to x3.
fn enter(parameters: &Parameters) -> ! {
    // SAFETY: the composer put the kernel at this entry, `tables` maps it, and the kernel sets up a
    // stack of its own and never returns.
    unsafe {
        asm!(
            "br {entry}",
            entry = in(reg) parameters.kernel_entry,
            in("x0") parameters.user_start,
            in("x1") parameters.user_end,
            in("x2") parameters.pv_offset,
            in("x3") parameters.user_entry,
            options(noreturn),
        )
    }
}

#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    serial::halt("loader: panic, which is a bug of the loader\n")
}

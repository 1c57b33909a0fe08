//! AArch64: the probes, and instructions that belong to the kernel.

use core::arch::asm;

use crate::Returned;

/// A return instruction, where data lies.
#[repr(C, align(64))]
pub struct Code([u32; 2]);

impl Code {
    /// `ret`, twice.
    pub const RETURN: Code = Code([0xd65f_03c0; 2]);

    /// Where it lies.
    pub fn address(&'static self) -> usize {
        (&raw const self.0).addr()
    }
}

/// Makes any system call with any registers.
pub fn syscall(number: u64, cap: u64, info: u64, message: [u64; 4]) -> Returned {
    let [mut mr0, mut mr1, mut mr2, mut mr3] = message;
    let (mut done, mut badge, mut tag) = (0_u64, cap, info);
    // SAFETY: the kernel changes the registers of a message and the IPC buffer, whatever it is asked for.
    unsafe {
        asm!(
            "adr x28, 2f",
            "svc #0",
            "mov {done}, #1",
            "2:",
            "mov x28, xzr",
            done = inout(reg) done,
            in("x7") number,
            inout("x0") badge,
            inout("x1") tag,
            inout("x2") mr0,
            inout("x3") mr1,
            inout("x4") mr2,
            inout("x5") mr3,
            out("x28") _,
            options(nostack),
        );
    }
    (done != 0).then_some((badge, tag, [mr0, mr1, mr2, mr3]))
}

/// Reads a word from any address; nothing where that faults.
pub fn read(address: usize) -> Option<u64> {
    let (mut done, mut word) = (0_u64, 0_u64);
    // SAFETY: reads; a fault goes on at the label.
    unsafe {
        asm!(
            "adr x28, 2f",
            "ldr {word}, [{address}]",
            "mov {done}, #1",
            "2:",
            "mov x28, xzr",
            done = inout(reg) done, word = inout(reg) word, address = in(reg) address, out("x28") _,
            options(nostack, readonly),
        );
    }
    (done != 0).then_some(word)
}

/// Writes a word to any address; whether that was possible. Of the program's own memory it is given what is there.
pub fn write(address: usize, word: u64) -> bool {
    let mut done = 0_u64;
    // SAFETY: callers write what they have read, or to what is not theirs, which faults and goes on at the label.
    unsafe {
        asm!(
            "adr x28, 2f",
            "str {word}, [{address}]",
            "mov {done}, #1",
            "2:",
            "mov x28, xzr",
            done = inout(reg) done, word = in(reg) word, address = in(reg) address, out("x28") _,
            options(nostack),
        );
    }
    done != 0
}

/// Jumps to any address; whether something there was executed, and came back.
pub fn execute(address: usize) -> bool {
    let mut done = 0_u64;
    // SAFETY: what is there returns at once (callers say), or faults and goes on at the label.
    unsafe {
        asm!(
            "adr x28, 2f",
            "blr {address}",
            "mov {done}, #1",
            "2:",
            "mov x28, xzr",
            done = inout(reg) done, address = in(reg) address, out("x28") _, out("x30") _,
            options(nostack),
        );
    }
    done != 0
}

/// A machine instruction of this number cannot be tried here: data is not executed.
pub fn instruction(_: &[u8]) -> Option<bool> {
    None
}

macro_rules! instructions {
    ($($name:literal: $line:literal;)*) => {
        /// Instructions that reach, or would reach, what belongs to more than the program: a name, and whether the
        /// processor executes it. x0 holds 0 before each.
        pub const INSTRUCTIONS: &[(&str, fn() -> bool)] = &[$(($name, || {
            let mut done = 0_u64;
            // SAFETY: changes x0 and what the kernel has not closed, which is what is asked; a fault goes on at the
            // label.
            unsafe {
                asm!(
                    "adr x28, 2f", $line, "mov {done}, #1", "2:", "mov x28, xzr",
                    done = inout(reg) done, inout("x0") 0_u64 => _, out("x28") _, options(nostack),
                );
            }
            done != 0
        })),*];
    };
}

instructions! {
    "read cntfrq_el0": "mrs x0, cntfrq_el0";
    "read cntvct_el0": "mrs x0, cntvct_el0";
    "read cntpct_el0": "mrs x0, cntpct_el0";
    "read cntp_ctl_el0": "mrs x0, cntp_ctl_el0";
    "write cntp_ctl_el0": "msr cntp_ctl_el0, x0";
    "write cntp_tval_el0": "msr cntp_tval_el0, x0";
    "write cntp_cval_el0": "msr cntp_cval_el0, x0";
    "read cntv_ctl_el0": "mrs x0, cntv_ctl_el0";
    "write cntv_ctl_el0": "msr cntv_ctl_el0, x0";
    "write cntv_tval_el0": "msr cntv_tval_el0, x0";
    "write cntv_cval_el0": "msr cntv_cval_el0, x0";
    "write cntps_ctl_el1": "msr S3_7_C14_C2_1, x0";
    "write cntkctl_el1": "msr cntkctl_el1, x0";
    "write cntfrq_el0": "msr cntfrq_el0, x0";
    "read pmccntr_el0": "mrs x0, pmccntr_el0";
    "write pmccntr_el0": "msr pmccntr_el0, x0";
    "read pmcr_el0": "mrs x0, pmcr_el0";
    "write pmcr_el0": "msr pmcr_el0, x0";
    "write pmcntenset_el0": "msr pmcntenset_el0, x0";
    "write pmuserenr_el0": "msr pmuserenr_el0, x0";
    "write pmintenset_el1": "msr pmintenset_el1, x0";
    "write pmswinc_el0": "msr pmswinc_el0, x0";
    "read tpidr_el0": "mrs x0, tpidr_el0";
    "write tpidr_el0": "msr tpidr_el0, x0";
    "read tpidrro_el0": "mrs x0, tpidrro_el0";
    "write tpidrro_el0": "msr tpidrro_el0, x0";
    "write tpidr_el1": "msr tpidr_el1, x0";
    "read ctr_el0": "mrs x0, ctr_el0";
    "read dczid_el0": "mrs x0, dczid_el0";
    "read midr_el1": "mrs x0, midr_el1";
    "read mpidr_el1": "mrs x0, mpidr_el1";
    "read id_aa64mmfr0_el1": "mrs x0, id_aa64mmfr0_el1";
    "read currentel": "mrs x0, currentel";
    "read daif": "mrs x0, daif";
    "mask interrupts": "msr daifset, #0xf";
    "write spsel": "msr spsel, #1";
    "read sctlr_el1": "mrs x0, sctlr_el1";
    "write sctlr_el1": "msr sctlr_el1, x0";
    "write ttbr0_el1": "msr ttbr0_el1, x0";
    "write ttbr1_el1": "msr ttbr1_el1, x0";
    "write tcr_el1": "msr tcr_el1, x0";
    "write mair_el1": "msr mair_el1, x0";
    "write vbar_el1": "msr vbar_el1, x0";
    "write elr_el1": "msr elr_el1, x0";
    "write spsr_el1": "msr spsr_el1, x0";
    "write sp_el0": "msr sp_el0, x0";
    "write esr_el1": "msr esr_el1, x0";
    "write far_el1": "msr far_el1, x0";
    "write cpacr_el1": "msr cpacr_el1, x0";
    "write contextidr_el1": "msr contextidr_el1, x0";
    "write actlr_el1": "msr actlr_el1, x0";
    "write mdscr_el1": "msr mdscr_el1, x0";
    "write oslar_el1": "msr oslar_el1, x0";
    "write dbgbvr0_el1": "msr dbgbvr0_el1, x0";
    "write dbgbcr0_el1": "msr dbgbcr0_el1, x0";
    "read mdccsr_el0": "mrs x0, mdccsr_el0";
    "write dbgdtr_el0": "msr dbgdtr_el0, x0";
    "write icc_pmr_el1": "msr S3_0_C4_C6_0, x0";
    "write icc_sgi1r_el1": "msr S3_0_C12_C11_5, x0";
    "write hcr_el2": "msr hcr_el2, x0";
    "write scr_el3": "msr scr_el3, x0";
    "tlbi vmalle1": "tlbi vmalle1";
    "tlbi vmalle1is": "tlbi vmalle1is";
    "at s1e1r": "at s1e1r, x0";
    "ic iallu": "ic iallu";
    "ic ivau of address 0": "ic ivau, x0";
    "dc ivac of address 0": "dc ivac, x0";
    "dc isw": "dc isw, x0";
    "dc cisw": "dc cisw, x0";
    "dc cvac of address 0": "dc cvac, x0";
    "dc civac of address 0": "dc civac, x0";
    "dc zva of address 0": "dc zva, x0";
    "wfe": "wfe";
    "wfi": "wfi";
    "sev": "sev";
    "hvc #0": "hvc #0";
    "smc #0": "smc #0";
    "eret": "eret";
    "brk #0": "brk #0";
    "hlt #0": "hlt #0";
    "dcps1": "dcps1";
    "udf #0": ".inst 0";
}

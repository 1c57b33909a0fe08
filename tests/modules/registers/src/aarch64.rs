//! AArch64: x0 to x30, v0 to v31, FPCR and FPSR.

use super::START;

/// How many general-purpose registers are noted, with one word that is none.
pub const GENERAL: usize = 32;

/// Their names, in the order in which they are noted.
pub const NAMES: [&str; 31] = [
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
];
/// Those that the supervisor sets: domain, generation, IPC buffer.
pub const SET: [&str; 3] = ["x0", "x1", "x2"];

/// The vector registers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Vectors {
    words: [u64; 64],
    control: [u64; 2],
}

impl Vectors {
    /// Nothing in any of them.
    pub const NONE: Vectors = Vectors { words: [0; 64], control: [0; 2] };

    /// Whether everything is as a thread begins with it.
    pub fn is_fresh(&self) -> bool {
        *self == Vectors::NONE
    }

    /// A word of a register that is not `pattern`: which, and what it holds.
    pub fn other_than(&self, pattern: u64) -> Option<(usize, u64)> {
        self.words.iter().copied().enumerate().find(|(_, word)| *word != pattern)
    }
}

core::arch::global_asm!(
    ".globl registers_start",
    ".type registers_start, %function",
    "registers_start:",
    "stp x0, x1, [sp, #-16]!",
    "adrp x0, {start}",
    "add x0, x0, :lo12:{start}",
    "stp x2, x3, [x0, #16]",
    "stp x4, x5, [x0, #32]",
    "stp x6, x7, [x0, #48]",
    "stp x8, x9, [x0, #64]",
    "stp x10, x11, [x0, #80]",
    "stp x12, x13, [x0, #96]",
    "stp x14, x15, [x0, #112]",
    "stp x16, x17, [x0, #128]",
    "stp x18, x19, [x0, #144]",
    "stp x20, x21, [x0, #160]",
    "stp x22, x23, [x0, #176]",
    "stp x24, x25, [x0, #192]",
    "stp x26, x27, [x0, #208]",
    "stp x28, x29, [x0, #224]",
    "str x30, [x0, #240]",
    "ldr x1, [sp]",
    "str x1, [x0]",
    "ldr x1, [sp, #8]",
    "str x1, [x0, #8]",
    "add x0, x0, #256",
    "bl {store}",
    "mov x30, #0",
    "ldp x0, x1, [sp], #16",
    "b _start",
    start = sym START,
    store = sym registers_store,
);

core::arch::global_asm!(
    ".globl registers_store",
    ".type registers_store, %function",
    "registers_store:",
    "stp q0, q1, [x0]",
    "stp q2, q3, [x0, #32]",
    "stp q4, q5, [x0, #64]",
    "stp q6, q7, [x0, #96]",
    "stp q8, q9, [x0, #128]",
    "stp q10, q11, [x0, #160]",
    "stp q12, q13, [x0, #192]",
    "stp q14, q15, [x0, #224]",
    "stp q16, q17, [x0, #256]",
    "stp q18, q19, [x0, #288]",
    "stp q20, q21, [x0, #320]",
    "stp q22, q23, [x0, #352]",
    "stp q24, q25, [x0, #384]",
    "stp q26, q27, [x0, #416]",
    "stp q28, q29, [x0, #448]",
    "stp q30, q31, [x0, #480]",
    "mrs x1, fpcr",
    "str x1, [x0, #512]",
    "mrs x1, fpsr",
    "str x1, [x0, #520]",
    "ret",
);

unsafe extern "C" {
    fn registers_store(to: *mut Vectors);
}

/// Stores the vector registers.
pub fn store(to: &mut Vectors) {
    // SAFETY: writes exactly the 528 bytes that `Vectors` has, and changes x1 alone, which a call may.
    unsafe { registers_store(to) }
}

/// Puts the pattern into every vector register, which the code behind it must leave alone.
pub fn fill(pattern: u64) {
    macro_rules! into {
        ($($register:tt)*) => {
            // SAFETY: changes the registers that it says it changes.
            unsafe {
                core::arch::asm!(
                    $(concat!("dup ", $register, ".2d, {0}"),)*
                    in(reg) pattern, $(out($register) _,)*
                );
            }
        };
    }
    into!("v0" "v1" "v2" "v3" "v4" "v5" "v6" "v7" "v8" "v9" "v10" "v11" "v12" "v13" "v14" "v15");
    into!("v16" "v17" "v18" "v19" "v20" "v21" "v22" "v23" "v24" "v25" "v26" "v27" "v28" "v29" "v30" "v31");
}

//! x86_64: the general-purpose registers, the segment selectors, and what FXSAVE stores.

use super::START;

/// How many general-purpose registers are noted, with one word for four selectors.
pub const GENERAL: usize = 16;

/// Their names, in the order in which they are noted. The last one is ds, es, fs and gs, from the lowest bits up.
pub const NAMES: [&str; 16] = [
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    "segments",
];
/// Those that the supervisor sets: domain, generation, IPC buffer; and the two that SYSRET takes address and flags from.
pub const SET: [&str; 5] = ["rdi", "rsi", "rdx", "rcx", "r11"];

/// The x87 and vector registers, as FXSAVE stores them (Intel SDM volume 1, section 10.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Vectors {
    words: [u64; 64],
}

/// The selector of the user's data segment, one of the few that can be loaded.
const DATA: u16 = 0x33;
/// The control word of the x87, as FINIT sets it.
const CONTROL: u64 = 0x37f;
/// MXCSR after a reset. Behind it stands the mask of its bits, which the processor writes.
const MXCSR: u64 = 0x1f80;
/// The words of the ST registers and of XMM0 to XMM15.
const ST: core::ops::Range<usize> = 4..20;
const XMM: core::ops::Range<usize> = 20..52;

impl Vectors {
    /// Nothing in any of them.
    pub const NONE: Vectors = Vectors { words: [0; 64] };

    /// Whether everything is as a thread begins with it.
    pub fn is_fresh(&self) -> bool {
        let [control, _, _, mxcsr, ..] = self.words;
        control == CONTROL && mxcsr & u64::from(u32::MAX) == MXCSR && self.other_than(0).is_none()
    }

    /// A word of a register that is not `pattern`: which, and what it holds. Of the x87's, those that MMX has.
    pub fn other_than(&self, pattern: u64) -> Option<(usize, u64)> {
        let all = self.words.iter().copied().enumerate();
        let is_register = |at: usize| XMM.contains(&at) || (ST.contains(&at) && at.is_multiple_of(2));
        all.filter(|(at, _)| is_register(*at)).find(|(_, word)| *word != pattern)
    }
}

core::arch::global_asm!(
    ".globl registers_start",
    ".type registers_start, @function",
    "registers_start:",
    "push rax",
    "lea rax, [rip + {start}]",
    "mov [rax + 8], rbx",
    "mov [rax + 16], rcx",
    "mov [rax + 24], rdx",
    "mov [rax + 32], rsi",
    "mov [rax + 40], rdi",
    "mov [rax + 48], rbp",
    "mov [rax + 56], r8",
    "mov [rax + 64], r9",
    "mov [rax + 72], r10",
    "mov [rax + 80], r11",
    "mov [rax + 88], r12",
    "mov [rax + 96], r13",
    "mov [rax + 104], r14",
    "mov [rax + 112], r15",
    "mov word ptr [rax + 120], ds",
    "mov word ptr [rax + 122], es",
    "mov word ptr [rax + 124], fs",
    "mov word ptr [rax + 126], gs",
    "fxsave64 [rax + 128]",
    "pop qword ptr [rax]",
    "jmp _start",
    ".globl registers_store",
    ".type registers_store, @function",
    "registers_store:",
    "fxsave64 [rdi]",
    "ret",
    ".globl registers_fill",
    ".type registers_fill, @function",
    "registers_fill:",
    "movq xmm0, rdi",
    "punpcklqdq xmm0, xmm0",
    "movdqa xmm1, xmm0",
    "movdqa xmm2, xmm0",
    "movdqa xmm3, xmm0",
    "movdqa xmm4, xmm0",
    "movdqa xmm5, xmm0",
    "movdqa xmm6, xmm0",
    "movdqa xmm7, xmm0",
    "movdqa xmm8, xmm0",
    "movdqa xmm9, xmm0",
    "movdqa xmm10, xmm0",
    "movdqa xmm11, xmm0",
    "movdqa xmm12, xmm0",
    "movdqa xmm13, xmm0",
    "movdqa xmm14, xmm0",
    "movdqa xmm15, xmm0",
    "movq mm0, rdi",
    "movq mm1, rdi",
    "movq mm2, rdi",
    "movq mm3, rdi",
    "movq mm4, rdi",
    "movq mm5, rdi",
    "movq mm6, rdi",
    "movq mm7, rdi",
    "mov eax, {data}",
    "mov ds, eax",
    "mov es, eax",
    "mov fs, eax",
    "mov gs, eax",
    "ret",
    start = sym START,
    data = const DATA,
);

unsafe extern "C" {
    fn registers_store(to: *mut Vectors);
    fn registers_fill(pattern: u64);
}

/// Stores the x87 and vector registers.
pub fn store(to: &mut Vectors) {
    // SAFETY: writes exactly the 512 bytes that `Vectors` has, which is aligned to 16.
    unsafe { registers_store(to) }
}

/// Puts the pattern into every vector register, which the code behind it must leave alone, and what can be loaded into
/// ds, es, fs and gs, which the kernel does not keep.
pub fn fill(pattern: u64) {
    // SAFETY: changes registers that programs for this target do not use, and rax, which a call may.
    unsafe { registers_fill(pattern) }
}

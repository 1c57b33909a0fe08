//! x86_64 on a PC.

use sel4::{BootInfoPtr, CPtr, ObjectBlueprint, ObjectBlueprintX86, UserContext, Word, cap};

use crate::{console, kit};

/// A frame.
pub const FRAME: ObjectBlueprint = ObjectBlueprint::Arch(ObjectBlueprintX86::SmallPage);
/// A table whose entries are frames.
pub const PAGE_TABLE: ObjectBlueprint = ObjectBlueprint::Arch(ObjectBlueprintX86::PageTable);

/// What boot says of the time stamp counter.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// Its frequency, as boot has measured it.
    pub mhz: u64,
    /// Where it stood when user level began: it counts from reset.
    pub after_boot: u64,
}

impl Counter {
    /// To be taken first of all.
    pub fn at_boot(bootinfo: &BootInfoPtr) -> Counter {
        // SAFETY: reads a counter.
        let after_boot = unsafe { core::arch::x86_64::_rdtsc() };
        Counter { mhz: bootinfo.tsc_mhz(), after_boot }
    }
}

/// Makes the console's capability in `slot`; again, where it was revoked.
///
/// # Errors
/// The kernel's.
pub fn issue_console(slot: usize) -> sel4::Result<()> {
    let control = sel4::init_thread::slot::IO_PORT_CONTROL.cap();
    let slot = kit::cnode().absolute_cptr(CPtr::from_bits(slot as Word));
    control.ioport_control_issue(u64::from(serial::PORT), u64::from(serial::LAST_PORT), &slot)
}

/// Makes the console's capability in `slot` and opens the console.
///
/// # Errors
/// The kernel's.
pub fn open_console(_: &BootInfoPtr, slot: usize) -> sel4::Result<()> {
    issue_console(slot)?;
    // SAFETY: this is the program's only `Uart`.
    let mut uart = unsafe { serial::Uart::new(cap::IOPort::from_bits(slot as Word)) };
    uart.set_up();
    console::open(uart);
    Ok(())
}

/// The words of the page that the loops below load the segment selectors from, write them to, and find or put what lies
/// behind the bases in: behind the part that the kernel uses when the page is an IPC buffer.
pub mod segment_words {
    /// What is loaded into each.
    pub const LOAD: usize = 256;
    /// Where it can be found only by a right base.
    pub const MARK: usize = 257;
    /// The four selectors as they were read: ds, es, fs, gs, from the lowest bits up.
    pub const SELECTORS: usize = 258;
    /// The mark as it was read by the base of gs.
    pub const BY_GS: usize = 259;
    /// The mark as it was read by the base of fs.
    pub const BY_FS: usize = 260;
}

/// Sets what the loops below begin with.
pub fn set_arguments(registers: &mut UserContext, script: Word, address: Word) {
    registers.rbx = script;
    registers.r12 = address;
    registers.rsp = address;
}

/// Sets the base of fs, and where the mark of the page is from there.
pub fn set_fs_base(registers: &mut UserContext, base: Word) {
    registers.tls_base = base;
    let mark = registers.r12.wrapping_add(segment_words::MARK.wrapping_mul(8) as Word);
    registers.r13 = mark.wrapping_sub(base);
}

core::arch::global_asm!(
    ".pushsection .text.kernel_test_script, \"ax\"",
    ".globl kernel_test_fill_fpu",
    "kernel_test_fill_fpu:",
    "pcmpeqd xmm0, xmm0",
    "pcmpeqd xmm1, xmm1",
    "pcmpeqd xmm2, xmm2",
    "jmp kernel_test_script",
    // Sets the flags NT, DF and AC, and lets others run; four times.
    ".globl kernel_test_yield_with_flags",
    "kernel_test_yield_with_flags:",
    "mov rbp, 4",
    "2:",
    "push 0x44402",
    "popfq",
    "mov rdx, {yield_}",
    "mov r13, rsp",
    "syscall",
    "mov rsp, r13",
    "push 2",
    "popfq",
    "sub rbp, 1",
    "jnz 2b",
    "jmp kernel_test_script",
    ".globl kernel_test_load_segments",
    "kernel_test_load_segments:",
    "mov rax, [r12 + 8 * {load}]",
    "mov ds, eax",
    "mov es, eax",
    "mov fs, eax",
    "mov gs, eax",
    "jmp kernel_test_script",
    ".globl kernel_test_read_segments",
    "kernel_test_read_segments:",
    "mov rdx, [rbx]",
    "mov rdi, [rbx + 8]",
    "syscall",
    "add rbx, 64",
    "mov word ptr [r12 + 8 * {selectors}], ds",
    "mov word ptr [r12 + 8 * {selectors} + 2], es",
    "mov word ptr [r12 + 8 * {selectors} + 4], fs",
    "mov word ptr [r12 + 8 * {selectors} + 6], gs",
    "mov rax, gs:[8 * {mark}]",
    "mov [r12 + 8 * {by_gs}], rax",
    "mov rax, fs:[r13]",
    "mov [r12 + 8 * {by_fs}], rax",
    "jmp kernel_test_script",
    ".globl kernel_test_spin",
    "kernel_test_spin:",
    "jmp kernel_test_spin",
    ".globl kernel_test_read",
    "kernel_test_read:",
    "mov rax, [r12]",
    "mov [rbx + 24], rax",
    ".globl kernel_test_script",
    "kernel_test_script:",
    "mov rdx, [rbx]",
    "mov rdi, [rbx + 8]",
    "mov rsi, [rbx + 16]",
    "mov r10, [rbx + 24]",
    "mov r8, [rbx + 32]",
    "mov r9, [rbx + 40]",
    "mov r15, [rbx + 48]",
    "syscall",
    "mov [rbx + 8], rdi",
    "mov [rbx + 16], rsi",
    "mov [rbx + 24], r10",
    "mov [rbx + 32], r8",
    "mov [rbx + 40], r9",
    "mov [rbx + 48], r15",
    "add rbx, 64",
    "jmp kernel_test_script",
    ".popsection",
    yield_ = const sel4::sys::SYS_YIELD.cast_signed(),
    load = const segment_words::LOAD,
    mark = const segment_words::MARK,
    selectors = const segment_words::SELECTORS,
    by_fs = const segment_words::BY_FS,
    by_gs = const segment_words::BY_GS,
);

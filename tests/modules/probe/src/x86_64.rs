//! x86_64: the probes, and instructions that belong to the kernel.
//!
//! Every page that can be read can be executed here, so instructions are written where they are tried.

use core::arch::asm;
use core::cell::UnsafeCell;

use crate::Returned;

/// A return instruction, where data lies.
#[repr(C, align(64))]
pub struct Code([u8; 8]);

impl Code {
    /// `ret`, eight times.
    pub const RETURN: Code = Code([0xc3; 8]);

    /// Where it lies.
    pub fn address(&'static self) -> usize {
        (&raw const self.0).addr()
    }
}

/// Makes any system call with any registers.
pub fn syscall(number: u64, cap: u64, info: u64, message: [u64; 4]) -> Returned {
    let [mut mr0, mut mr1, mut mr2, mut mr3] = message;
    let (mut done, mut badge, mut tag) = (0_u64, cap, info);
    // SAFETY: the kernel changes the registers of a message, rcx, r11, the stack pointer, which is put back, and the IPC
    // buffer, whatever it is asked for.
    unsafe {
        asm!(
            "mov r12, rsp",
            "lea r14, [rip + 2f]",
            "syscall",
            "mov eax, 1",
            "2:",
            "mov rsp, r12",
            "xor r14d, r14d",
            inout("rax") done,
            in("rdx") number,
            inout("rdi") badge,
            inout("rsi") tag,
            inout("r10") mr0,
            inout("r8") mr1,
            inout("r9") mr2,
            inout("r15") mr3,
            out("rcx") _,
            out("r11") _,
            out("r12") _,
            out("r14") _,
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
            "lea r14, [rip + 2f]",
            "mov {word}, [{address}]",
            "mov {done:e}, 1",
            "2:",
            "xor r14d, r14d",
            done = inout(reg) done, word = inout(reg) word, address = in(reg) address, out("r14") _,
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
            "lea r14, [rip + 2f]",
            "mov [{address}], {word}",
            "mov {done:e}, 1",
            "2:",
            "xor r14d, r14d",
            done = inout(reg) done, word = in(reg) word, address = in(reg) address, out("r14") _,
            options(nostack),
        );
    }
    done != 0
}

/// Calls any address; whether something there was executed, and came back. What is there may use any register, and
/// change any flag.
pub fn execute(address: usize) -> bool {
    let mut done = 0_u64;
    // SAFETY: what is there returns (callers say), or faults and goes on at the label; registers that belong to the
    // compiler are put back, and so are the flags and the state of the x87 and of MXCSR.
    unsafe {
        asm!(
            "push rbx",
            "push rbp",
            "mov r12, rsp",
            "lea r14, [rip + 2f]",
            "xor eax, eax",
            "call r11",
            "mov r13d, 1",
            "2:",
            "mov rsp, r12",
            "push 2",
            "popfq",
            "xor r14d, r14d",
            "fninit",
            "push 0x1f80",
            "ldmxcsr [rsp]",
            "pop rax",
            "pop rbp",
            "pop rbx",
            inout("r11") address => _,
            inout("r13") done,
            out("r12") _,
            out("r14") _,
            clobber_abi("C"),
        );
    }
    done != 0
}

/// Instructions are written here, between nothing and a return.
#[repr(C, align(4096))]
struct Buffer(UnsafeCell<[u8; 4096]>);

// SAFETY: a module has one thread.
unsafe impl Sync for Buffer {}

static BUFFER: Buffer = Buffer(UnsafeCell::new([0xc3; 4096]));

/// Executes these bytes, at most 64 of them, and returns: whether that came to its end.
pub fn instruction(bytes: &[u8]) -> Option<bool> {
    // SAFETY: nobody else has a reference to the buffer, and this one ends before the call.
    let buffer = unsafe { &mut *BUFFER.0.get() };
    let (code, rest) = buffer.split_at_mut_checked(bytes.len())?;
    code.copy_from_slice(bytes);
    rest.iter_mut().take(64).for_each(|byte| *byte = 0xc3);
    Some(execute(BUFFER.0.get().addr()))
}

macro_rules! instructions {
    ($($name:literal: $($byte:literal)*;)*) => {
        /// Instructions that reach, or would reach, what belongs to more than the program: a name, and whether the
        /// processor executes it. rax holds 0 before each.
        pub const INSTRUCTIONS: &[(&str, fn() -> bool)] =
            &[$(($name, || instruction(&[$($byte),*]) == Some(true))),*];
    };
}

// After a system call the stack pointer is what it was before this, less the return address: `lea rsp, [r12 - 8]`. The
// call that they make is Yield.
instructions! {
    "rdtsc": 0x0f 0x31;
    "rdtscp": 0x0f 0x01 0xf9;
    "rdpmc": 0x0f 0x33;
    "rdmsr": 0x0f 0x32;
    "wrmsr": 0x0f 0x30;
    "in al, 0x20": 0xe4 0x20;
    "out 0x20, al": 0xe6 0x20;
    "out 0x64, al": 0xe6 0x64;
    "out 0xcf9": 0x66 0xba 0xf9 0x0c 0xee;
    "in eax, dx": 0xed;
    "ins": 0x6c;
    "outs": 0x6e;
    "cli": 0xfa;
    "sti": 0xfb;
    "hlt": 0xf4;
    "mov rax, cr0": 0x0f 0x20 0xc0;
    "mov cr0, rax": 0x0f 0x22 0xc0;
    "mov rax, cr3": 0x0f 0x20 0xd8;
    "mov cr3, rax": 0x0f 0x22 0xd8;
    "mov cr4, rax": 0x0f 0x22 0xe0;
    "mov cr8, rax": 0x44 0x0f 0x22 0xc0;
    "mov rax, dr7": 0x0f 0x21 0xf8;
    "mov dr7, rax": 0x0f 0x23 0xf8;
    "clts": 0x0f 0x06;
    "lmsw ax": 0x0f 0x01 0xf0;
    "smsw eax": 0x0f 0x01 0xe0;
    "lgdt [rsp]": 0x0f 0x01 0x14 0x24;
    "lidt [rsp]": 0x0f 0x01 0x1c 0x24;
    "sgdt [rsp-16]": 0x0f 0x01 0x44 0x24 0xf0;
    "sidt [rsp-16]": 0x0f 0x01 0x4c 0x24 0xf0;
    "lldt ax": 0x0f 0x00 0xd0;
    "sldt eax": 0x0f 0x00 0xc0;
    "ltr ax": 0x0f 0x00 0xd8;
    "str eax": 0x0f 0x00 0xc8;
    "invd": 0x0f 0x08;
    "wbinvd": 0x0f 0x09;
    "invlpg [rsp]": 0x0f 0x01 0x3c 0x24;
    "invpcid": 0x66 0x0f 0x38 0x82 0x04 0x24;
    "swapgs": 0x0f 0x01 0xf8;
    "sysret": 0x48 0x0f 0x07;
    "sysexit": 0x48 0x0f 0x35;
    "sysenter": 0x0f 0x34;
    "iretq to ring 0": 0x6a 0x10 0x54 0x6a 0x02 0x6a 0x08 0x68 0x00 0x00 0x40 0x00 0x48 0xcf;
    "retf to ring 0": 0x6a 0x08 0x68 0x00 0x00 0x40 0x00 0x48 0xcb;
    "mov ss, 0x10": 0xb8 0x10 0x00 0x00 0x00 0x8e 0xd0;
    "mov ds, 0x08": 0xb8 0x08 0x00 0x00 0x00 0x8e 0xd8;
    "mov fs, 0": 0x8e 0xe0;
    "mov gs, 0": 0x8e 0xe8;
    "rdfsbase": 0xf3 0x48 0x0f 0xae 0xc0;
    "wrfsbase": 0xf3 0x48 0x0f 0xae 0xd0;
    "wrgsbase": 0xf3 0x48 0x0f 0xae 0xd8;
    "xgetbv": 0x31 0xc9 0x0f 0x01 0xd0;
    "xsetbv": 0x0f 0x01 0xd1;
    "monitor": 0x0f 0x01 0xc8;
    "mwait": 0x0f 0x01 0xc9;
    "vmcall": 0x0f 0x01 0xc1;
    "vmmcall": 0x0f 0x01 0xd9;
    "vmxoff": 0x0f 0x01 0xc4;
    "vmrun": 0x0f 0x01 0xd8;
    "rsm": 0x0f 0xaa;
    "ud2": 0x0f 0x0b;
    "int3": 0xcc;
    "icebp": 0xf1;
    "div by zero": 0x31 0xd2 0xf7 0xf0;
    "own state: x87 error": 0x6a 0x00 0xd9 0x2c 0x24 0xd9 0xe8 0xd9 0xee 0xde 0xf9 0x9b 0x58;
    "own state: vector error": 0x6a 0x00 0x0f 0xae 0x14 0x24 0x58 0x0f 0x57 0xc0 0x0f 0x5e 0xc0;
    "own state: reserved bits of mxcsr": 0x6a 0xff 0x0f 0xae 0x14 0x24 0x58;
    "own state: single step": 0x68 0x02 0x01 0x00 0x00 0x9d 0x90;
    "own state: single step, then syscall": 0x68 0x02 0x01 0x00 0x00 0x9d 0x48 0xc7 0xc2 0xf9 0xff 0xff 0xff 0x0f 0x05 0x49 0x8d 0x64 0x24 0xf8;
    "own state: nested task, then syscall": 0x68 0x02 0x40 0x00 0x00 0x9d 0x48 0xc7 0xc2 0xf9 0xff 0xff 0xff 0x0f 0x05 0x49 0x8d 0x64 0x24 0xf8;
    "own state: nested task, then a fault": 0x68 0x02 0x40 0x00 0x00 0x9d 0x0f 0x0b;
    "own state: downwards, then syscall": 0xfd 0x48 0xc7 0xc2 0xf9 0xff 0xff 0xff 0x0f 0x05 0x49 0x8d 0x64 0x24 0xf8;
    "own state: downwards, then a fault": 0xfd 0x0f 0x0b;
    "own state: alignment check, then syscall": 0x68 0x02 0x00 0x04 0x00 0x9d 0x48 0xc7 0xc2 0xf9 0xff 0xff 0xff 0x0f 0x05 0x49 0x8d 0x64 0x24 0xf8;
    "own state: alignment check, then a fault": 0x68 0x02 0x00 0x04 0x00 0x9d 0x0f 0x0b;
    "own state: all of them, then syscall": 0x6a 0xff 0x9d 0x48 0xc7 0xc2 0xf9 0xff 0xff 0xff 0x0f 0x05 0x49 0x8d 0x64 0x24 0xf8;
    "own state: all of them, then a fault": 0x6a 0xff 0x9d 0x0f 0x0b;
    "own state: interrupts off, ring 3": 0x68 0x02 0x30 0x00 0x00 0x9d 0xfa;
}

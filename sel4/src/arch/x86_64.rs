//! x86-64: the trap into the kernel, and what its registers are called.

use core::arch::asm;

use crate::user_context::no_such_parameter;
use crate::{Badge, MessageInfo, UserContext, VmAttributes, Word, sys};

/// The instruction that enters the kernel (`syscall`), as it lies in memory.
pub const SYSCALL_INSTRUCTION: [u8; 2] = [0x0f, 0x05];

/// Sends and then receives: the number in rdx, the capability in rdi, message information in rsi, the message in
/// r10, r8, r9 and r15; back come the badge in rdi and the rest where it was.
///
/// `syscall` itself overwrites rcx and r11, and the kernel does not keep rsp: it waits in r12, which the kernel
/// does keep (rbx, which libsel4 uses for that, belongs to the compiler).
#[inline(always)]
pub(crate) fn send_recv(number: Word, cap: Word, info: Word, message: [Word; 4]) -> (Word, Word, [Word; 4]) {
    let [mut mr0, mut mr1, mut mr2, mut mr3] = message;
    let (badge, info_out);
    // SAFETY: the kernel changes no register but those named here, rsp is what it was when the block ends, and
    // no memory of this program changes but the IPC buffer and memory that is shared, which is what the
    // compiler assumes of an `asm!` without `nomem`. An interrupt does not write to the stack: the kernel has
    // its own.
    unsafe {
        asm!(
            "mov r12, rsp",
            "syscall",
            "mov rsp, r12",
            in("rdx") number,
            inlateout("rdi") cap => badge,
            inlateout("rsi") info => info_out,
            inlateout("r10") mr0,
            inlateout("r8") mr1,
            inlateout("r9") mr2,
            inlateout("r15") mr3,
            out("rcx") _,
            out("r11") _,
            out("r12") _,
            options(nostack),
        );
    }
    (badge, info_out, [mr0, mr1, mr2, mr3])
}

/// Like [`send_recv`], with two notes in rax and r13, which the kernel keeps as it keeps every register but rcx and
/// r11.
#[inline(always)]
pub(crate) fn send_recv_noted(
    number: Word,
    cap: Word,
    info: Word,
    message: [Word; 4],
    notes: [Word; 2],
) -> (Word, Word, [Word; 4]) {
    let [mut mr0, mut mr1, mut mr2, mut mr3] = message;
    let (badge, info_out);
    // SAFETY: as in `send_recv`.
    unsafe {
        asm!(
            "mov r12, rsp",
            "syscall",
            "mov rsp, r12",
            in("rdx") number,
            in("rax") notes[0],
            in("r13") notes[1],
            inlateout("rdi") cap => badge,
            inlateout("rsi") info => info_out,
            inlateout("r10") mr0,
            inlateout("r8") mr1,
            inlateout("r9") mr2,
            inlateout("r15") mr3,
            out("rcx") _,
            out("r11") _,
            out("r12") _,
            options(nostack),
        );
    }
    (badge, info_out, [mr0, mr1, mr2, mr3])
}

/// Receives: like [`send_recv`] with nothing to send.
#[inline(always)]
pub(crate) fn recv(number: Word, cap: Word) -> (Word, Word, [Word; 4]) {
    let (badge, info, mr0, mr1, mr2, mr3);
    // SAFETY: as in `send_recv`.
    unsafe {
        asm!(
            "mov r12, rsp",
            "syscall",
            "mov rsp, r12",
            in("rdx") number,
            inlateout("rdi") cap => badge,
            lateout("rsi") info,
            lateout("r10") mr0,
            lateout("r8") mr1,
            lateout("r9") mr2,
            lateout("r15") mr3,
            out("rcx") _,
            out("r11") _,
            out("r12") _,
            options(nostack),
        );
    }
    (badge, info, [mr0, mr1, mr2, mr3])
}

/// Sends: like [`send_recv`] with nothing to receive.
#[inline(always)]
pub(crate) fn send(number: Word, cap: Word, info: Word, message: [Word; 4]) {
    let _ = send_recv(number, cap, info, message);
}

/// A system call without arguments.
#[inline(always)]
pub(crate) fn null(number: Word) {
    // SAFETY: as in `send_recv`.
    unsafe {
        asm!(
            "mov r12, rsp",
            "syscall",
            "mov rsp, r12",
            in("rdx") number,
            out("rsi") _,
            out("rdi") _,
            out("rcx") _,
            out("r11") _,
            out("r12") _,
            options(nostack),
        );
    }
}

impl UserContext {
    /// The program counter.
    #[must_use]
    pub const fn pc(&self) -> Word {
        self.rip
    }

    /// The program counter, to be changed.
    pub const fn pc_mut(&mut self) -> &mut Word {
        &mut self.rip
    }

    /// The stack pointer. Of a thread that stands on a system call it is stale: `syscall` does not save it, and
    /// programs keep it elsewhere meanwhile (ours in r12).
    #[must_use]
    pub const fn sp(&self) -> Word {
        self.rsp
    }

    /// The stack pointer, to be changed.
    pub const fn sp_mut(&mut self) -> &mut Word {
        &mut self.rsp
    }

    /// The general register of that number, in the order rax, rbx, rcx, rdx, rsi, rdi, rbp, r8 to r15; `None`
    /// above 14.
    #[must_use]
    pub fn gpr(&self, number: usize) -> Option<Word> {
        let mut copy = *self;
        copy.gpr_mut(number).copied()
    }

    /// The general register of that number in the order of [`gpr`](Self::gpr), to be changed; `None` above 14.
    pub fn gpr_mut(&mut self, number: usize) -> Option<&mut Word> {
        Some(match number {
            0 => &mut self.rax,
            1 => &mut self.rbx,
            2 => &mut self.rcx,
            3 => &mut self.rdx,
            4 => &mut self.rsi,
            5 => &mut self.rdi,
            6 => &mut self.rbp,
            7 => &mut self.r8,
            8 => &mut self.r9,
            9 => &mut self.r10,
            10 => &mut self.r11,
            11 => &mut self.r12,
            12 => &mut self.r13,
            13 => &mut self.r14,
            14 => &mut self.r15,
            _ => return None,
        })
    }

    /// The register that holds the first, second, ... argument of a C function (0 to 5), to be changed.
    ///
    /// # Panics
    /// Above 5: the further arguments are on the stack.
    pub fn c_param_mut(&mut self, index: usize) -> &mut Word {
        match index {
            0 => &mut self.rdi,
            1 => &mut self.rsi,
            2 => &mut self.rdx,
            3 => &mut self.rcx,
            4 => &mut self.r8,
            5 => &mut self.r9,
            _ => no_such_parameter(index),
        }
    }

    /// The register in which a thread that stands on a system call says which one it is.
    #[must_use]
    pub const fn syscall_number(&self) -> Word {
        self.rdx
    }

    /// The register in which a thread that stands on a system call names the capability.
    #[must_use]
    pub const fn syscall_cap(&self) -> Word {
        self.rdi
    }

    /// The message information of the system call that a thread stands on.
    #[must_use]
    pub const fn syscall_info(&self) -> MessageInfo {
        MessageInfo::from_bits(self.rsi)
    }

    /// How many words, from the first on, hold everything that a system call says.
    pub const SYSCALL_WORDS: Word = 18;

    /// The notes of a thread that stands on a call with notes, see [`Cap::call_noted`](crate::Cap::call_noted).
    #[must_use]
    pub const fn call_notes(&self) -> [Word; 2] {
        [self.rax, self.r13]
    }

    /// Makes the system call that the thread stands on return with this message information, badge and message.
    pub const fn finish_syscall(&mut self, info: MessageInfo, badge: Badge, message: [Word; 4]) {
        self.rip = self.rip.wrapping_add(SYSCALL_INSTRUCTION.len() as Word);
        self.rdi = badge;
        self.rsi = info.bits();
        [self.r10, self.r8, self.r9, self.r15] = message;
    }
}

/// How a page is mapped: which kind of caching.
///
/// Manual: section "VM Attributes" of the chapter on virtual memory.
impl VmAttributes {
    /// Write-back caching: what ordinary memory is mapped with.
    pub const DEFAULT: Self = Self::from_bits(sys::VM_DEFAULT);
    /// Device memory, under the same name on both machines.
    pub const DEVICE: Self = Self::from_bits(sys::VM_CACHE_DISABLED);
    /// Write-back caching.
    pub const WRITE_BACK: Self = Self::from_bits(sys::VM_WRITE_BACK);
    /// Write-through caching.
    pub const WRITE_THROUGH: Self = Self::from_bits(sys::VM_WRITE_THROUGH);
    /// Not cached, unless the memory type registers say write-combining.
    pub const CACHE_DISABLED: Self = Self::from_bits(sys::VM_CACHE_DISABLED);
    /// Not cached.
    pub const UNCACHEABLE: Self = Self::from_bits(sys::VM_UNCACHEABLE);
    /// Writes may be collected and reordered: frame buffers.
    pub const WRITE_COMBINING: Self = Self::from_bits(sys::VM_WRITE_COMBINING);

    /// The same, but no instructions are fetched from it: where the kernel can say so. On this machine it
    /// cannot, so every page that can be read can be executed.
    #[must_use]
    pub const fn execute_never(self) -> Self {
        self
    }
}

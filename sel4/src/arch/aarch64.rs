//! AArch64: the trap into the kernel, and what its registers are called.

use core::arch::asm;

use crate::user_context::no_such_parameter;
use crate::{Badge, MessageInfo, UserContext, VmAttributes, Word, sys};

/// The instruction that enters the kernel (`svc`, with the number 0), as it lies in memory.
pub const SYSCALL_INSTRUCTION: [u8; 4] = [0x01, 0x00, 0x00, 0xd4];

/// Sends and then receives: the number in x7, the capability in x0, message information in x1, the message in
/// x2 to x5; back come the badge in x0 and the rest where it was. All other registers survive.
#[inline(always)]
pub(crate) fn send_recv(number: Word, cap: Word, info: Word, message: [Word; 4]) -> (Word, Word, [Word; 4]) {
    let [mut mr0, mut mr1, mut mr2, mut mr3] = message;
    let (badge, info_out);
    // SAFETY: the kernel changes no register but those named here, and no memory of this program but the IPC
    // buffer and memory that is shared, which is what the compiler assumes of an `asm!` without `nomem`.
    unsafe {
        asm!(
            "svc #0",
            in("x7") number,
            inlateout("x0") cap => badge,
            inlateout("x1") info => info_out,
            inlateout("x2") mr0,
            inlateout("x3") mr1,
            inlateout("x4") mr2,
            inlateout("x5") mr3,
            options(nostack),
        );
    }
    (badge, info_out, [mr0, mr1, mr2, mr3])
}

/// Like [`send_recv`], with two notes in x6 and x8, which the kernel keeps as it keeps every register.
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
            "svc #0",
            in("x7") number,
            in("x6") notes[0],
            in("x8") notes[1],
            inlateout("x0") cap => badge,
            inlateout("x1") info => info_out,
            inlateout("x2") mr0,
            inlateout("x3") mr1,
            inlateout("x4") mr2,
            inlateout("x5") mr3,
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
            "svc #0",
            in("x7") number,
            inlateout("x0") cap => badge,
            lateout("x1") info,
            lateout("x2") mr0,
            lateout("x3") mr1,
            lateout("x4") mr2,
            lateout("x5") mr3,
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
    unsafe { asm!("svc #0", in("x7") number, options(nostack)) }
}

impl UserContext {
    /// The program counter.
    #[must_use]
    pub const fn pc(&self) -> Word {
        self.pc
    }

    /// The program counter, to be changed.
    pub const fn pc_mut(&mut self) -> &mut Word {
        &mut self.pc
    }

    /// The stack pointer.
    #[must_use]
    pub const fn sp(&self) -> Word {
        self.sp
    }

    /// The stack pointer, to be changed.
    pub const fn sp_mut(&mut self) -> &mut Word {
        &mut self.sp
    }

    /// The general register `x0` to `x30` of that number; `None` above 30.
    #[must_use]
    pub fn gpr(&self, number: usize) -> Option<Word> {
        let mut copy = *self;
        copy.gpr_mut(number).copied()
    }

    /// The general register `x0` to `x30` of that number, to be changed; `None` above 30.
    pub fn gpr_mut(&mut self, number: usize) -> Option<&mut Word> {
        Some(match number {
            0 => &mut self.x0,
            1 => &mut self.x1,
            2 => &mut self.x2,
            3 => &mut self.x3,
            4 => &mut self.x4,
            5 => &mut self.x5,
            6 => &mut self.x6,
            7 => &mut self.x7,
            8 => &mut self.x8,
            9 => &mut self.x9,
            10 => &mut self.x10,
            11 => &mut self.x11,
            12 => &mut self.x12,
            13 => &mut self.x13,
            14 => &mut self.x14,
            15 => &mut self.x15,
            16 => &mut self.x16,
            17 => &mut self.x17,
            18 => &mut self.x18,
            19 => &mut self.x19,
            20 => &mut self.x20,
            21 => &mut self.x21,
            22 => &mut self.x22,
            23 => &mut self.x23,
            24 => &mut self.x24,
            25 => &mut self.x25,
            26 => &mut self.x26,
            27 => &mut self.x27,
            28 => &mut self.x28,
            29 => &mut self.x29,
            30 => &mut self.x30,
            _ => return None,
        })
    }

    /// The register that holds the first, second, ... argument of a C function (0 to 7), to be changed.
    ///
    /// # Panics
    /// Above 7: the further arguments are on the stack.
    pub fn c_param_mut(&mut self, index: usize) -> &mut Word {
        match index {
            0 => &mut self.x0,
            1 => &mut self.x1,
            2 => &mut self.x2,
            3 => &mut self.x3,
            4 => &mut self.x4,
            5 => &mut self.x5,
            6 => &mut self.x6,
            7 => &mut self.x7,
            _ => no_such_parameter(index),
        }
    }

    /// The register in which a thread that stands on a system call says which one it is.
    #[must_use]
    pub const fn syscall_number(&self) -> Word {
        self.x7
    }

    /// The register in which a thread that stands on a system call names the capability.
    #[must_use]
    pub const fn syscall_cap(&self) -> Word {
        self.x0
    }

    /// The message information of the system call that a thread stands on.
    #[must_use]
    pub const fn syscall_info(&self) -> MessageInfo {
        MessageInfo::from_bits(self.x1)
    }

    /// How many words, from the first on, hold everything that a system call says.
    pub const SYSCALL_WORDS: Word = 12;

    /// The notes of a thread that stands on a call with notes, see [`Cap::call_noted`](crate::Cap::call_noted).
    #[must_use]
    pub const fn call_notes(&self) -> [Word; 2] {
        [self.x6, self.x8]
    }

    /// Makes the system call that the thread stands on return with this message information, badge and message.
    pub const fn finish_syscall(&mut self, info: MessageInfo, badge: Badge, message: [Word; 4]) {
        self.pc = self.pc.wrapping_add(SYSCALL_INSTRUCTION.len() as Word);
        self.x0 = badge;
        self.x1 = info.bits();
        [self.x2, self.x3, self.x4, self.x5] = message;
    }
}

/// How a page is mapped: cached or not, executable or not.
///
/// Manual: section "VM Attributes" of the chapter on virtual memory.
impl VmAttributes {
    /// Cached memory, with parity where the machine has it: what ordinary memory is mapped with.
    pub const DEFAULT: Self = Self::from_bits(sys::VM_DEFAULT);
    /// Nothing set: device memory, uncached and in order.
    pub const NONE: Self = Self::from_bits(0);
    /// Device memory, under the same name on both machines; never executable.
    pub const DEVICE: Self = Self::from_bits(sys::VM_EXECUTE_NEVER);
    /// Cached.
    pub const PAGE_CACHEABLE: Self = Self::from_bits(sys::VM_PAGE_CACHEABLE);
    /// With parity, on machines that have it.
    pub const PARITY_ENABLED: Self = Self::from_bits(sys::VM_PARITY_ENABLED);
    /// No instructions are fetched from it.
    pub const EXECUTE_NEVER: Self = Self::from_bits(sys::VM_EXECUTE_NEVER);

    /// The same, but no instructions are fetched from it.
    #[must_use]
    pub const fn execute_never(self) -> Self {
        Self::from_bits(self.bits() | sys::VM_EXECUTE_NEVER)
    }
}

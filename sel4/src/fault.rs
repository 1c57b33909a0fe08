//! What a thread did wrong, as the kernel reports it to the thread's fault endpoint.

use crate::{IpcBuffer, MessageInfo, NUM_FAST_MESSAGE_REGISTERS, Word, sys};

/// A fault. Addresses are those of the faulting thread.
///
/// A fault message is only as trustworthy as who can send on the fault endpoint: a thread that holds its own
/// fault capability can forge one. Believe the registers of the thread, not the message.
///
/// Manual: section "Faults".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    NullFault,
    /// A capability that does not exist, or without the right, was used.
    CapFault {
        /// The instruction.
        ip: Word,
        /// The address of the capability.
        addr: Word,
        /// Whether it happened while receiving; otherwise while sending.
        in_recv_phase: bool,
        /// The kind of lookup failure; manual, section "Lookup Failure Description".
        lookup_failure: Word,
    },
    /// A system call with a number that the kernel does not have.
    UnknownSyscall {
        /// The instruction.
        ip: Word,
        /// The stack pointer.
        sp: Word,
        /// The number.
        number: Word,
    },
    /// Something that the processor refused: a division by zero, an undefined instruction.
    UserException {
        /// The instruction.
        ip: Word,
        /// The stack pointer.
        sp: Word,
        /// The exception's number, by the machine.
        number: Word,
        /// More about it, by the machine.
        code: Word,
    },
    /// Memory that is not mapped, or not for this access.
    VmFault {
        /// The instruction.
        ip: Word,
        /// The address that it wanted. seL4 5.0.0 cuts it to 32 bits on x86-64 (unless patched).
        addr: Word,
        /// Whether it wanted an instruction; otherwise data.
        instruction: bool,
        /// The fault status, by the machine.
        fsr: Word,
    },
}

impl Fault {
    /// Reads a fault message out of the IPC buffer, after [`recv`](crate::Cap::recv). `None` if it is none, or too
    /// short to be one.
    #[must_use]
    pub fn new(ipc_buffer: &IpcBuffer, info: MessageInfo) -> Option<Self> {
        Self::decode(info, |register| ipc_buffer.msg_regs().get(register).copied().unwrap_or(0))
    }

    /// Reads a fault message whose first words came in registers, after
    /// [`recv_with_mrs`](crate::Cap::recv_with_mrs). `None` if it is none, or too short to be one.
    #[must_use]
    pub fn with_mrs(
        ipc_buffer: &IpcBuffer,
        info: MessageInfo,
        mrs: &[Word; NUM_FAST_MESSAGE_REGISTERS],
    ) -> Option<Self> {
        Self::decode(info, |register| {
            mrs.get(register).or_else(|| ipc_buffer.msg_regs().get(register)).copied().unwrap_or(0)
        })
    }

    /// Reads a fault message through a function that gives its words.
    pub fn decode(info: MessageInfo, word: impl Fn(usize) -> Word) -> Option<Self> {
        let (fault, last) = match info.label() {
            sys::FAULT_NULL => return Some(Self::NullFault),
            sys::FAULT_CAP => (
                Self::CapFault {
                    ip: word(sys::CAP_FAULT_IP),
                    addr: word(sys::CAP_FAULT_ADDR),
                    in_recv_phase: word(sys::CAP_FAULT_IN_RECV_PHASE) != 0,
                    lookup_failure: word(sys::CAP_FAULT_LOOKUP_FAILURE_TYPE),
                },
                sys::CAP_FAULT_LOOKUP_FAILURE_TYPE,
            ),
            sys::FAULT_UNKNOWN_SYSCALL => (
                Self::UnknownSyscall {
                    ip: word(sys::UNKNOWN_SYSCALL_FAULT_IP),
                    sp: word(sys::UNKNOWN_SYSCALL_SP),
                    number: word(sys::UNKNOWN_SYSCALL_SYSCALL),
                },
                sys::UNKNOWN_SYSCALL_SYSCALL,
            ),
            sys::FAULT_USER_EXCEPTION => (
                Self::UserException {
                    ip: word(sys::USER_EXCEPTION_FAULT_IP),
                    sp: word(sys::USER_EXCEPTION_SP),
                    number: word(sys::USER_EXCEPTION_NUMBER),
                    code: word(sys::USER_EXCEPTION_CODE),
                },
                sys::USER_EXCEPTION_CODE,
            ),
            sys::FAULT_VM => (
                Self::VmFault {
                    ip: word(sys::VM_FAULT_IP),
                    addr: word(sys::VM_FAULT_ADDR),
                    instruction: word(sys::VM_FAULT_PREFETCH_FAULT) != 0,
                    fsr: word(sys::VM_FAULT_FSR),
                },
                sys::VM_FAULT_FSR,
            ),
            _ => return None,
        };
        (info.length() > last).then_some(fault)
    }

    /// The instruction at which it happened; `None` for no fault.
    #[must_use]
    pub const fn ip(&self) -> Option<Word> {
        match self {
            Self::NullFault => None,
            Self::CapFault { ip, .. }
            | Self::UnknownSyscall { ip, .. }
            | Self::UserException { ip, .. }
            | Self::VmFault { ip, .. } => Some(*ip),
        }
    }
}

//! Asks a kernel object to do something: the words and capabilities go in, the kernel's answer comes out.

use core::array;

use crate::ipc_buffer::{is_set, with_ipc_buffer, with_ipc_buffer_mut};
use crate::{CPtr, Error, MessageInfo, NUM_FAST_MESSAGE_REGISTERS, Result, Word, arch, sys};

/// The words of the kernel's answer.
pub(crate) struct Message {
    registers: [Word; NUM_FAST_MESSAGE_REGISTERS],
}

impl Message {
    /// One of the words: the first four came in registers, the others lie in the IPC buffer.
    #[inline(always)]
    pub(crate) fn word(&self, index: usize) -> Word {
        match self.registers.get(index) {
            Some(word) => *word,
            None => with_ipc_buffer(|buffer| buffer.msg_regs().get(index).copied().unwrap_or(0)),
        }
    }
}

/// Invokes `service` with a label, words and capabilities. Only what does not fit into registers goes through the
/// IPC buffer.
///
/// The lengths are constants, so that everything that depends on them is decided at compile time.
#[inline(always)]
pub(crate) fn invoke<const WORDS: usize, const CAPS: usize>(
    service: CPtr,
    label: Word,
    words: [Word; WORDS],
    caps: [CPtr; CAPS],
) -> Result<Message> {
    const { assert!(WORDS <= sys::MSG_MAX_LENGTH && CAPS <= sys::MSG_MAX_EXTRA_CAPS) }
    if WORDS > NUM_FAST_MESSAGE_REGISTERS || CAPS > 0 {
        with_ipc_buffer_mut(|buffer| {
            for (register, word) in
                buffer.msg_regs_mut().iter_mut().zip(&words).skip(NUM_FAST_MESSAGE_REGISTERS)
            {
                *register = *word;
            }
            for (slot, cap) in buffer.caps_or_badges_mut().iter_mut().zip(&caps) {
                *slot = cap.bits();
            }
        });
    }
    let registers = array::from_fn(|index| words.get(index).copied().unwrap_or(0));
    let info = MessageInfo::new(label, 0, CAPS, WORDS);
    let (_, info, registers) = arch::send_recv(sys::SYS_CALL, service.bits(), info.bits(), registers);
    match Error::from_label(MessageInfo::from_bits(info).label()) {
        None => Ok(Message { registers }),
        Some(error) => {
            explain(&registers);
            Err(error)
        }
    }
}

/// Puts the words that explain an error where callers look for them.
#[cold]
fn explain(registers: &[Word; NUM_FAST_MESSAGE_REGISTERS]) {
    // A program that never needed a buffer may still make invocations: it does without the explanation.
    if is_set() {
        with_ipc_buffer_mut(|buffer| {
            for (register, word) in buffer.msg_regs_mut().iter_mut().zip(registers) {
                *register = *word;
            }
        });
    }
}

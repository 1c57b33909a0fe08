//! Messages of up to four words that never leave the processor's registers: the IPC buffer is not touched.
//!
//! These are the calls of the kernel's fastpath, so they are inlined to the bare trap and its registers.

use crate::{
    Badge, Cap, CapType, ConveysReplyAuthority, MessageInfo, NUM_FAST_MESSAGE_REGISTERS, Word, arch, sys,
};

/// A message and who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvWithMRs {
    /// What it is and how long.
    pub info: MessageInfo,
    /// The badge of the capability with which it was sent.
    pub badge: Badge,
    /// Its first words; those beyond its length are undefined.
    pub msg: [Word; NUM_FAST_MESSAGE_REGISTERS],
}

/// The answer to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallWithMRs {
    /// What it is and how long. A label of 1 to 10 means that the kernel answered: the call failed with that
    /// [`Error`](crate::Error).
    pub info: MessageInfo,
    /// Its first words; those beyond its length are undefined.
    pub msg: [Word; NUM_FAST_MESSAGE_REGISTERS],
}

/// Up to four words: arrays of 0 to 4.
pub trait FastMessages: sealed::Sealed {
    /// The words as they go into registers, the missing ones 0.
    fn prepare(self) -> [Word; NUM_FAST_MESSAGE_REGISTERS];
}

mod sealed {
    use crate::Word;

    pub trait Sealed {}
    impl Sealed for [Word; 0] {}
    impl Sealed for [Word; 1] {}
    impl Sealed for [Word; 2] {}
    impl Sealed for [Word; 3] {}
    impl Sealed for [Word; 4] {}
}

impl FastMessages for [Word; 0] {
    #[inline(always)]
    fn prepare(self) -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
        [0; NUM_FAST_MESSAGE_REGISTERS]
    }
}

impl FastMessages for [Word; 1] {
    #[inline(always)]
    fn prepare(self) -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
        let [mr0] = self;
        [mr0, 0, 0, 0]
    }
}

impl FastMessages for [Word; 2] {
    #[inline(always)]
    fn prepare(self) -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
        let [mr0, mr1] = self;
        [mr0, mr1, 0, 0]
    }
}

impl FastMessages for [Word; 3] {
    #[inline(always)]
    fn prepare(self) -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
        let [mr0, mr1, mr2] = self;
        [mr0, mr1, mr2, 0]
    }
}

impl FastMessages for [Word; 4] {
    #[inline(always)]
    fn prepare(self) -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
        self
    }
}

impl<T: CapType> Cap<T> {
    /// [`send`](Self::send) from registers. `info` must not claim more than four words.
    #[inline(always)]
    pub fn send_with_mrs(self, info: MessageInfo, messages: impl FastMessages) {
        arch::send(sys::SYS_SEND, self.bits(), info.bits(), messages.prepare());
    }

    /// [`nb_send`](Self::nb_send) from registers. `info` must not claim more than four words.
    #[inline(always)]
    pub fn nb_send_with_mrs(self, info: MessageInfo, messages: impl FastMessages) {
        arch::send(sys::SYS_NB_SEND, self.bits(), info.bits(), messages.prepare());
    }

    /// [`call`](Self::call) through registers. What an answer has beyond four words is in the IPC buffer.
    #[inline(always)]
    pub fn call_with_mrs(self, info: MessageInfo, messages: impl FastMessages) -> CallWithMRs {
        let (_, info, msg) = arch::send_recv(sys::SYS_CALL, self.bits(), info.bits(), messages.prepare());
        CallWithMRs { info: MessageInfo::from_bits(info), msg }
    }

    /// [`call_with_mrs`](Self::call_with_mrs) with two notes in registers that the kernel does not look at: while the
    /// call lasts, whoever may read this thread's registers finds them there
    /// ([`UserContext::call_notes`](crate::UserContext::call_notes)). rust-sel4 has no such call.
    #[inline(always)]
    pub fn call_noted_with_mrs(
        self,
        info: MessageInfo,
        messages: impl FastMessages,
        notes: [Word; 2],
    ) -> CallWithMRs {
        let message = messages.prepare();
        let (_, info, msg) = arch::send_recv_noted(sys::SYS_CALL, self.bits(), info.bits(), message, notes);
        CallWithMRs { info: MessageInfo::from_bits(info), msg }
    }

    /// [`recv`](Self::recv) into registers. What a message has beyond four words is in the IPC buffer.
    #[inline(always)]
    pub fn recv_with_mrs(self, _reply_authority: impl ConveysReplyAuthority) -> RecvWithMRs {
        let (badge, info, msg) = arch::recv(sys::SYS_RECV, self.bits());
        RecvWithMRs { info: MessageInfo::from_bits(info), badge, msg }
    }

    /// [`nb_recv`](Self::nb_recv) into registers. What a message has beyond four words is in the IPC buffer.
    #[inline(always)]
    pub fn nb_recv_with_mrs(self, _reply_authority: impl ConveysReplyAuthority) -> RecvWithMRs {
        let (badge, info, msg) = arch::recv(sys::SYS_NB_RECV, self.bits());
        RecvWithMRs { info: MessageInfo::from_bits(info), badge, msg }
    }

    /// [`reply_recv`](Self::reply_recv) through registers. What a message has beyond four words is in the IPC
    /// buffer.
    #[inline(always)]
    pub fn reply_recv_with_mrs(
        self,
        info: MessageInfo,
        messages: impl FastMessages,
        _reply_authority: impl ConveysReplyAuthority,
    ) -> RecvWithMRs {
        let (badge, info, msg) =
            arch::send_recv(sys::SYS_REPLY_RECV, self.bits(), info.bits(), messages.prepare());
        RecvWithMRs { info: MessageInfo::from_bits(info), badge, msg }
    }
}

/// [`reply`](crate::reply) from registers. `info` must not claim more than four words.
#[inline(always)]
pub fn reply_with_mrs(info: MessageInfo, messages: impl FastMessages) {
    arch::send(sys::SYS_REPLY, 0, info.bits(), messages.prepare());
}

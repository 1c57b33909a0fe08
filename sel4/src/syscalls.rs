//! Messages through the IPC buffer: any length, with capabilities.
//!
//! Before a send the words are in the buffer's message registers; after a receive they are there again. Messages
//! of up to four words are cheaper by the `_with_mrs` siblings.

use crate::ipc_buffer::with_ipc_buffer_mut;
use crate::{Cap, CapType, IpcBuffer, MessageInfo, NUM_FAST_MESSAGE_REGISTERS, Word, arch, cap, sys};

/// A badge: who sent, by the capability that was used; or which signals arrived.
///
/// Manual: section "Endpoint Badges".
pub type Badge = Word;

/// What waiting for a notification gives beside the badge: nothing on kernels without MCS scheduling.
pub type WaitMessageInfo = ();

/// What receiving is given to answer with later: nothing, `()`, on kernels without MCS scheduling, which keep the
/// caller in the receiving thread.
pub trait ConveysReplyAuthority {}

impl ConveysReplyAuthority for () {}

/// The message registers that travel in the processor's, out of the IPC buffer.
#[inline(always)]
fn load() -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
    with_ipc_buffer_mut(|buffer| buffer.load_fast())
}

#[inline(always)]
fn store(message: [Word; NUM_FAST_MESSAGE_REGISTERS]) {
    with_ipc_buffer_mut(|buffer| buffer.store_fast(message));
}

impl IpcBuffer {
    #[inline(always)]
    fn load_fast(&self) -> [Word; NUM_FAST_MESSAGE_REGISTERS] {
        let [mr0, mr1, mr2, mr3, ..] = *self.msg_regs();
        [mr0, mr1, mr2, mr3]
    }

    #[inline(always)]
    fn store_fast(&mut self, message: [Word; NUM_FAST_MESSAGE_REGISTERS]) {
        let [mr0, mr1, mr2, mr3, ..] = self.msg_regs_mut();
        [*mr0, *mr1, *mr2, *mr3] = message;
    }
}

impl<T: CapType> Cap<T> {
    /// Sends and waits until somebody receives. Through a capability that is gone or has not the right to write it
    /// does nothing; an address that leads nowhere is a fault.
    ///
    /// Manual: section "System Calls", `seL4_Send`.
    #[inline]
    pub fn send(self, info: MessageInfo) {
        arch::send(sys::SYS_SEND, self.bits(), info.bits(), load());
    }

    /// Sends if somebody waits for it, and otherwise does nothing; nobody learns which.
    ///
    /// Manual: section "System Calls", `seL4_NBSend`.
    #[inline]
    pub fn nb_send(self, info: MessageInfo) {
        arch::send(sys::SYS_NB_SEND, self.bits(), info.bits(), load());
    }

    /// Sends and waits for the answer, which it returns. A label of 1 to 10 means that the kernel answered: the
    /// call failed with that [`Error`](crate::Error).
    ///
    /// Manual: section "System Calls", `seL4_Call`.
    #[inline]
    pub fn call(self, info: MessageInfo) -> MessageInfo {
        let (_, info, message) = arch::send_recv(sys::SYS_CALL, self.bits(), info.bits(), load());
        store(message);
        MessageInfo::from_bits(info)
    }

    /// [`call`](Self::call) with notes, see [`call_noted_with_mrs`](Self::call_noted_with_mrs).
    #[inline]
    pub fn call_noted(self, info: MessageInfo, notes: [Word; 2]) -> MessageInfo {
        let (_, info, message) =
            arch::send_recv_noted(sys::SYS_CALL, self.bits(), info.bits(), load(), notes);
        store(message);
        MessageInfo::from_bits(info)
    }

    /// Waits for a message. Returns what it is and the badge of the capability with which it was sent. A caller
    /// whom this thread has not answered is dropped.
    ///
    /// Manual: section "System Calls", `seL4_Recv`.
    #[inline]
    pub fn recv(self, _reply_authority: impl ConveysReplyAuthority) -> (MessageInfo, Badge) {
        let (badge, info, message) = arch::recv(sys::SYS_RECV, self.bits());
        store(message);
        (MessageInfo::from_bits(info), badge)
    }

    /// Takes a message if one is there, and otherwise returns at once with a badge of 0.
    ///
    /// Manual: section "System Calls", `seL4_NBRecv`.
    #[inline]
    pub fn nb_recv(self, _reply_authority: impl ConveysReplyAuthority) -> (MessageInfo, Badge) {
        let (badge, info, message) = arch::recv(sys::SYS_NB_RECV, self.bits());
        store(message);
        (MessageInfo::from_bits(info), badge)
    }

    /// Answers the last caller and waits for the next message, in one step.
    ///
    /// Manual: section "System Calls", `seL4_ReplyRecv`.
    #[inline]
    pub fn reply_recv(
        self,
        info: MessageInfo,
        _reply_authority: impl ConveysReplyAuthority,
    ) -> (MessageInfo, Badge) {
        let (badge, info, message) = arch::send_recv(sys::SYS_REPLY_RECV, self.bits(), info.bits(), load());
        store(message);
        (MessageInfo::from_bits(info), badge)
    }
}

impl cap::Notification {
    /// Sets the bits of this capability's badge in the notification, and wakes who waits for it. Never blocks.
    ///
    /// Manual: chapter "Notifications".
    #[inline(always)]
    pub fn signal(self) {
        arch::send(sys::SYS_SEND, self.bits(), MessageInfo::new(0, 0, 0, 0).bits(), [0; 4]);
    }

    /// Waits until some bit is set, takes them all, and returns them.
    ///
    /// Manual: chapter "Notifications".
    #[inline(always)]
    pub fn wait(self) -> (WaitMessageInfo, Badge) {
        let (badge, _, _) = arch::recv(sys::SYS_RECV, self.bits());
        ((), badge)
    }

    /// Takes the bits that are set, 0 if none are, and returns at once.
    ///
    /// Manual: chapter "Notifications".
    #[inline(always)]
    pub fn poll(self) -> (MessageInfo, Badge) {
        let (badge, info, _) = arch::recv(sys::SYS_NB_RECV, self.bits());
        (MessageInfo::from_bits(info), badge)
    }
}

/// Answers the last caller with a message from the IPC buffer. Without a caller it does nothing.
///
/// Manual: section "System Calls", `seL4_Reply`.
#[inline]
pub fn reply(ipc_buffer: &mut IpcBuffer, info: MessageInfo) {
    arch::send(sys::SYS_REPLY, 0, info.bits(), ipc_buffer.load_fast());
}

/// Gives the rest of the time slice to the other threads of the same priority.
///
/// Manual: section "System Calls", `seL4_Yield`.
#[inline(always)]
pub fn r#yield() {
    arch::null(sys::SYS_YIELD);
}

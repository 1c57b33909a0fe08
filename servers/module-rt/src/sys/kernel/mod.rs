//! The kernel's calls, as this runtime makes them on the target. All of it is inlined to the bare trap.

mod clock;
pub mod console;
pub mod device;
mod entry;
pub mod locker;
mod panic;

use core::sync::atomic::AtomicU64;

use sel4::{CallWithMRs, MessageInfoBuilder, cap::Endpoint, with_ipc_buffer, with_ipc_buffer_mut};

use crate::deferred::Books;

pub use clock::{now, ticks};
pub use entry::instance;
pub use sel4::{MessageInfo as Info, RecvWithMRs as Received};

/// What a message is: its label, and how many words it has.
#[inline(always)]
pub fn info(label: u64, length: usize) -> Info {
    MessageInfoBuilder::default().label(label).length(length).build()
}

/// Calls what a slot holds, with the message that lies in the message registers; the answer lies there after that.
#[inline(always)]
pub fn call(slot: u64, info: Info, notes: [u64; 2]) -> Info {
    Endpoint::from_bits(slot).call_noted(info, notes)
}

/// Calls what a slot holds with four words, which stay in registers.
#[inline(always)]
pub fn call_words(slot: u64, info: Info, words: [u64; 4], notes: [u64; 2]) -> CallWithMRs {
    Endpoint::from_bits(slot).call_noted_with_mrs(info, words, notes)
}

/// Waits for a message at the endpoint in a slot, or for a signal. The first four words come in registers.
#[inline(always)]
pub fn recv(slot: u64) -> Received {
    Endpoint::from_bits(slot).recv_with_mrs(())
}

/// Answers the call in hand, and waits for the next message.
#[inline(always)]
pub fn reply_recv(slot: u64, info: Info, words: [u64; 4]) -> Received {
    Endpoint::from_bits(slot).reply_recv_with_mrs(info, words, ())
}

/// Answers the call in hand.
#[inline(always)]
pub fn reply(info: Info, words: [u64; 4]) {
    sel4::reply_with_mrs(info, words);
}

/// What a copy of shared memory comes to on its way: nothing, since others go on whenever the kernel says.
#[inline(always)]
pub fn copies(_: usize, _: usize, _: usize) {}

/// Sends the message that lies in the message registers on what a slot holds, if somebody waits for it there.
pub fn nb_send(slot: u64, info: Info) {
    Endpoint::from_bits(slot).nb_send(info);
}

/// Moves the caller in hand into a slot of the locker, which has 2^`bits` slots. `false` where the slot is not empty. Where
/// there is no caller that is no error, and the slot stays empty.
pub fn save_caller(index: u16, bits: u8) -> bool {
    locker::slot(index, bits).save_caller().is_ok()
}

/// How many windows this instance has had made.
#[inline(always)]
pub fn windows_made<T>(with: impl FnOnce(&AtomicU64) -> T) -> T {
    static MADE: AtomicU64 = AtomicU64::new(0);
    with(&MADE)
}

/// What this instance knows of the callers that it has put aside.
pub fn books<T>(with: impl FnOnce(&Books) -> T) -> T {
    static BOOKS: Books = Books::new();
    with(&BOOKS)
}

/// Reads the message registers.
#[inline(always)]
pub fn message<T>(read: impl FnOnce(&[u64]) -> T) -> T {
    with_ipc_buffer(|buffer| read(buffer.msg_regs()))
}

/// Writes the message registers.
#[inline(always)]
pub fn message_mut<T>(write: impl FnOnce(&mut [u64]) -> T) -> T {
    with_ipc_buffer_mut(|buffer| write(buffer.msg_regs_mut()))
}

/// Lets others of the same priority run.
#[inline(always)]
pub fn yield_now() {
    sel4::r#yield();
}

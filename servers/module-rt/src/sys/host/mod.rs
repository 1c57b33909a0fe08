//! The kernel's calls, as this runtime makes them on a machine that is no target: to the simulation of a system.

extern crate std;

pub mod console;
pub mod device;
pub mod fault;
pub mod locker;

use core::sync::atomic::AtomicU64;

use crate::deferred::Books;

pub use simulation::calls::{
    Info, Received, call, call_words, instance, message, message_mut, nb_send, now, recv, reply, reply_recv,
    save_caller, ticks, yield_now,
};
pub use simulation::interfaces::offers;

/// What a message is: its label, and how many words it has.
pub fn info(label: u64, length: usize) -> Info {
    Info::new(label, length)
}

/// A copy of `length` bytes of shared memory from this address on comes to the one with this index: in the middle of one of
/// more than a word, others go on.
pub fn copies(address: usize, length: usize, index: usize) {
    if length > size_of::<u64>() && index == length / 2 {
        simulation::calls::copies(address.saturating_add(length).saturating_sub(1));
    }
}

/// How many windows this instance has had made.
pub fn windows_made<T>(with: impl FnOnce(&AtomicU64) -> T) -> T {
    std::thread_local! {
        static MADE: AtomicU64 = const { AtomicU64::new(0) };
    }
    MADE.with(with)
}

/// What this instance knows of the callers that it has put aside: an instance is a thread of its own.
pub fn books<T>(with: impl FnOnce(&Books) -> T) -> T {
    std::thread_local! {
        static BOOKS: Books = const { Books::new() };
    }
    BOOKS.with(with)
}

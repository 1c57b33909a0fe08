//! The kernel's calls, as this runtime makes them on a machine that is no target: to the simulation of a system.

pub mod console;
pub mod device;
pub mod fault;
pub mod locker;

pub use simulation::calls::{
    Info, Received, call, call_words, instance, message, message_mut, now, recv, reply, reply_recv, ticks,
    yield_now,
};

/// What a message is: its label, and how many words it has.
pub fn info(label: u64, length: usize) -> Info {
    Info::new(label, length)
}

/// A copy of `length` bytes of the shared memory at this address comes to the one with this index: in the middle of one of
/// more than a word, others go on.
pub fn copies(address: usize, length: usize, index: usize) {
    if length > size_of::<u64>() && index == length / 2 {
        simulation::calls::copies(address);
    }
}

/// Ends the run.
pub fn nb_send(_: u64, _: Info) {
    simulation::calls::not_simulated(DEFERRED)
}

/// Ends the run.
pub fn save_caller(_: u16, _: u8) -> bool {
    simulation::calls::not_simulated(DEFERRED)
}

const DEFERRED: &str = "a call that is answered later (`module_rt::deferred`)";

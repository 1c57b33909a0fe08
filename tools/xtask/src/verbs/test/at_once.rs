//! Tests that boot a machine, two at a time: more would only make each of them slower, on the project's machine.

use std::thread;

use anyhow::{Result, anyhow};

/// How many at a time.
pub const AT_ONCE: usize = 2;

/// Does the same with at most [`AT_ONCE`] things at once.
///
/// # Errors
/// Where the work itself panicked.
pub fn both<T: Sync, R: Send>(pair: &[T], work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>> {
    let work = &work;
    thread::scope(|scope| {
        let started: Vec<_> = pair.iter().map(|one| scope.spawn(move || work(one))).collect();
        let ended = started.into_iter().map(|one| one.join().map_err(|_| anyhow!("a worker panicked")));
        ended.collect()
    })
}

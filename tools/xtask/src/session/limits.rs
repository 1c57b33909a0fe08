//! How long a conversation waits for the next prompt.

use std::time::Duration;

/// How long the shell may take from one prompt to the next, and a sweep from one kill to the next.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In guest instructions: the real limit, the same on every machine.
    pub insns: u64,
    /// In time on the wall: only a backstop, for a guest that executes nothing at all.
    pub wall: Duration,
}

impl Limits {
    /// The limits for a budget of guest instructions. QEMU executes 20 million a second on a slow
    /// machine; the backstop is ten times what that takes, and a minute for the start.
    pub fn for_budget(insns: u64) -> Self {
        let seconds = insns / 2_000_000;
        Limits { insns, wall: Duration::from_secs(seconds.saturating_add(60)) }
    }
}

//! What is in a thread's registers: at its first instruction, and in its vector registers now.
//!
//! A program whose entry is `registers_start` (its build script says so) notes its registers before the module runtime
//! runs. Nothing else may use vector registers between [`fill`] and [`read`].
#![no_std]

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use core::cell::UnsafeCell;

#[cfg(target_arch = "aarch64")]
use aarch64 as arch;
#[cfg(target_arch = "x86_64")]
use x86_64 as arch;

pub use arch::{GENERAL, Vectors, fill};

/// The registers at a thread's first instruction, as `registers_start` stores them.
#[repr(C, align(16))]
pub struct Start {
    /// The general-purpose ones, and on x86_64 the segment selectors, in the order in which `dirty` names them.
    pub general: [u64; GENERAL],
    /// The vector registers, and what controls them.
    pub vectors: Vectors,
}

#[repr(transparent)]
struct AtStart(UnsafeCell<Start>);

// SAFETY: a module has one thread.
unsafe impl Sync for AtStart {}

static START: AtStart = AtStart(UnsafeCell::new(Start { general: [0; GENERAL], vectors: Vectors::NONE }));

/// The registers at the first instruction.
pub fn at_start() -> &'static Start {
    // SAFETY: written before any Rust code runs, and never again.
    unsafe { &*START.0.get() }
}

/// The vector registers now.
pub fn read() -> Vectors {
    let mut vectors = Vectors::NONE;
    arch::store(&mut vectors);
    vectors
}

impl Start {
    /// A general-purpose register, or the selectors, that should be 0 at the start and is not: its name, and what it holds.
    /// Those that the supervisor sets, and those that the kernel's way to user level leaves the program's own address and
    /// flags in, are not among them.
    pub fn dirty(&self) -> Option<(&'static str, u64)> {
        let all = arch::NAMES.iter().copied().zip(self.general);
        all.filter(|(name, _)| !arch::SET.contains(name)).find(|(_, value)| *value != 0)
    }
}

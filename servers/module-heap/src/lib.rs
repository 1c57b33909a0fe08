//! A heap for a module that asks for one: `alloc` with its boxes, vectors and strings, in so many bytes and no more.
//!
//! ```
//! extern crate alloc;
//!
//! module_heap::heap!(64 * 1024);
//! # fn main() {}
//! ```
//!
//! Its bytes are part of the program, zeroed at each start, and count as the module's memory: its manifest asks for them
//! (`memory_bytes`), and the system's manifest grants them (`memory_kib`). An allocation that does not fit gives an error
//! to who asks for one (`try_reserve`), and otherwise panics: the instance ends, its report says "memory allocation of N
//! bytes failed" and where, and its restart policy decides what follows. Nobody else's memory is touched.
//!
//! What uses `alloc` belongs into the server's program, and not into the library that its clients link for the interface:
//! each of them would need a heap of its own.
//!
//! It is a crate of its own since the compiler wants an allocator in every program that `alloc` is linked into: a module
//! that does not name this crate has nothing of it.
#![no_std]

#[cfg(target_os = "none")]
mod heap;

#[cfg(target_os = "none")]
#[doc(hidden)]
pub use heap::{Heap, Memory};

/// The smallest heap, in bytes: the allocator's own books take some hundreds of them.
pub const MIN_HEAP: usize = 4096;
/// The largest heap, in bytes: what is left of a module's address space for its program is less than this.
pub const MAX_HEAP: usize = 0x1f_0000;

/// Stops the compiler where no heap can have so many bytes.
#[doc(hidden)]
pub const fn check(bytes: usize) {
    assert!(bytes >= MIN_HEAP, "a heap has 4,096 bytes at least");
    assert!(bytes <= MAX_HEAP, "a heap has 2,031,616 bytes at most: a module's whole program has no more");
}

/// Gives the program a heap of so many bytes, a constant from [`MIN_HEAP`] to [`MAX_HEAP`]. Once in a program.
#[macro_export]
macro_rules! heap {
    ($bytes:expr) => {
        #[allow(unsafe_code, reason = "the memory's name is known to nobody but the heap")]
        const _: () = {
            const ESCROW_HEAP_BYTES: usize = $bytes;
            $crate::check(ESCROW_HEAP_BYTES);

            #[cfg(target_os = "none")]
            static ESCROW_HEAP_MEMORY: $crate::Memory<ESCROW_HEAP_BYTES> = $crate::Memory::new();

            #[cfg(target_os = "none")]
            #[global_allocator]
            // SAFETY: nothing else can name this memory.
            static ESCROW_HEAP: $crate::Heap = unsafe { $crate::Heap::over(&ESCROW_HEAP_MEMORY) };
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(bytes: usize) -> bool {
        extern crate std;
        std::panic::catch_unwind(|| check(bytes)).is_err()
    }

    #[test]
    fn the_bounds_below_at_and_above() {
        for (bytes, refused) in [
            (0, true),
            (MIN_HEAP - 1, true),
            (MIN_HEAP, false),
            (MAX_HEAP, false),
            (MAX_HEAP + 1, true),
            (usize::MAX, true),
        ] {
            assert_eq!(is_refused(bytes), refused, "{bytes}");
        }
    }
}

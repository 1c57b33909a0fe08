//! The allocator on the target: talc, over memory that is part of the program.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;

use talc::TalcCell;
use talc::source::Claim;

/// The bytes of a heap, in the part of the program that is zeroed at its start.
#[derive(Debug)]
#[repr(align(16))]
pub struct Memory<const N: usize>(UnsafeCell<[u8; N]>);

// SAFETY: only the heap that is made over it touches it, and a module has one thread.
unsafe impl<const N: usize> Sync for Memory<N> {}

impl<const N: usize> Memory<N> {
    /// So many bytes.
    pub const fn new() -> Memory<N> {
        Memory(UnsafeCell::new([0; N]))
    }
}

impl<const N: usize> Default for Memory<N> {
    fn default() -> Self {
        Memory::new()
    }
}

/// The program's allocator.
pub struct Heap(TalcCell<Claim>);

// SAFETY: a module has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    /// A heap in this memory.
    ///
    /// # Safety
    /// Nobody else may use the memory, and no other heap may be made over it.
    pub const unsafe fn over<const N: usize>(memory: &'static Memory<N>) -> Heap {
        // SAFETY: the memory is there for the program's whole life, and this heap's alone: that is the caller's promise.
        Heap(TalcCell::new(unsafe { Claim::array(memory.0.get()) }))
    }
}

// SAFETY: each call goes to talc as it is.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps what `GlobalAlloc` asks for.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { self.0.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { self.0.realloc(at, layout, size) }
    }
}

//! Memory for windows: each side of one has its own, which is used again when the instance is gone that had it.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ipc_proto::window::REGION_BYTES;

/// The bytes of a word.
const WORD: usize = size_of::<u64>();
/// The words of a region, which the largest window fills.
const WORDS: usize = REGION_BYTES as usize / WORD;

/// A region as modules have it: it begins where a page does.
#[repr(C, align(4096))]
struct Region([AtomicU64; WORDS]);

/// Regions that nobody has now. They are never given back to the machine, since modules see them as memory that stays: the
/// next window is made of one of them, so that there are no more than were in use at one time.
struct Pool(Mutex<Vec<&'static Region>>);

static POOL: Pool = Pool(Mutex::new(Vec::new()));

impl Pool {
    fn take(&self) -> &'static Region {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Box::leak(Box::new(Region([const { AtomicU64::new(0) }; WORDS]))))
    }

    fn give_back(&self, region: &'static Region) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(region);
    }
}

/// The memory of one side of a window. The instance that has it ends before this does.
pub(crate) struct Slab(&'static Region);

impl fmt::Debug for Slab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slab")
    }
}

impl Slab {
    /// One with whatever its last owner left in it.
    pub fn take() -> Slab {
        Slab(POOL.take())
    }

    /// Where it begins.
    pub fn address(&self) -> usize {
        self.0.0.as_ptr().expose_provenance()
    }

    /// Whether it has this address.
    pub fn has(&self, address: usize) -> bool {
        address.checked_sub(self.address()).is_some_and(|offset| offset < size_of::<Region>())
    }

    /// Fills these bytes, which are whole words, with zeroes.
    pub fn clear(&self, bytes: Range<usize>) {
        let words = self.0.0.get(bytes.start / WORD..bytes.end / WORD).unwrap_or_default();
        words.iter().for_each(|word| word.store(0, Ordering::Relaxed));
    }

    /// Takes over the first bytes of another one, which are whole words.
    pub fn copy(&self, from: &Slab, bytes: usize) {
        let words = self.0.0.iter().zip(&from.0.0).take(bytes / WORD);
        words.for_each(|(to, from)| to.store(from.load(Ordering::Relaxed), Ordering::Relaxed));
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        POOL.give_back(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_used_again() {
        let pool = Pool(Mutex::new(Vec::new()));
        let (one, other) = (pool.take(), pool.take());
        assert!(!std::ptr::eq(one, other), "each has its own");
        for _ in 0..100 {
            pool.give_back(one);
            assert!(std::ptr::eq(pool.take(), one));
        }
        pool.give_back(other);
        pool.give_back(one);
        assert_eq!(pool.0.into_inner().unwrap().len(), 2);
    }

    #[test]
    fn a_slab_is_a_region_at_a_pages_beginning() {
        let (slab, other) = (Slab::take(), Slab::take());
        let first = slab.address();
        assert_eq!((first % 4096, size_of::<Region>()), (0, 0x1_0000));
        for (address, has) in
            [(first - 1, false), (first, true), (first + 0xffff, true), (first + 0x1_0000, false)]
        {
            assert_eq!(slab.has(address), has);
        }
        let word = |slab: &Slab, index: usize| slab.0.0[index].load(Ordering::Relaxed);
        slab.0.0.iter().for_each(|word| word.store(7, Ordering::Relaxed));
        other.clear(0..0x1_0000);
        other.copy(&slab, 4096);
        assert_eq!([word(&other, 0), word(&other, 511), word(&other, 512)], [7, 7, 0]);
        other.clear(0..8);
        assert_eq!((word(&other, 0), word(&other, 1), word(&slab, 0)), (0, 7, 7));
    }
}

//! What happens in the middle of a copy, on a machine that is no target: nothing, or what a simulation of a system wants to.

extern crate std;

use std::cell::Cell;
use std::sync::atomic::AtomicU64;

use super::shared::{WORD, head_of, whole_words};

std::thread_local! {
    static WHAT: Cell<Option<fn(usize)>> = const { Cell::new(None) };
}

/// From now on this happens in the middle of each copy of this thread's that is of more than a word. It is told the address of
/// the last byte.
pub fn set(what: fn(usize)) {
    WHAT.set(Some(what));
}

/// The middle of a copy.
pub(super) struct Middle<'a> {
    what: fn(usize),
    address: usize,
    /// How many bytes come before it: up to the end of a word.
    pub bytes: usize,
    /// From where on those lie that come after it.
    pub words: &'a [AtomicU64],
}

impl Middle<'_> {
    pub fn passes(&self) {
        (self.what)(self.address);
    }
}

/// The middle of a copy of `length` bytes, from the words on of the first of which so many bytes are skipped. `None` where
/// nothing happens there, or it has none.
pub(super) fn comes(words: &[AtomicU64], skipped: usize, length: usize) -> Option<Middle<'_>> {
    let what = WHAT.get().filter(|_| length > WORD)?;
    let head = head_of(skipped, length);
    let half = whole_words((length.saturating_sub(head) / 2).saturating_add(WORD.saturating_sub(1)));
    // Where there is not so much, the head is the first half.
    let bytes = Some(head.saturating_add(half)).filter(|bytes| *bytes < length).unwrap_or(head);
    let rest = words.get(skipped.saturating_add(bytes) / WORD..)?;
    let last = skipped.saturating_add(length).saturating_sub(1);
    Some(Middle { what, address: words.as_ptr().addr().saturating_add(last), bytes, words: rest })
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::Ordering;

    use super::super::Shared;
    use super::*;

    static WORDS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

    thread_local! {
        static PASSED: Cell<u32> = const { Cell::new(0) };
        static LAST: Cell<usize> = const { Cell::new(0) };
    }

    fn fill(byte: u8) {
        WORDS.iter().for_each(|word| word.store(u64::from_ne_bytes([byte; 8]), Ordering::Relaxed));
    }

    /// What a death does: zeroes are there.
    fn dies(address: usize) {
        assert!(WORDS.as_ptr_range().contains(&core::ptr::without_provenance(address)));
        LAST.set(address.saturating_sub(WORDS.as_ptr().addr()));
        PASSED.set(PASSED.get().saturating_add(1));
        fill(0);
    }

    fn bytes() -> Vec<u8> {
        WORDS.iter().flat_map(|word| word.load(Ordering::Relaxed).to_ne_bytes()).collect()
    }

    #[test]
    fn a_copy_of_more_than_a_word_has_a_middle_and_no_other_has_one() {
        set(dies);
        for at in 0..=32_usize {
            for length in 0..=32 - at {
                fill(7);
                PASSED.set(0);
                let mut out = vec![1; length];
                assert_eq!(Shared::of(&WORDS).copy_to(at, &mut out), Ok(()));
                assert_eq!(PASSED.get(), u32::from(length > 8), "{length} at {at}");
                assert!(length <= 8 || LAST.get() == at + length - 1, "{length} at {at}: {}", LAST.get());
                let before = out.iter().take_while(|byte| **byte == 7).count();
                assert!(out[before..].iter().all(|byte| *byte == 0), "{length} at {at}: {out:?}");
                let is_half = (1..length).contains(&before) && (at + before).is_multiple_of(8);
                assert!(if length > 8 { is_half } else { before == length }, "{length} at {at}: {before}");

                fill(7);
                PASSED.set(0);
                assert_eq!(Shared::of(&WORDS).copy_from(at, &vec![9; length]), Ok(()));
                assert_eq!(PASSED.get(), u32::from(length > 8), "{length} at {at}");
                let second = if length > 8 { before } else { 0 };
                let mut expected = vec![if length > 8 { 0 } else { 7 }; 32];
                expected[at + second..at + length].fill(9);
                assert_eq!(bytes(), expected, "{length} at {at}");
            }
        }
    }
}

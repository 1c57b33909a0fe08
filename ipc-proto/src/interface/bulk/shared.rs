//! Memory that another domain writes, too, at any moment: copied in and out, never looked at in place.
//!
//! It is a slice of atomic words. A reference to bytes would promise the compiler that nobody else writes them; one to
//! atomics promises nothing, and every load is of whatever is there. Each word is loaded once for each copy, so what was
//! copied is what is checked.
//! By words, since a copy by bytes takes several times as long; so does one from or to bytes that lie across words, where
//! the processor has them apart (aarch64 as modules are compiled for it).

use core::sync::atomic::{AtomicU64, Ordering};

use zerocopy::FromBytes;

/// The bytes of a word.
pub(super) const WORD: usize = size_of::<u64>();

/// What is copied would not lie in the shared memory. Nothing was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBounds;

impl core::fmt::Display for OutOfBounds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("it would reach beyond the end of the shared memory; nothing was copied")
    }
}

impl core::error::Error for OutOfBounds {}

/// Shared memory, or the first part of it.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    words: &'a [AtomicU64],
    bytes: usize,
}

impl<'a> Shared<'a> {
    /// All of this memory.
    pub const fn of(words: &'a [AtomicU64]) -> Shared<'a> {
        Shared { words, bytes: size_of_val(words) }
    }

    /// Its first bytes; `None` where it has not so many.
    pub const fn first(self, bytes: usize) -> Option<Shared<'a>> {
        if bytes > self.bytes { None } else { Some(Shared { words: self.words, bytes }) }
    }

    /// How many bytes it has.
    pub const fn len(self) -> usize {
        self.bytes
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.bytes == 0
    }

    /// The words from the one on in which byte `at` lies, and which byte of that word it is.
    fn words(self, at: usize, length: usize) -> Result<(&'a [AtomicU64], usize), OutOfBounds> {
        let end = at.checked_add(length).ok_or(OutOfBounds)?;
        if end > self.bytes {
            return Err(OutOfBounds);
        }
        Ok((self.words.get(at / WORD..).ok_or(OutOfBounds)?, at % WORD))
    }

    /// Copies out, from byte `at` on.
    ///
    /// # Errors
    /// [`OutOfBounds`].
    pub fn copy_to(self, at: usize, to: &mut [u8]) -> Result<(), OutOfBounds> {
        let (words, skipped) = self.words(at, to.len())?;
        #[cfg(not(target_os = "none"))]
        if let Some(middle) = super::meanwhile::comes(words, skipped, to.len()) {
            let (first, second) = to.split_at_mut(middle.bytes);
            load_all(words, skipped, first);
            middle.passes();
            load_all(middle.words, 0, second);
            return Ok(());
        }
        load_all(words, skipped, to);
        Ok(())
    }

    /// Copies in, from byte `at` on. The words at the two ends are written whole, with what was beside it.
    ///
    /// # Errors
    /// [`OutOfBounds`].
    pub fn copy_from(self, at: usize, from: &[u8]) -> Result<(), OutOfBounds> {
        let (words, skipped) = self.words(at, from.len())?;
        #[cfg(not(target_os = "none"))]
        if let Some(middle) = super::meanwhile::comes(words, skipped, from.len()) {
            let (first, second) = from.split_at(middle.bytes);
            store_all(words, skipped, first);
            middle.passes();
            store_all(middle.words, 0, second);
            return Ok(());
        }
        store_all(words, skipped, from);
        Ok(())
    }
}

/// Loads bytes from words on, of the first of which so many are skipped.
#[inline(always)]
fn load_all(words: &[AtomicU64], skipped: usize, to: &mut [u8]) {
    let (head, whole) = to.split_at_mut(head_of(skipped, to.len()));
    let mut words = words.iter();
    if !head.is_empty() {
        load(words.next(), skipped, head);
    }
    let (whole, tail) = whole.split_at_mut(whole_words(whole.len()));
    match <[u64]>::mut_from_bytes(whole) {
        Ok(whole) => {
            whole.iter_mut().zip(words.by_ref()).for_each(|(to, word)| *to = word.load(Ordering::Relaxed))
        }
        // It lies across words.
        Err(_) => whole.chunks_exact_mut(WORD).zip(words.by_ref()).for_each(|(to, word)| {
            to.copy_from_slice(&word.load(Ordering::Relaxed).to_ne_bytes());
        }),
    }
    if !tail.is_empty() {
        load(words.next(), 0, tail);
    }
}

/// Stores them likewise.
#[inline(always)]
fn store_all(words: &[AtomicU64], skipped: usize, from: &[u8]) {
    let (head, whole) = from.split_at(head_of(skipped, from.len()));
    let mut words = words.iter();
    if !head.is_empty() {
        store(words.next(), skipped, head);
    }
    let (whole, tail) = whole.split_at(whole_words(whole.len()));
    match <[u64]>::ref_from_bytes(whole) {
        Ok(whole) => {
            whole.iter().zip(words.by_ref()).for_each(|(from, word)| word.store(*from, Ordering::Relaxed))
        }
        // It lies across words.
        Err(_) => whole.chunks_exact(WORD).zip(words.by_ref()).for_each(|(from, word)| {
            let mut bytes = [0; WORD];
            bytes.copy_from_slice(from);
            word.store(u64::from_ne_bytes(bytes), Ordering::Relaxed);
        }),
    }
    if !tail.is_empty() {
        store(words.next(), 0, tail);
    }
}

/// How many of `length` bytes are in a word of which so many are skipped: none where it is taken whole.
pub(super) const fn head_of(skipped: usize, length: usize) -> usize {
    let in_word = WORD.saturating_sub(skipped) % WORD;
    if in_word < length { in_word } else { length }
}

/// The bytes of the whole words in so many.
pub(super) const fn whole_words(length: usize) -> usize {
    length.saturating_sub(length % WORD)
}

fn load(word: Option<&AtomicU64>, skipped: usize, to: &mut [u8]) {
    let bytes = word.map_or(0, |word| word.load(Ordering::Relaxed)).to_ne_bytes();
    for (to, byte) in to.iter_mut().zip(bytes.iter().skip(skipped)) {
        *to = *byte;
    }
}

fn store(word: Option<&AtomicU64>, skipped: usize, from: &[u8]) {
    let Some(word) = word else { return };
    let mut bytes = word.load(Ordering::Relaxed).to_ne_bytes();
    for (byte, from) in bytes.iter_mut().skip(skipped).zip(from) {
        *byte = *from;
    }
    word.store(u64::from_ne_bytes(bytes), Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use zerocopy::IntoBytes as _;

    use super::*;

    /// 24 bytes that count up from 1.
    fn counting() -> [AtomicU64; 3] {
        [0, 8, 16].map(|from: u8| {
            let bytes: [u8; 8] = core::array::from_fn(|index| from.wrapping_add(index as u8).wrapping_add(1));
            AtomicU64::new(u64::from_ne_bytes(bytes))
        })
    }

    fn bytes(words: &[AtomicU64; 3]) -> Vec<u8> {
        words.iter().flat_map(|word| word.load(Ordering::Relaxed).to_ne_bytes()).collect()
    }

    #[test]
    fn every_range_is_copied_and_nothing_beside_it() {
        for at in 0..=24_usize {
            for length in 0..=24 - at {
                let words = counting();
                let before = bytes(&words);
                let mut out = vec![0; length];
                assert_eq!(Shared::of(&words).copy_to(at, &mut out), Ok(()));
                assert_eq!(out, before[at..at + length], "out, {length} at {at}");
                let new = vec![0xee; length];
                assert_eq!(Shared::of(&words).copy_from(at, &new), Ok(()));
                let mut expected = before;
                expected[at..at + length].fill(0xee);
                assert_eq!(bytes(&words), expected, "in, {length} at {at}");
            }
        }
    }

    #[test]
    fn bytes_that_lie_across_words_are_copied_like_those_that_do_not() {
        for shift in 0..8 {
            let words = counting();
            let before = bytes(&words);
            let mut out = [0_u64; 4];
            let out = &mut out.as_mut_bytes()[shift..shift + 24];
            assert_eq!(Shared::of(&words).copy_to(0, out), Ok(()));
            assert_eq!(out, before, "{shift}");
            out.reverse();
            assert_eq!(Shared::of(&words).copy_from(0, out), Ok(()));
            assert_eq!(bytes(&words), out, "{shift}");
        }
    }

    #[test]
    fn what_reaches_beyond_the_end_is_not_copied() {
        let words = counting();
        let before = bytes(&words);
        let all = Shared::of(&words);
        assert!(all.first(25).is_none());
        let part = all.first(9).unwrap();
        assert_eq!((all.len(), part.len(), all.first(0).unwrap().is_empty()), (24, 9, true));
        for (shared, at, length, fits) in [
            (all, 23, 1, true),
            (all, 24, 0, true),
            (all, 24, 1, false),
            (all, 25, 0, false),
            (all, 0, 25, false),
            (all, usize::MAX, 1, false),
            (all, usize::MAX, 0, false),
            (part, 8, 1, true),
            (part, 9, 0, true),
            (part, 8, 2, false),
            (part, 9, 1, false),
        ] {
            let expected = if fits { Ok(()) } else { Err(OutOfBounds) };
            let mut out = vec![0x55; length];
            assert_eq!(shared.copy_to(at, &mut out), expected, "out, {length} at {at}");
            assert!(fits || out.iter().all(|byte| *byte == 0x55));
            if !fits {
                assert_eq!(shared.copy_from(at, &out), expected, "in, {length} at {at}");
            }
        }
        assert_eq!(bytes(&words), before);
    }
}

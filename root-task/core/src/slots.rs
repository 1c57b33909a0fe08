//! Which slots of the supervisor's own CNode are taken: a bitmap, handed out in runs of consecutive slots.
//!
//! A retype fills consecutive slots, so an instance wants a run. The bitmap also remembers which slots have ever
//! been handed out: an audit that tries those that came back for emptiness need not try the thousands that no
//! capability was ever put in.

use core::fmt;

/// The most slots that one allocator looks after. What the CNode has beyond them stays unused.
pub const MAX_SLOTS: usize = 1 << 13;

const WORD_BITS: usize = u64::BITS as usize;
const WORDS: usize = MAX_SLOTS / WORD_BITS;

/// The number of a slot of the supervisor's CNode, which is also its CPtr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotIndex(pub u32);

/// A run of consecutive slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRange {
    /// The first slot.
    pub first: SlotIndex,
    /// How many there are.
    pub count: u16,
}

impl SlotRange {
    /// The slot `offset` places after the first; `None` beyond the end.
    pub fn get(&self, offset: u16) -> Option<SlotIndex> {
        if offset >= self.count {
            return None;
        }
        self.first.0.checked_add(u32::from(offset)).map(SlotIndex)
    }

    /// All slots, in order.
    pub fn iter(&self) -> impl Iterator<Item = SlotIndex> + use<> {
        let range = *self;
        (0..range.count).filter_map(move |offset| range.get(offset))
    }

    /// Cuts the run in two: the first `count` slots, and the rest. `None` where it has fewer.
    pub fn split_at(&self, count: u16) -> Option<(SlotRange, SlotRange)> {
        let rest = self.count.checked_sub(count)?;
        let first = SlotIndex(self.first.0.checked_add(u32::from(count))?);
        Some((SlotRange { first: self.first, count }, SlotRange { first, count: rest }))
    }
}

/// No run of that many free slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfSlots {
    /// How many consecutive slots were asked for.
    pub asked: u16,
    /// How many are free, wherever they lie.
    pub free: u32,
}

impl fmt::Display for OutOfSlots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} consecutive capability slots are needed, and of the supervisor's only {} are free, in shorter \
             runs: unload a module first",
            self.asked, self.free
        )
    }
}

impl core::error::Error for OutOfSlots {}

/// A run that was given back is not, or not wholly, one that was handed out. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTaken(pub SlotRange);

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} slots from {} on are not all taken", self.0.count, self.0.first.0)
    }
}

impl core::error::Error for NotTaken {}

/// The allocator.
#[derive(Debug)]
pub struct Slots {
    first: u32,
    count: u32,
    used: u32,
    taken: [u64; WORDS],
    touched: [u64; WORDS],
}

impl Slots {
    /// Looks after the `count` slots from `first` on; the rest of more than [`MAX_SLOTS`], or of slots whose number
    /// does not fit 32 bits, is left out.
    pub const fn new(first: u32, count: u32) -> Slots {
        let bound = MAX_SLOTS as u32;
        let count = if count < bound { count } else { bound };
        let room = u32::MAX.saturating_sub(first);
        let count = if count < room { count } else { room };
        Slots { first, count, used: 0, taken: [0; WORDS], touched: [0; WORDS] }
    }

    /// Hands out `count` consecutive slots; the lowest such run. A run of none is the empty run.
    ///
    /// # Errors
    /// [`OutOfSlots`] where no run is long enough; nothing has changed.
    pub fn alloc(&mut self, count: u16) -> Result<SlotRange, OutOfSlots> {
        let refused = OutOfSlots { asked: count, free: self.free_count() };
        let at = self.find_run(usize::from(count)).ok_or(refused)?;
        let offset = u32::try_from(at).map_err(|_| refused)?;
        let first = SlotIndex(self.first.checked_add(offset).ok_or(refused)?);
        self.mark(at, usize::from(count), true);
        self.used = self.used.saturating_add(u32::from(count));
        Ok(SlotRange { first, count })
    }

    /// Hands out one slot.
    ///
    /// # Errors
    /// [`OutOfSlots`]; nothing has changed.
    pub fn alloc_one(&mut self) -> Result<SlotIndex, OutOfSlots> {
        self.alloc(1).map(|run| run.first)
    }

    /// Takes a run back: a whole one, or any part of one. The slots are empty: the caller has deleted what was in
    /// them.
    ///
    /// # Errors
    /// [`NotTaken`] where any of the slots is not handed out: a bug of the caller's. Nothing has changed.
    pub fn free(&mut self, range: SlotRange) -> Result<(), NotTaken> {
        let at = range.first.0.checked_sub(self.first).ok_or(NotTaken(range))?;
        let end = at.checked_add(u32::from(range.count)).ok_or(NotTaken(range))?;
        let (at, end) = (at as usize, end as usize);
        if !(at..end).all(|i| bit(&self.taken, i)) {
            return Err(NotTaken(range));
        }
        self.mark(at, usize::from(range.count), false);
        self.used = self.used.saturating_sub(u32::from(range.count));
        Ok(())
    }

    /// Takes one slot back.
    ///
    /// # Errors
    /// As [`Slots::free`].
    pub fn free_one(&mut self, slot: SlotIndex) -> Result<(), NotTaken> {
        self.free(SlotRange { first: slot, count: 1 })
    }

    /// How many slots are handed out.
    pub fn used(&self) -> u32 {
        self.used
    }

    /// How many are not.
    pub fn free_count(&self) -> u32 {
        self.count.saturating_sub(self.used)
    }

    /// Every slot that is not handed out, in order.
    pub fn free_slots(&self) -> impl Iterator<Item = SlotIndex> {
        self.select(|taken, _| !taken)
    }

    /// Every slot that was handed out at some time and has come back, in order.
    pub fn returned_slots(&self) -> impl Iterator<Item = SlotIndex> {
        self.select(|taken, touched| !taken && touched)
    }

    fn select(&self, wanted: impl Fn(bool, bool) -> bool) -> impl Iterator<Item = SlotIndex> {
        (0..self.count as usize)
            .zip(self.first..)
            .filter(move |(i, _)| wanted(bit(&self.taken, *i), bit(&self.touched, *i)))
            .map(|(_, number)| SlotIndex(number))
    }

    /// The start of the lowest run of `count` free slots. A word of the map is skipped at once where it is full.
    fn find_run(&self, count: usize) -> Option<usize> {
        let total = self.count as usize;
        let (mut start, mut at) = (0usize, 0usize);
        while at.saturating_sub(start) < count {
            if at >= total {
                return None;
            }
            let word = self.taken.get(at / WORD_BITS)? >> (at % WORD_BITS);
            if word & 1 == 0 {
                let free = (word.trailing_zeros() as usize).min(WORD_BITS.saturating_sub(at % WORD_BITS));
                at = at.saturating_add(free).min(total);
            } else {
                at = at.saturating_add(word.trailing_ones() as usize);
                start = at;
            }
        }
        Some(start)
    }

    fn mark(&mut self, at: usize, count: usize, taken: bool) {
        for i in at..at.saturating_add(count) {
            let mask = 1u64 << (i % WORD_BITS);
            if let Some(word) = self.taken.get_mut(i / WORD_BITS) {
                *word = if taken { *word | mask } else { *word & !mask };
            }
            if let Some(word) = self.touched.get_mut(i / WORD_BITS) {
                *word |= mask;
            }
        }
    }
}

fn bit(map: &[u64; WORDS], i: usize) -> bool {
    map.get(i / WORD_BITS).is_some_and(|word| word >> (i % WORD_BITS) & 1 == 1)
}

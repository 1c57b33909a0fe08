//! Interface `deferred`: a module answers a call later that it has put aside in its locker, on
//! [`crate::slots::SUPERVISOR`]. Request and answer are four words.
//!
//! The kernel lets a thread move its caller into a CNode that it holds: the locker. But nothing can be sent on what lies in
//! a locker, which is what makes it safe to hold whatever one is handed. So the supervisor looks whether it is a caller, and
//! moves it to where the module can answer it: [`crate::slots::ANSWER`].

use crate::label::WORDS;
use crate::slots::OWN_ENDPOINT;

/// The label of every request of this interface.
pub const LABEL: u16 = 0x109 | WORDS;
/// The first slot of a locker in which a caller is put aside.
pub const FIRST: u16 = OWN_ENDPOINT + 1;
/// The slot behind the last one: each module has one thread, so that no more can wait for an answer.
pub const END: u16 = 64;
/// The smallest locker in which any can be: of 2^n slots.
pub const MIN_LOCKER_BITS: u8 = 2;

/// What a server knows of the callers that it has put aside: one bit for each slot of its locker that a caller was put into and
/// that was not given up since, empty or not. Where the caller is gone the kernel has emptied it, and the next one must not be
/// answered in its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Places(u64);

impl Places {
    /// Nobody is put aside.
    pub const NONE: Places = Places(0);

    /// Finds the caller in hand a place in a locker of 2^`bits` slots, into which `save` moves it: `false` where something else
    /// lies in a slot. `None` where there is no place.
    pub fn put_aside(&mut self, bits: u8, mut save: impl FnMut(u16) -> bool) -> Option<u16> {
        let free = |index: &u16| self.0 & bit(*index) == 0;
        // The module itself can have put something into one that is free.
        let place = (FIRST..end_of(bits)).filter(free).find(|index| save(*index))?;
        self.0 |= bit(place);
        Some(place)
    }

    /// Nobody is answered in the name of this one's caller any more.
    pub fn give_up(&mut self, place: u16) {
        self.0 &= !bit(place);
    }

    /// As a word.
    pub const fn to_word(self) -> u64 {
        self.0
    }

    /// The one that [`Places::to_word`] gave.
    pub const fn from_word(word: u64) -> Places {
        Places(word)
    }
}

fn bit(index: u16) -> u64 {
    1_u64.checked_shl(u32::from(index)).unwrap_or(0)
}

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Hand out the caller that is put aside in this slot of the locker. What [`crate::slots::ANSWER`] holds is dropped.
    Take {
        /// From [`FIRST`] on, and below the locker's end and [`END`].
        index: u16,
    },
    /// Say whether the caller waits who is put aside in this slot. Nothing is handed out.
    Look {
        /// As in [`Request::Take`].
        index: u16,
    },
}

/// The answer, with status `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It can be answered now.
    Ready = 1,
    /// Nobody is there any more: the caller has died, or its call was taken back.
    Gone = 2,
    /// There is no such slot, or it holds something else. Nothing has changed.
    Refused = 3,
    /// It is there, and waits.
    Waits = 4,
}

/// Where the callers of a module with a locker of 2^`bits` slots end: the slots from [`FIRST`] up to that one are for them.
pub const fn end_of(bits: u8) -> u16 {
    if bits >= 6 { END } else { 1 << bits }
}

impl Request {
    /// As a message.
    pub const fn to_words(self) -> [u64; 4] {
        match self {
            Request::Take { index } => [1, index as u64, 0, 0],
            Request::Look { index } => [2, index as u64, 0, 0],
        }
    }

    /// Reads one; `None` for what is none.
    pub const fn from_words(words: [u64; 4]) -> Option<Request> {
        match words {
            [1, index, 0, 0] if index <= u16::MAX as u64 => Some(Request::Take { index: index as u16 }),
            [2, index, 0, 0] if index <= u16::MAX as u64 => Some(Request::Look { index: index as u16 }),
            _ => None,
        }
    }

    /// The slot of a locker of 2^`bits` slots that it means; `None` where that one has no such slot for callers.
    pub const fn slot(self, bits: u8) -> Option<u16> {
        let (Request::Take { index } | Request::Look { index }) = self;
        if index >= FIRST && index < end_of(bits) { Some(index) } else { None }
    }
}

impl Answer {
    /// As a message.
    pub const fn to_words(self) -> [u64; 4] {
        [self as u64, 0, 0, 0]
    }

    /// Reads one; `None` for what is none.
    pub const fn from_words(words: [u64; 4]) -> Option<Answer> {
        match words {
            [1, 0, 0, 0] => Some(Answer::Ready),
            [2, 0, 0, 0] => Some(Answer::Gone),
            [3, 0, 0, 0] => Some(Answer::Refused),
            [4, 0, 0, 0] => Some(Answer::Waits),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::MAX_LOCKER_BITS;

    #[test]
    fn each_comes_back_and_nothing_else_is_one() {
        for index in [0, FIRST, u16::MAX] {
            for request in [Request::Take { index }, Request::Look { index }] {
                assert_eq!(Request::from_words(request.to_words()), Some(request));
            }
        }
        for answer in [Answer::Ready, Answer::Gone, Answer::Refused, Answer::Waits] {
            assert_eq!(Answer::from_words(answer.to_words()), Some(answer));
        }
        for words in [
            [0; 4],
            [5, 0, 0, 0],
            [1, 1 << 16, 0, 0],
            [2, 1 << 16, 0, 0],
            [1, 2, 1, 0],
            [2, 2, 0, 1],
            [u64::MAX; 4],
        ] {
            assert_eq!((Request::from_words(words), Answer::from_words(words)), (None, None), "{words:?}");
        }
    }

    #[test]
    fn a_place_is_one_callers_until_it_is_given_up() {
        let mut places = Places::NONE;
        let aside = |places: &mut Places| places.put_aside(MIN_LOCKER_BITS, |_| true);
        assert_eq!(aside(&mut places), Some(FIRST));
        assert_eq!(aside(&mut places), Some(FIRST + 1));
        assert_eq!(aside(&mut places), None, "that is all");
        places.give_up(FIRST + 1);
        assert_eq!(places.put_aside(MIN_LOCKER_BITS, |_| false), None, "something else lies there");
        assert_eq!(aside(&mut places), Some(FIRST + 1));
        assert_eq!(Places::from_word(places.to_word()), places);
        assert_eq!(Places::default().put_aside(0, |_| true), None, "there is no locker");
    }

    #[test]
    fn the_slots_for_callers_below_at_and_above_their_bounds() {
        let slots =
            |bits| (0..=u16::MAX).filter(move |index| Request::Take { index: *index }.slot(bits).is_some());
        for (bits, count) in [(0, 0), (1, 0), (MIN_LOCKER_BITS, 2), (3, 6), (5, 30), (6, 62), (7, 62)] {
            assert_eq!(slots(bits).count(), count, "{bits} bits");
            assert!(count == 0 || slots(bits).next() == Some(FIRST));
        }
        for bits in [MAX_LOCKER_BITS, u8::MAX] {
            assert_eq!(slots(bits).next_back(), Some(END - 1));
        }
    }
}

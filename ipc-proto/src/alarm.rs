//! Interface `alarm`: a module asks to be woken later, on [`crate::slots::SUPERVISOR`]. Request and answer are four words,
//! so that a module which is not woken has next to nothing of it.
//!
//! A module has one alarm. It goes off on its notification ([`crate::badge::ALARM`]), which says that it may have: the
//! notification outlives the instance, and an alarm that was set anew. So the module asks whether it has.

use crate::label::WORDS;

/// The label of every request of this interface.
pub const LABEL: u16 = 0x108 | WORDS;

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Wake the caller in so many microseconds, as soon after that as it can run. It takes the place of the one that was
    /// set. Answer: [`Answer::Done`], or [`Answer::Refused`].
    Set {
        /// From now on; rounded up by who asks.
        micros: u64,
    },
    /// Do not wake the caller. Answer: [`Answer::Done`] where it was to be woken, [`Answer::Not`] where it was not, or has
    /// been already.
    Cancel,
    /// Whether the alarm that was set last has gone off; a second time it has not. Answer: [`Answer::Done`] or
    /// [`Answer::Not`].
    Take,
}

/// The answer, with status `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, or it is so.
    Done = 1,
    /// It is not so.
    Not = 2,
    /// There is no room for the alarm, or the kernel refuses: a bug of the root task, which says so on the console.
    Refused = 3,
}

impl Request {
    /// As a message.
    pub const fn to_words(self) -> [u64; 4] {
        match self {
            Request::Set { micros } => [1, micros, 0, 0],
            Request::Cancel => [2, 0, 0, 0],
            Request::Take => [3, 0, 0, 0],
        }
    }

    /// Reads one; `None` for what is none.
    pub const fn from_words(words: [u64; 4]) -> Option<Request> {
        match words {
            [1, micros, 0, 0] => Some(Request::Set { micros }),
            [2, 0, 0, 0] => Some(Request::Cancel),
            [3, 0, 0, 0] => Some(Request::Take),
            _ => None,
        }
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
            [1, 0, 0, 0] => Some(Answer::Done),
            [2, 0, 0, 0] => Some(Answer::Not),
            [3, 0, 0, 0] => Some(Answer::Refused),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_back_and_nothing_else_is_one() {
        for request in
            [Request::Set { micros: 0 }, Request::Set { micros: u64::MAX }, Request::Cancel, Request::Take]
        {
            assert_eq!(Request::from_words(request.to_words()), Some(request));
        }
        for answer in [Answer::Done, Answer::Not, Answer::Refused] {
            assert_eq!(Answer::from_words(answer.to_words()), Some(answer));
        }
        for words in
            [[0; 4], [4, 0, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1], [2, 1, 0, 0], [3, 0, 0, 1], [u64::MAX; 4]]
        {
            assert_eq!(Request::from_words(words), None, "{words:?}");
            assert_eq!(Answer::from_words(words), None, "{words:?}");
        }
    }
}

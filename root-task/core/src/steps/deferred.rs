//! A module is about to answer a caller that it had put aside in its locker: what it is handed, and what not.

use ipc_proto::deferred::{Answer, FIRST, Request, end_of};

/// What lies in a slot of a locker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A caller who waits for an answer.
    Caller,
    /// Nothing: also where a caller was, who has died or whose call was taken back.
    Nothing,
    /// Something else, or there is no such slot.
    Other,
}

/// A module's locker, and the slot on which it answers.
pub trait Locker {
    /// It has 2^n slots; with 0 there is none.
    fn bits(&self) -> u8;

    /// What lies in this one.
    fn look(&self, index: u16) -> Held;

    /// Moves what lies there to where the module can send on it, [`ipc_proto::slots::ANSWER`]; what it was handed before, and
    /// has not answered, is dropped. `false` where that cannot be.
    fn hand_over(&mut self, index: u16) -> bool;
}

/// Hands a caller out of a locker, and nothing else: what lies there cannot be called, and a module puts there what it likes.
pub fn hand_out(request: Request, locker: &mut impl Locker) -> Answer {
    let Some(index) = request.slot(locker.bits()) else { return Answer::Refused };
    match (locker.look(index), request) {
        (Held::Caller, Request::Look { .. }) => Answer::Waits,
        (Held::Caller, Request::Take { .. }) if locker.hand_over(index) => Answer::Ready,
        (Held::Nothing, _) => Answer::Gone,
        (Held::Caller | Held::Other, _) => Answer::Refused,
    }
}

/// How many callers wait in a locker.
pub fn callers_in(locker: &impl Locker) -> usize {
    (FIRST..end_of(locker.bits())).filter(|index| locker.look(*index) == Held::Caller).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::deferred::{END, MIN_LOCKER_BITS};

    /// The same in every slot, and what was moved.
    struct Same {
        bits: u8,
        held: Held,
        moves: bool,
        moved: Option<u16>,
    }

    impl Locker for Same {
        fn bits(&self) -> u8 {
            self.bits
        }

        fn look(&self, _: u16) -> Held {
            self.held
        }

        fn hand_over(&mut self, index: u16) -> bool {
            self.moved = Some(index);
            self.moves
        }
    }

    fn asked(index: u16, bits: u8, held: Held, moves: bool) -> (Answer, Option<u16>) {
        let mut locker = Same { bits, held, moves, moved: None };
        let answer = hand_out(Request::Take { index }, &mut locker);
        (answer, locker.moved)
    }

    #[test]
    fn nothing_but_a_caller_is_handed_out() {
        let of = |held, moves| asked(FIRST, MIN_LOCKER_BITS, held, moves);
        assert_eq!(of(Held::Caller, true), (Answer::Ready, Some(FIRST)));
        assert_eq!(of(Held::Caller, false), (Answer::Refused, Some(FIRST)), "it could not be moved");
        assert_eq!(of(Held::Nothing, true), (Answer::Gone, None));
        assert_eq!(of(Held::Other, true), (Answer::Refused, None));
    }

    #[test]
    fn who_looks_is_told_and_nothing_is_moved() {
        for (held, answer, callers) in [
            (Held::Caller, Answer::Waits, 2),
            (Held::Nothing, Answer::Gone, 0),
            (Held::Other, Answer::Refused, 0),
        ] {
            let mut locker = Same { bits: MIN_LOCKER_BITS, held, moves: true, moved: None };
            assert_eq!(hand_out(Request::Look { index: FIRST }, &mut locker), answer);
            assert_eq!(
                hand_out(Request::Look { index: end_of(MIN_LOCKER_BITS) }, &mut locker),
                Answer::Refused
            );
            assert_eq!((locker.moved, callers_in(&locker)), (None, callers));
        }
        assert_eq!(callers_in(&Same { bits: 0, held: Held::Caller, moves: true, moved: None }), 0);
    }

    #[test]
    fn slots_below_at_and_above_those_for_callers() {
        let ready = |index, bits| asked(index, bits, Held::Caller, true).0 == Answer::Ready;
        for bits in [MIN_LOCKER_BITS, 5, 6, 7] {
            let (last, end) = (end_of(bits).saturating_sub(1), end_of(bits));
            assert_eq!([ready(FIRST.saturating_sub(1), bits), ready(FIRST, bits)], [false, true], "{bits}");
            assert_eq!([ready(last, bits), ready(end, bits)], [true, false], "{bits}");
        }
        assert_eq!([end_of(6), end_of(7)], [END; 2]);
        assert!(!ready(FIRST, 0) && !ready(FIRST, 1), "there is no locker, or none with room");
    }
}

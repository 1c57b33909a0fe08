//! Tests of the walk: honest stacks, each lie, and stacks of which nothing is known.
#![allow(clippy::arithmetic_side_effects, reason = "in a test an overflow is a failure")]

use std::collections::BTreeMap;

use ipc_proto::operator::MAX_FRAMES;
use proptest::prelude::*;

use super::*;
use crate::layout::STACK_TOP;

const CODE: core::ops::Range<u64> = 0x40_0000..0x40_1000;
const STACK: Stack = Stack { bottom: STACK_TOP - 0x1000, top: STACK_TOP };

/// The walk over a stack that holds these words and zeroes, and how many words it read.
fn walked(start: Start, words: &[(u64, u64)]) -> (Vec<u64, MAX_FRAMES>, End, usize) {
    let words: BTreeMap<u64, u64> = words.iter().copied().collect();
    let mut reads = 0;
    let read = |at| {
        assert!((STACK.bottom..STACK.top - 7).contains(&at) && at % 8 == 0, "{at:#x} is read");
        reads += 1;
        Some(words.get(&at).copied().unwrap_or(0))
    };
    let Backtrace { frames, end } = walk(&start, &STACK, |at| CODE.contains(&at), read);
    (frames, end, reads)
}

fn start(frame: u64) -> Start {
    Start { pc: 0x40_0010, frame, link: None }
}

/// Records one above the other, from `first` on, `step` bytes apart; the last one leads nowhere.
fn chain(first: u64, step: u64, count: u64) -> std::vec::Vec<(u64, u64)> {
    let record = |i| {
        let at = first + i * step;
        let next = if i + 1 == count { 0 } else { at + step };
        [(at, next), (at + 8, 0x40_0100 + i)]
    };
    (0..count).flat_map(record).collect()
}

#[test]
fn an_honest_stack_is_walked_to_its_start() {
    let first = STACK.bottom + 0x40;
    let (frames, end, _) = walked(start(first), &chain(first, 48, 3));
    assert_eq!(
        (frames.as_slice(), end),
        ([0x40_0010, 0x40_0100, 0x40_0101, 0x40_0102].as_slice(), End::Complete)
    );
    // aarch64: the first function's record is empty.
    let (frames, end, _) = walked(start(first), &[(first, first + 32), (first + 8, 0x40_0100)]);
    assert_eq!((frames.as_slice(), end), ([0x40_0010, 0x40_0100].as_slice(), End::Complete));
    assert_eq!(walked(start(0), &[]).1, End::Complete);
}

#[test]
fn records_may_touch_each_other_and_both_ends_of_the_stack() {
    let (frames, end, _) = walked(start(STACK.bottom), &chain(STACK.bottom, 16, 3));
    assert_eq!((frames.len(), end), (4, End::Complete));
    let last = STACK.top - 16;
    let (frames, end, _) = walked(start(last), &chain(last, 16, 1));
    assert_eq!((frames.len(), end), (2, End::Complete));
}

#[test]
fn as_many_addresses_are_kept_as_there_is_room_for() {
    let most = MAX_FRAMES as u64 - 1;
    for (records, end) in [(most - 1, End::Complete), (most, End::Complete), (most + 1, End::Full)] {
        let (frames, ended, _) = walked(start(STACK.bottom), &chain(STACK.bottom, 16, records));
        assert_eq!((frames.len() as u64, ended), (records.min(most) + 1, end), "{records} records");
    }
}

#[test]
fn each_lie_ends_it() {
    let at = STACK.bottom + 0x100;
    let then = |next| walked(start(at), &[(at, next), (at + 8, 0x40_0100)]).1;
    assert_eq!(then(at + 20), End::Unaligned(at + 20));
    for outside in [8, STACK.bottom - 16, STACK.top - 8, STACK.top, u64::MAX - 7] {
        assert_eq!(then(outside), End::Outside(outside), "{outside:#x}");
    }
    for below in [at - 16, at, at + 8] {
        assert_eq!(then(below), End::NotAbove(below), "{below:#x}");
    }
    for address in [8, CODE.end, u64::MAX] {
        let words = [(at, at + 16), (at + 8, address)];
        assert_eq!(walked(start(at), &words).1, End::NoCode(address));
    }
    // Only an empty record is the first function's.
    assert_eq!(walked(start(at), &[(at, at + 16)]).1, End::NoCode(0));
    let read = |to: u64| walk(&start(at), &STACK, |_| true, move |from| (from == to).then_some(at));
    for readable in [at, at + 8] {
        assert_eq!(read(readable).end, End::Unreadable(at));
    }
}

#[test]
fn who_jumped_where_there_is_no_code_is_not_left_out() {
    let jumped = |pc, link| walked(Start { pc, frame: 0, link }, &[]).0;
    assert_eq!(jumped(0, Some(0x40_0200)).as_slice(), [0, 0x40_0200]);
    assert_eq!(jumped(0, Some(0x200)).as_slice(), [0]);
    assert_eq!(jumped(0, None).as_slice(), [0]);
    assert_eq!(jumped(0x40_0010, Some(0x40_0200)).as_slice(), [0x40_0010]);
}

/// Words that look like what a stack holds more often than chance would have it.
fn any_word() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        (0..0x40_u64).prop_map(|word| STACK.bottom + word * 8),
        CODE,
        Just(0),
        Just(STACK.top),
    ]
}

proptest! {
    #[test]
    fn any_stack_is_walked_within_bounds(
        pc in any_word(),
        frame in any_word(),
        link in proptest::option::of(any_word()),
        words in proptest::collection::vec(any_word(), 0x40),
    ) {
        let words: std::vec::Vec<_> = (STACK.bottom..).step_by(8).zip(words).collect();
        let (frames, _, reads) = walked(Start { pc, frame, link }, &words);
        prop_assert!(reads <= 2 * MAX_FRAMES);
        prop_assert_eq!(frames.first(), Some(&pc));
        prop_assert!(frames.iter().skip(1).all(|address| CODE.contains(address)));
    }
}

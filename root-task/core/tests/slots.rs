//! Tests of the slot allocator: bounds, double frees, and that no slot is ever in two hands.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use root_task_core::slots::{MAX_SLOTS, NotTaken, OutOfSlots, SlotIndex, SlotRange, Slots};

const FIRST: u32 = 1234;

#[test]
fn all_slots_below_at_and_above_the_bound() {
    let all = MAX_SLOTS as u16;
    for count in [all - 1, all] {
        let mut slots = Slots::new(FIRST, u32::from(all));
        let run = slots.alloc(count).unwrap();
        assert_eq!(run, SlotRange { first: SlotIndex(FIRST), count });
        assert_eq!(slots.used(), u32::from(count));
        assert_eq!(slots.free_count(), u32::from(all - count));
    }
    let mut slots = Slots::new(FIRST, u32::from(all));
    assert_eq!(slots.alloc(all + 1), Err(OutOfSlots { asked: all + 1, free: u32::from(all) }));
    assert_eq!(slots.used(), 0);
}

#[test]
fn what_lies_beyond_the_bound_is_left_out() {
    assert_eq!(Slots::new(FIRST, MAX_SLOTS as u32 + 1).free_count(), MAX_SLOTS as u32);
    assert_eq!(Slots::new(u32::MAX - 2, 100).free_count(), 2);
    assert_eq!(Slots::new(u32::MAX - 2, 100).free_slots().count(), 2);
    assert_eq!(Slots::new(FIRST, 0).free_slots().count(), 0);
}

#[test]
fn the_lowest_run_that_is_long_enough_is_handed_out() {
    let mut slots = Slots::new(0, 200);
    let runs: Vec<_> = (0..4).map(|_| slots.alloc(50).unwrap()).collect();
    assert_eq!(slots.alloc_one(), Err(OutOfSlots { asked: 1, free: 0 }));
    slots.free(SlotRange { first: SlotIndex(60), count: 10 }).unwrap();
    slots.free(runs[3]).unwrap();
    assert_eq!(slots.alloc(11).unwrap().first, SlotIndex(150));
    assert_eq!(slots.alloc(10).unwrap().first, SlotIndex(60));
    let error = slots.alloc(40).unwrap_err();
    assert_eq!(
        error.to_string(),
        "40 consecutive capability slots are needed, and of the supervisor's only 39 are free, in shorter runs: \
         unload a module first"
    );
}

#[test]
fn a_double_free_is_an_error_and_changes_nothing() {
    let mut slots = Slots::new(FIRST, 100);
    let run = slots.alloc(10).unwrap();
    let other = slots.alloc(5).unwrap();
    let (front, back) = run.split_at(4).unwrap();
    slots.free(back).unwrap();
    for bad in [
        run,
        back,
        SlotRange { first: SlotIndex(0), count: 1 },
        SlotRange { first: SlotIndex(FIRST + 100), count: 1 },
        SlotRange { first: SlotIndex(u32::MAX), count: 2 },
    ] {
        assert_eq!(slots.free(bad), Err(NotTaken(bad)));
        assert_eq!(slots.used(), 9);
    }
    slots.free(front).unwrap();
    slots.free(other).unwrap();
    assert_eq!(slots.used(), 0);
    assert_eq!(slots.free_one(front.first), Err(NotTaken(SlotRange { count: 1, ..front })));
}

#[test]
fn runs_know_their_slots() {
    let run = SlotRange { first: SlotIndex(7), count: 3 };
    assert_eq!(run.iter().collect::<Vec<_>>(), [SlotIndex(7), SlotIndex(8), SlotIndex(9)]);
    assert_eq!(run.get(3), None);
    assert_eq!(run.split_at(4), None);
}

proptest! {
    /// Against a set of numbers as the model.
    #[test]
    fn no_slot_is_in_two_hands(
        total in 1u32..300,
        steps in prop::collection::vec((any::<bool>(), 0u16..70, any::<prop::sample::Index>()), 1..200),
    ) {
        let mut slots = Slots::new(FIRST, total);
        let mut taken = BTreeSet::new();
        let mut ever = BTreeSet::new();
        let mut live: Vec<SlotRange> = Vec::new();
        for (give, count, which) in steps {
            if give || live.is_empty() {
                match slots.alloc(count) {
                    Ok(run) => {
                        for slot in run.iter() {
                            prop_assert!((FIRST..FIRST + total).contains(&slot.0));
                            prop_assert!(taken.insert(slot), "{slot:?} was handed out twice");
                            ever.insert(slot);
                        }
                        live.push(run);
                    }
                    Err(_) => {
                        let mut longest = 0;
                        let mut run = 0;
                        for number in FIRST..FIRST + total {
                            run = if taken.contains(&SlotIndex(number)) { 0 } else { run + 1 };
                            longest = longest.max(run);
                        }
                        prop_assert!(longest < count, "there was a run of {longest}");
                    }
                }
            } else {
                let run = live.swap_remove(which.index(live.len()));
                slots.free(run).unwrap();
                for slot in run.iter() {
                    taken.remove(&slot);
                }
            }
            prop_assert_eq!(slots.used() as usize, taken.len());
            prop_assert_eq!(slots.free_count() as usize, total as usize - taken.len());
        }
        let free: BTreeSet<_> = slots.free_slots().collect();
        prop_assert_eq!(free.len(), slots.free_count() as usize);
        prop_assert!(free.is_disjoint(&taken));
        let returned: BTreeSet<_> = slots.returned_slots().collect();
        prop_assert_eq!(returned, ever.difference(&taken).copied().collect::<BTreeSet<_>>());
    }
}

//! The log beside a list of everything that was ever written: each module keeps its newest lines, as many as its share
//! holds, whatever others write; and what is missing between two lines is what was dropped.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeSet;

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::supervisor::MAX_LINE;
use proptest::prelude::*;
use root_task_core::ledger::MAX_MODULES;
use root_task_core::log::{Entry, HEAD, Line, Log, SHARE};

fn name(number: usize) -> Name {
    Name::new(&format!("m{number}")).unwrap()
}

fn line(name: Name, text: &str) -> Line<'_> {
    Line { name, generation: Generation(1), micros: 7, own: true, text }
}

fn all<'a>(log: &'a Log, module: Option<&Name>) -> Vec<Entry<'a>> {
    let mut from = 0;
    std::iter::from_fn(|| log.next(module, from).inspect(|entry| from = entry.sequence + 1)).collect()
}

fn texts(log: &Log, number: usize) -> Vec<usize> {
    all(log, Some(&name(number))).iter().map(|entry| entry.line.text.len()).collect()
}

#[test]
fn a_line_below_at_and_above_its_bound() {
    for length in [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1] {
        let mut log = Log::new();
        log.put(&line(name(1), &"x".repeat(length)), |_| true);
        assert_eq!(texts(&log, 1), [length.min(MAX_LINE)], "{length}");
    }
    let mut log = Log::new();
    log.put(&line(name(1), &format!("{}ö", "x".repeat(MAX_LINE - 1))), |_| true);
    assert_eq!(texts(&log, 1), [MAX_LINE - 1], "a character is not cut");
}

#[test]
fn the_last_lines_below_at_and_above_their_number_and_not_the_earlier_ones() {
    let mut log = Log::new();
    log.put(&line(name(1), "before"), |_| true);
    let from = log.end();
    log.put(&line(name(2), "another's"), |_| true);
    let mut expected: Vec<&str> = Vec::new();
    for text in ["a", "b", "c", "d"] {
        let last = log.last::<3>(&name(1), from);
        assert_eq!(last.iter().map(|line| line.text).collect::<Vec<_>>(), expected);
        drop(last);
        log.put(&line(name(1), text), |_| true);
        expected.push(text);
    }
    assert_eq!(
        log.last::<3>(&name(1), from).iter().map(|line| line.text).collect::<Vec<_>>(),
        ["b", "c", "d"]
    );
    assert_eq!(log.last::<3>(&name(3), 0).len(), 0);
}

#[test]
fn a_share_below_at_and_above_its_bound() {
    let long = SHARE / 16 - HEAD;
    for (last, kept) in [(long - 1, 16), (long, 16), (long + 1, 15)] {
        let mut log = Log::new();
        for _ in 0..15 {
            log.put(&line(name(1), &"x".repeat(long)), |_| true);
        }
        log.put(&line(name(1), &"y".repeat(last)), |_| true);
        let lines = all(&log, None);
        assert_eq!(lines.len(), kept, "{last}");
        assert_eq!(lines[0].number, 17 - kept as u64, "the oldest is dropped, and counted");
    }
}

#[test]
fn a_flooder_pushes_out_nobody() {
    let mut log = Log::new();
    log.put(&line(name(1), "quiet"), |_| true);
    for _ in 0..10_000 {
        log.put(&line(name(2), "flood"), |_| true);
    }
    assert_eq!(texts(&log, 1), [5]);
    let flood = all(&log, Some(&name(2)));
    assert_eq!(flood.len(), SHARE / (HEAD + 5));
    assert_eq!(flood[0].number, 10_000 - flood.len() as u64 + 1);
}

#[test]
fn places_below_at_and_above_the_bound() {
    let mut log = Log::new();
    for number in 0..MAX_MODULES {
        log.put(&line(name(number), "here"), |_| true);
    }
    assert!((0..MAX_MODULES).all(|number| log.knows(&name(number))));
    // 3 and 5 are not loaded any more; 3 has been silent longer until it says something.
    log.put(&line(name(3), "last"), |_| true);
    log.put(&line(name(MAX_MODULES), "new"), |other| ![name(3), name(5)].contains(other));
    assert!(log.knows(&name(3)) && !log.knows(&name(5)) && log.knows(&name(MAX_MODULES)));
    log.leave_out(name(MAX_MODULES + 1), |other| *other != name(3));
    assert!(!log.knows(&name(3)) && log.knows(&name(MAX_MODULES + 1)));
    assert_eq!(texts(&log, MAX_MODULES + 1), [], "what was left out is counted, and not there");
}

/// Everything that was ever written, the places of modules, and how many lines each has had there.
#[derive(Default)]
struct Model {
    written: Vec<(Name, u64, u64, String)>,
    places: Vec<(Name, u64, u64)>,
    end: u64,
}

impl Model {
    /// Gives the line's place among all, and among those of its module.
    fn count(&mut self, name: Name, loaded: &BTreeSet<Name>) -> (u64, u64) {
        if !self.places.iter().any(|place| place.0 == name) {
            if self.places.len() == MAX_MODULES {
                let unloaded = self.places.iter().filter(|place| !loaded.contains(&place.0));
                let gone = unloaded.min_by_key(|place| place.1).unwrap().0;
                self.places.retain(|place| place.0 != gone);
                self.written.retain(|line| line.0 != gone);
            }
            self.places.push((name, 0, 0));
        }
        let place = self.places.iter_mut().find(|place| place.0 == name).unwrap();
        *place = (name, self.end, place.2 + 1);
        self.end += 1;
        (place.1, place.2)
    }

    /// What the log should have, from its bounds alone.
    fn kept(&self) -> Vec<(Name, u64, u64, String)> {
        let mut kept = Vec::new();
        for (name, ..) in &self.places {
            let mut bytes = 0;
            let newest_first = self.written.iter().rev().filter(|line| line.0 == *name);
            kept.extend(
                newest_first
                    .take_while(|line| {
                        bytes += HEAD + line.3.len();
                        bytes <= SHARE
                    })
                    .cloned(),
            );
        }
        kept.sort_by_key(|line| line.1);
        kept
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(usize, usize),
    LeaveOut(usize),
    /// Another module is loaded in this one's place of the table.
    Replace(usize),
}

fn step() -> impl Strategy<Value = Step> {
    // Few of the modules write most: shares are filled, and places are needed anew.
    let module = || prop_oneof![3 => 0..2usize, 1 => 0..MAX_MODULES];
    prop_oneof![
        8 => (module(), 0..MAX_LINE).prop_map(|(module, length)| Step::Put(module, length)),
        1 => module().prop_map(Step::LeaveOut),
        4 => (0..MAX_MODULES).prop_map(Step::Replace),
    ]
}

proptest! {
    #[test]
    fn as_a_list_of_everything(steps in prop::collection::vec(step(), 1..300)) {
        let (mut log, mut model) = (Log::new(), Model::default());
        let mut loaded: Vec<Name> = (0..MAX_MODULES).map(name).collect();
        let mut names = MAX_MODULES;
        // All places are taken at first, so that each new module needs that of another one.
        let first = (0..MAX_MODULES).map(|module| Step::Put(module, 1));
        for step in first.chain(steps) {
            let set: BTreeSet<Name> = loaded.iter().copied().collect();
            let is_loaded = |name: &Name| set.contains(name);
            match step {
                Step::Put(module, length) => {
                    let (name, text) = (loaded[module], "z".repeat(length));
                    let (sequence, number) = model.count(name, &set);
                    model.written.push((name, sequence, number, text.clone()));
                    log.put(&line(name, &text), is_loaded);
                    prop_assert_eq!(log.end(), sequence + 1);
                }
                Step::LeaveOut(module) => {
                    model.count(loaded[module], &set);
                    log.leave_out(loaded[module], is_loaded);
                }
                Step::Replace(module) => {
                    loaded[module] = name(names);
                    names += 1;
                }
            }
            // Lines are compared where it costs little, and all of them at the end.
            let newest = model.written.last().map(|line| line.1);
            prop_assert_eq!(log.next(None, newest.unwrap_or(0)).map(|entry| entry.sequence), newest);
        }
        let has = all(&log, None);
        let has: Vec<_> = has
            .iter()
            .map(|entry| (entry.line.name, entry.sequence, entry.number, entry.line.text.to_owned()))
            .collect();
        prop_assert_eq!(&has, &model.kept());
        for name in &loaded {
            let one: Vec<_> = all(&log, Some(name)).iter().map(|entry| entry.sequence).collect();
            let of_one: Vec<_> = has.iter().filter(|line| line.0 == *name).map(|line| line.1).collect();
            prop_assert_eq!(one, of_one);
        }
    }
}

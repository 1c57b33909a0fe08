//! Examinations beside a scheduler that is simulated: whatever threads there are, the verdict is what they do.

use std::vec::Vec;

use proptest::prelude::*;

use super::*;

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// Runs, and moves.
    Runs,
    /// Runs, and stands on the same call whenever somebody looks.
    RunsOnACall,
    /// Runs for a moment, then waits for somebody else, who lets it go on.
    Works,
    /// Waits for somebody else.
    Waits,
}

#[derive(Clone, Copy, Debug)]
struct Thread {
    priority: u8,
    does: Does,
}

fn id(index: usize) -> DomainId {
    DomainId(u16::try_from(index).unwrap())
}

/// Carries a step out as the kernel would: the bell answers where nobody before it runs.
fn carried_out(step: Step, threads: &[Thread]) -> Option<Came> {
    match step {
        Step::Raise(who, _) => {
            let does = threads[usize::from(who.0)].does;
            let bell = matches!(does, Does::Waits | Does::Works);
            Some(Came { bell, unmoved: matches!(does, Does::Waits | Does::RunsOnACall) })
        }
        Step::Ring(priority, patience) => {
            let runs = |thread: &&Thread| matches!(thread.does, Does::Runs | Does::RunsOnACall);
            let above = threads.iter().filter(runs).any(|thread| thread.priority > priority);
            let level = threads.iter().filter(runs).filter(|thread| thread.priority == priority).count();
            let in_time = patience >= SLICE.saturating_mul(level as u64);
            Some(Came { bell: !above && in_time, unmoved: false })
        }
        Step::End(_) => None,
    }
}

fn runners(threads: &[Thread]) -> Vec<Runner> {
    threads.iter().enumerate().map(|(index, thread)| (id(index), thread.priority)).collect()
}

/// Examines one of them. Gives the verdict and how often somebody was raised.
fn examined(threads: &[Thread], who: usize) -> (Verdict, usize) {
    let running = runners(threads);
    let (mut examination, mut step) = Examination::begin(running[who]);
    let mut raised = 0;
    for _ in 0..=usize::from(TRIES).saturating_mul(threads.len().saturating_add(2)) {
        raised = usize::from(matches!(step, Step::Raise(..))).saturating_add(raised);
        let Some(came) = carried_out(step, threads) else { break };
        step = examination.goes_on(came, running.iter().copied());
    }
    let Step::End(verdict) = step else { panic!("it does not come to its end") };
    (verdict, raised)
}

fn thread(priority: u8, does: Does) -> Thread {
    Thread { priority, does }
}

const WAITS: Does = Does::Waits;
const RUNS: Does = Does::Runs;

#[test]
fn busy_blocked_and_starved_by_the_highest_that_runs() {
    for (threads, verdict) in [
        (&[thread(50, WAITS)][..], Verdict::Blocked),
        (&[thread(50, RUNS)], Verdict::Busy),
        (&[thread(50, Does::RunsOnACall)], Verdict::Busy),
        // Those of its own priority take turns with it, and those below wait for it.
        (&[thread(50, RUNS), thread(50, RUNS), thread(49, RUNS)], Verdict::Busy),
        (&[thread(50, RUNS), thread(51, RUNS)], Verdict::Starved(2 * SLICE, Some(id(1)))),
        (&[thread(50, RUNS), thread(51, Does::RunsOnACall)], Verdict::Starved(2 * SLICE, Some(id(1)))),
        (&[thread(50, RUNS), thread(51, RUNS), thread(52, WAITS)], Verdict::Starved(2 * SLICE, Some(id(1)))),
        (&[thread(50, RUNS), thread(51, RUNS), thread(52, RUNS)], Verdict::Starved(2 * SLICE, Some(id(2)))),
        (&[thread(50, RUNS), thread(52, WAITS), thread(52, RUNS)], Verdict::Starved(2 * SLICE, Some(id(2)))),
        (&[thread(50, RUNS), thread(50, WAITS), thread(51, RUNS)], Verdict::Starved(3 * SLICE, Some(id(2)))),
        (&[thread(50, Does::Works)], Verdict::Busy),
        (&[thread(50, Does::Works), thread(51, RUNS)], Verdict::Starved(2 * SLICE, Some(id(1)))),
        // Who does not let go is named before who does.
        (
            &[thread(50, RUNS), thread(60, Does::Works), thread(51, RUNS)],
            Verdict::Starved(2 * SLICE, Some(id(2))),
        ),
        // A thread that waits is not starved, whoever runs.
        (&[thread(50, WAITS), thread(51, RUNS)], Verdict::Blocked),
    ] {
        assert_eq!(examined(threads, 0).0, verdict, "{threads:?}");
    }
}

const OVER: Came = Came { bell: false, unmoved: false };
const BELL: Came = Came { bell: true, unmoved: true };

#[test]
fn a_window_that_was_over_too_soon_is_repeated_and_not_for_ever() {
    let running = [(id(0), 50)];
    for blocked_at in 1..=TRIES + 1 {
        let (mut examination, mut step) = Examination::begin(running[0]);
        let mut tries = 0;
        while let Step::Raise(who, time) = step {
            tries += 1;
            // On a machine that is not let run, a longer one helps.
            assert_eq!((who, time), (id(0), [20_000, 80_000, 320_000, 1_280_000][usize::from(tries) - 1]));
            let came = Came { bell: tries == blocked_at, unmoved: true };
            step = examination.goes_on(came, running.into_iter());
        }
        let ends = blocked_at <= TRIES;
        assert_eq!(tries, blocked_at.min(TRIES));
        assert_eq!(step == Step::End(Verdict::Blocked), ends, "{blocked_at}: {step:?}");
        assert_eq!(step == Step::Ring(50, 2 * SLICE), !ends, "{blocked_at}: {step:?}");
    }
}

#[test]
fn who_moves_is_looked_at_again_and_not_for_ever() {
    let running = [(id(0), 50)];
    for blocked_at in 1..=TRIES + 1 {
        let (mut examination, mut step) = Examination::begin(running[0]);
        let mut raised = 0;
        let verdict = loop {
            let came = match step {
                Step::Raise(..) => {
                    raised += 1;
                    Came { bell: true, unmoved: raised == blocked_at }
                }
                Step::Ring(50, _) => BELL,
                Step::Ring(..) => panic!("the bell is in another queue"),
                Step::End(verdict) => break verdict,
            };
            step = examination.goes_on(came, running.into_iter());
        };
        assert_eq!(raised, blocked_at.min(TRIES));
        assert_eq!(verdict, if blocked_at <= TRIES { Verdict::Blocked } else { Verdict::Busy });
    }
}

#[test]
fn who_has_starved_it_can_be_gone() {
    let begun = || {
        let (mut examination, _) = Examination::begin((id(0), 50));
        let running = [(id(0), 50), (id(1), 60), (id(2), 70)];
        assert_eq!(examination.goes_on(OVER, running.into_iter()), Step::Ring(50, 2 * SLICE));
        assert_eq!(examination.goes_on(OVER, running.into_iter()), Step::Raise(id(2), window(1)));
        examination
    };
    // Whom it was to raise next is not there any more.
    let left = [(id(0), 50), (id(2), 70)];
    let ended = |came| begun().goes_on(came, left.into_iter());
    assert_eq!(ended(BELL), Step::End(Verdict::Starved(2 * SLICE, None)));
    // Then it was who had something to do, at least.
    assert_eq!(
        ended(Came { bell: true, unmoved: false }),
        Step::End(Verdict::Starved(2 * SLICE, Some(id(2))))
    );
}

fn any_thread() -> impl Strategy<Value = Thread> {
    let does = prop_oneof![Just(Does::Runs), Just(Does::RunsOnACall), Just(Does::Waits), Just(Does::Works)];
    (1_u8..6, does).prop_map(|(priority, does)| Thread { priority, does })
}

proptest! {
    #[test]
    fn the_verdict_is_what_the_threads_do(
        threads in proptest::collection::vec(any_thread(), 1..=MAX_MODULES),
        who in any::<proptest::sample::Index>(),
    ) {
        let who = who.index(threads.len());
        let Thread { priority, does } = threads[who];
        let keeps_on = |thread: &&Thread| matches!(thread.does, Does::Runs | Does::RunsOnACall);
        let highest = threads.iter().filter(keeps_on).map(|thread| thread.priority).max();
        let (verdict, raised) = examined(&threads, who);
        match verdict {
            Verdict::Blocked => prop_assert_eq!(does, WAITS),
            Verdict::Busy => prop_assert!(does != WAITS && highest.is_none_or(|highest| highest <= priority)),
            Verdict::Starved(_, by) => {
                let by = threads[usize::from(by.unwrap().0)];
                prop_assert!(does != WAITS && by.priority > priority);
                prop_assert!(keeps_on(&&by) && highest == Some(by.priority));
            }
        }
        prop_assert!(raised <= usize::from(TRIES).saturating_mul(2).saturating_add(threads.len()));
    }
}

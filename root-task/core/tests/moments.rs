//! What happens when: alarms, looks, meters and restarts in any order, each compared with the rule that it keeps.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeMap;

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::operator::Act;
use proptest::prelude::*;
use root_task_core::alarms::{Alarms, MAX_ACTS, MAX_ALARMS, TooManyAlarms, What};
use root_task_core::looks::{Call, Lasts, Looks, MIN_BETWEEN};
use root_task_core::meter::{Exceeded, Meter, PERIOD};
use root_task_core::restart::{Budget, Cause, Decision, History, Restart};

fn instance(domain: u16) -> Instance {
    Instance { domain: DomainId(domain), generation: Generation(1) }
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        4 => (0u16..40).prop_map(|domain| What::Act(instance(domain), Act::Crash)),
        1 => (0u16..40).prop_map(|domain| What::Act(instance(domain), Act::Unload)),
        2 => (0u16..32).prop_map(|domain| What::StopOver(instance(domain))),
        2 => (0u16..32).prop_map(|domain| What::PeriodOver(instance(domain))),
        2 => (0u16..32).prop_map(|domain| What::Wake(instance(domain))),
        1 => Just(What::GoOn),
        1 => Just(What::Look),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Set(What, u64),
    Cancel(What),
    CancelAllOf(u16),
    Due(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (what(), 0u64..50).prop_map(|(what, at)| Step::Set(what, at)),
        1 => what().prop_map(Step::Cancel),
        1 => (0u16..32).prop_map(Step::CancelAllOf),
        1 => (0u64..50).prop_map(Step::Due),
    ]
}

fn is_act(what: &What) -> bool {
    matches!(what, What::Act(..))
}

fn is_of(what: &What, who: Instance) -> bool {
    matches!(what, What::Act(of, _) | What::StopOver(of) | What::PeriodOver(of) | What::Wake(of) if *of == who)
}

/// Whether somebody is overdue, behind whom the look has gone on: the next one begins at once.
fn answered_late(standing: &BTreeMap<DomainId, u64>, now: u64) -> bool {
    standing.values().any(|due| *due <= now)
}

proptest! {
    /// Against a list in the order of setting, of which the earliest is the first of those with the lowest moment.
    #[test]
    fn alarms_go_off_in_order(steps in prop::collection::vec(step(), 1..250)) {
        let (mut alarms, mut model) = (Alarms::new(), Vec::<(What, u64)>::new());
        for step in steps {
            match step {
                Step::Set(what, at) => {
                    let others = model.iter().filter(|(set, _)| *set != what);
                    let acts = others.clone().filter(|(set, _)| is_act(set)).count();
                    let fits = others.count() < MAX_ALARMS && !(is_act(&what) && acts >= MAX_ACTS);
                    prop_assert!(fits || is_act(&what), "the supervisor's own always have room");
                    prop_assert_eq!(alarms.set(what, at), if fits { Ok(()) } else { Err(TooManyAlarms) });
                    if fits {
                        model.retain(|(set, _)| *set != what);
                        model.push((what, at));
                    }
                }
                Step::Cancel(what) => {
                    prop_assert_eq!(alarms.cancel(what), model.iter().any(|(set, _)| *set == what));
                    model.retain(|(set, _)| *set != what);
                }
                Step::CancelAllOf(domain) => {
                    alarms.cancel_all_of(instance(domain));
                    model.retain(|(set, _)| !is_of(set, instance(domain)));
                }
                Step::Due(now) => {
                    let first = (0..model.len()).filter(|at| model[*at].1 <= now).min_by_key(|at| (model[*at].1, *at));
                    prop_assert_eq!(alarms.due(now), first.map(|at| model.remove(at).0));
                }
            }
            prop_assert_eq!(alarms.next(), model.iter().map(|(_, at)| *at).min());
        }
    }

    /// Every third is in its init, and in the next one when that is ended. Each client calls again as soon as it is answered; the supervisor takes its turns when it said that it would.
    #[test]
    fn every_overdue_call_is_answered_in_its_look(
        calls in prop::collection::vec(
            (0u16..32, prop::collection::vec(prop_oneof![Just(0), 0u64..5_000_000], 1..8)),
            0..20,
        ),
        shortest in 1000u32..40_000,
    ) {
        let mut looks = Looks::default();
        let between = (u64::from(shortest) * 250).max(MIN_BETWEEN);
        // How long each of a client's calls may take; of the one that it stands on, when it is due.
        let mut later: BTreeMap<DomainId, Vec<u64>> =
            calls.into_iter().map(|(client, lasts)| (DomainId(client), lasts)).collect();
        let mut standing: BTreeMap<DomainId, u64> = BTreeMap::new();
        let mut answered_in_look: Vec<DomainId> = Vec::new();
        let mut now = 0;
        while now < 200_000_000 {
            for (client, lasts) in &mut later {
                if !standing.contains_key(client)
                    && let Some(lasts) = lasts.pop()
                {
                    standing.insert(*client, now + lasts);
                }
            }
            let awaited = standing.iter().filter(|(client, _)| looks.awaits(**client));
            let calls: Vec<Lasts> = awaited
                .map(|(client, due)| match client.0 % 3 {
                    0 => Lasts::Init(*client, *due),
                    _ => Lasts::Call(Call { client: *client, server: DomainId(0), due: *due }),
                })
                .collect();
            let turn = looks.turn(now, shortest, calls.iter().copied());
            prop_assert!(turn.next <= now + between, "the next look is not put off");
            match turn.overdue {
                Some(call) => {
                    prop_assert!(call.due() <= now && standing.remove(&call.of()) == Some(call.due()));
                    prop_assert!(!answered_in_look.contains(&call.of()), "a client keeps the look from its end");
                    answered_in_look.push(call.of());
                    prop_assert_eq!(turn.next, now);
                    now += 1;
                }
                None => {
                    answered_in_look.clear();
                    prop_assert!(calls.iter().all(|call| call.due() > now), "one was passed over");
                    let earliest = calls.iter().map(|call| call.due()).min();
                    prop_assert!(earliest.is_none_or(|due| turn.next <= due), "a deadline that is known is kept");
                    prop_assert!(turn.next > now || answered_late(&standing, now), "time goes on");
                    now = turn.next.max(now + 1);
                }
            }
        }
        prop_assert!(standing.is_empty() && later.values().all(Vec::is_empty), "nobody waits for ever");
    }

    /// Whatever is asked for when, no period holds more than the bound, and who waits as long as it is told goes on.
    #[test]
    fn a_meter_lets_no_more_through_than_its_bound(
        bound in 0u32..50,
        asks in prop::collection::vec((0u32..60, 0u64..PERIOD / 4), 1..100),
    ) {
        let mut meter = Meter::default();
        let (mut now, mut spent) = (PERIOD, Vec::<(u64, u32)>::new());
        for (amount, later) in asks {
            now += later;
            match meter.spend(amount, bound, || now) {
                Ok(()) => spent.push((now, amount)),
                Err(Exceeded { until }) => {
                    prop_assert!(now < until && until <= now + PERIOD, "it ends in a period: {until}");
                    prop_assert!(amount > bound || !spent.is_empty(), "nothing was used");
                    let mut waited = meter;
                    prop_assert_eq!(waited.spend(amount, bound, || until).is_ok(), amount <= bound);
                    let mut early = meter;
                    prop_assert_eq!(early.spend(amount, bound, || until - 1), Err(Exceeded { until }));
                }
            }
            // Two periods can meet in a stretch that is as long as one.
            let last: u64 = spent.iter().filter(|(at, _)| now - at < PERIOD).map(|(_, amount)| u64::from(*amount)).sum();
            prop_assert!(last <= 2 * u64::from(bound), "{last} of {bound} in a period");
        }
    }

    /// A module's whole life under its policy: never more restarts in a window than the budget, none that its policy does
    /// not want, and none too early.
    #[test]
    fn a_crash_loop_ends(
        policy in prop::sample::select(vec![Restart::Never, Restart::OnFailure, Restart::Always]),
        deaths in prop::collection::vec((prop::sample::select(vec![Cause::Finished, Cause::Failure, Cause::Demanded]), 0u64..40), 40),
        restarts in 0u32..20,
        window in 1u64..500,
        delay in 0u64..50,
        longest_delay in 0u64..200,
    ) {
        let budget = Budget { restarts, window, delay, longest_delay };
        let (mut history, mut now, mut in_window) = (History::default(), 0, Vec::new());
        for (cause, later) in deaths {
            now += later;
            if cause == Cause::Demanded {
                prop_assert_eq!(history.decide(policy, cause, &budget, now), Decision::Restart(0));
                history.note(cause, &budget, now);
                continue;
            }
            if in_window.first().is_some_and(|began| now - began >= window) {
                in_window.clear();
            }
            let wants = match policy {
                Restart::Never => false,
                Restart::OnFailure => cause == Cause::Failure,
                Restart::Always => true,
            };
            match history.decide(policy, cause, &budget, now) {
                Decision::Restart(waits) => {
                    prop_assert!(wants && in_window.len() < restarts as usize, "{} of {restarts}", in_window.len());
                    let doubled = (1..in_window.len()).fold(delay, |delay, _| delay.saturating_mul(2));
                    let expected = if in_window.is_empty() { 0 } else { doubled.min(longest_delay) };
                    prop_assert_eq!(waits, expected);
                    history.note(cause, &budget, now);
                    in_window.push(now);
                }
                Decision::Stay => {
                    prop_assert!(!wants);
                    return Ok(());
                }
                Decision::Fail(told) => {
                    prop_assert!(wants && in_window.len() == restarts as usize && told == restarts);
                    return Ok(());
                }
            }
        }
    }
}

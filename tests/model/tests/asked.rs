//! The cases of what modules hold beside what they have looked up: in every order of requests, deaths and ends.

use model::asked::case::{AGENT, Case, GIVER, KEEPER, Left};
use model::asked::state::{Has, Up};
use model::visit::{farthest_first, nearest_first};

fn check(case: Case) {
    nearest_first(case.title, case);
}

fn check_large(case: Case) {
    farthest_first(case.title, case);
}

/// The giver passes what the keeper has to the agent.
fn passing(title: &'static str, left: Left) -> Case {
    Case::new(title, left)
        .reaches("two are taken", |_, state| state.of(AGENT).is_some_and(|agent| agent.taken.len() == 2))
        .reaches("what was taken leads nowhere", |_, state| {
            state.of(AGENT).is_some_and(|agent| !agent.taken.is_empty() && agent.caps.is_empty())
        })
        .reaches("what is put up is the giver's no more", |_, state| {
            let gone = |giver: &Has, up: &Up| giver.caps.iter().all(|(_, at)| *at != up.at);
            state.of(GIVER).is_some_and(|giver| giver.put_up.iter().any(|up| gone(giver, up)))
        })
}

/// The giver shares memory with the agent and with the keeper, and the agent with the keeper.
fn windows(title: &'static str, left: Left) -> Case {
    Case::new(title, left)
        .connected(&[(GIVER, "agent"), (GIVER, "p"), (AGENT, "p")])
        .reaches("one has two windows", |_, state| state.of(KEEPER).is_some_and(|of| of.mapped.len() == 2))
        .reaches("one has a grave", |_, state| {
            let is_shared =
                |number: usize| state.windows.get(number).is_some_and(|window| window.is_shared());
            state.of(GIVER).is_some_and(|giver| giver.mapped.len() == 1) && !is_shared(0)
        })
}

/// The giver and the keeper call the agent, which has two places for those whom it answers later.
fn deferred(title: &'static str, left: Left) -> Case {
    Case::new(title, left)
        .connected(&[(GIVER, "agent"), (KEEPER, "agent")])
        .reaches("two are put aside", |_, state| {
            state.of(AGENT).is_some_and(|agent| agent.callers.replies.len() == 2)
        })
        .reaches("one of two is gone", |_, state| {
            state
                .of(AGENT)
                .is_some_and(|agent| agent.callers.replies.len() == 2 && agent.callers.locker.len() == 1)
        })
}

#[test]
fn passing_and_lookups() {
    let left = Left { acts: 1, lookups: 1, put_ups: 2, refusals: 1, ..Left::NOTHING };
    check(passing("passing, with lookups", left));
}

#[test]
fn passing_and_a_death() {
    let left = Left { deaths: 1, acts: 1, lookups: 2, put_ups: 1, ..Left::NOTHING };
    check(passing("passing, with a death", left));
}

#[test]
fn passing_and_another_interface() {
    let left = Left { deaths: 1, acts: 1, lookups: 1, changes: 1, put_ups: 1, ..Left::NOTHING };
    check(passing("passing, with another interface", left));
}

#[test]
fn passing_what_is_hidden() {
    let left = Left { acts: 1, lookups: 1, put_ups: 1, ..Left::NOTHING };
    let case = Case::new("passing what is hidden", left);
    check(
        case.rights("rights = [{ module = \"agent\", uses = [\"p\"] }]\n")
            .reaches("the other one is taken", |_, state| {
                state.of(AGENT).is_some_and(|agent| !agent.taken.is_empty())
            }),
    );
}

#[test]
fn shared_windows() {
    check(windows("windows", Left { deaths: 1, acts: 1, lookups: 1, opens: 2, ..Left::NOTHING }));
}

/// A call is taken back while its server is at work on it, and the client opens a window and calls again.
#[test]
fn shared_windows_and_late_servers() {
    let left = Left { deaths: 1, opens: 2, calls: 2, ..Left::NOTHING };
    let case = Case::new("windows, with late servers", left).connected(&[(GIVER, "p"), (AGENT, "p")]);
    check(case.reaches("who is late has lost the memory, and there is another one", |_, state| {
        let late = state
            .of(KEEPER)
            .is_some_and(|keeper| keeper.callers.works_in.is_some() && keeper.callers.in_hand.is_none());
        late && state.windows.get(0).is_some_and(|window| window.is_shared())
    }));
}

#[test]
fn deferred_calls() {
    check(deferred("deferred calls", Left { deaths: 1, acts: 1, calls: 3, ..Left::NOTHING }));
}

#[test]
fn deferred_calls_without_room() {
    let left = Left { deaths: 1, calls: 3, stows: 1, ..Left::NOTHING };
    check(deferred("deferred calls, without room", left));
}

#[test]
fn all_that_is_held() {
    let left = Left { deaths: 1, put_ups: 1, opens: 1, calls: 1, ..Left::NOTHING };
    let case = Case::new("all that is held", left);
    check(
        case.connected(&[(GIVER, "agent"), (GIVER, "p")]).reaches(
            "memory is shared over what was taken",
            |_, state| {
                state.of(AGENT).is_some_and(|agent| !agent.taken.is_empty() && !agent.mapped.is_empty())
            },
        ),
    );
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn passing_and_two_deaths() {
    let left = Left { deaths: 2, acts: 1, lookups: 1, put_ups: 2, changes: 1, ..Left::NOTHING };
    check_large(passing("passing, with two deaths", left));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn shared_windows_and_two_deaths() {
    let left = Left { deaths: 2, acts: 1, lookups: 1, opens: 3, ..Left::NOTHING };
    check_large(windows("windows, with two deaths", left));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn deferred_calls_and_two_deaths() {
    let left = Left { deaths: 2, acts: 1, calls: 3, stows: 1, ..Left::NOTHING };
    check_large(deferred("deferred calls, with two deaths", left));
}

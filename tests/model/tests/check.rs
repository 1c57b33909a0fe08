//! The cases that are checked: in every order of all that can happen, with a death possible in every state.

use std::time::Instant;

use model::case::{Case, Left, Op, find, reserve, wait};
use model::state::Found;
use stateright::{Checker, HasDiscoveries, Model};

/// Visits every state, the nearest first: the way to one that breaks a rule is short.
fn check(case: Case) {
    let (title, left, began) = (case.title, case.left, Instant::now());
    report(
        title,
        left,
        began,
        &case.checker().threads(1).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join(),
    );
}

/// Visits every state, the farthest first: that needs less memory where there are many.
fn check_large(case: Case) {
    let (title, left, began) = (case.title, case.left, Instant::now());
    report(title, left, began, &case.checker().threads(1).spawn_dfs().join());
}

fn report(title: &str, left: Left, began: Instant, checker: &impl Checker<Case>) {
    assert!(checker.is_done(), "{title}: not complete");
    println!(
        "{title}, {} deaths and {} acts of an operator: {} unique states of {} steps, depth {}, complete, {:.1} s",
        left.crashes,
        left.acts,
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed().as_secs_f64()
    );
    for (name, path) in checker.discoveries() {
        if checker.discovery_classification(name).to_string() == "counterexample" {
            eprintln!("{title}: {name}: {:?}", path.into_actions());
        }
    }
    checker.assert_properties();
}

/// Each waits for a name of the one before, and the last calls it.
fn chain(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("a0"), reserve("a1"), Op::Publish]),
        ("b", &[reserve("b0"), wait("a0", 2), Op::Need, reserve("b1"), Op::Publish]),
        ("c", &[reserve("c0"), wait("b1", 1), reserve("c1"), Op::Publish, Op::Call]),
    ];
    Case::new("a chain", programs, 5, left)
        .reaches("all are live", |_, state| state.live() == 4)
        .reaches("a wait ends by its time", |_, state| state.has_found(Found::TimedOut))
}

/// Each waits for a name of the next one in its init: one can do without, the others cannot.
fn cycle(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("a0"), wait("b0", 3), reserve("a1"), Op::Publish]),
        ("b", &[reserve("b0"), wait("c0", 2), Op::Need, reserve("b1"), Op::Publish]),
        ("c", &[reserve("c0"), wait("a0", 1), reserve("c1"), Op::Publish]),
    ];
    Case::new("a cycle", programs, 5, left)
        .reaches("it is told", |_, state| state.has_found(Found::Cycle))
        .reaches("all are live", |_, state| state.live() == 4)
}

/// Modules are unloaded, restarted and loaded again while others call them.
fn operator(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("a0"), reserve("a1"), Op::Publish]),
        ("b", &[wait("a1", 1), Op::Call, reserve("b0"), reserve("b1"), Op::Publish]),
        ("c", &[find("a0"), Op::Call, reserve("c0"), reserve("c1"), Op::Publish]),
    ];
    Case::new("an operator", programs, 5, left)
        .reaches("one is stopped", |_, state| state.stops())
        .reaches("all are live", |_, state| state.live() == 4)
}

/// No module may be started again by itself: the first death of each is its last, but for the operator.
fn failed(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("a0"), reserve("a1"), Op::Publish]),
        ("b", &[reserve("b0"), reserve("b1"), Op::Publish, wait("a1", 1), Op::Call]),
        ("c", &[find("a0"), reserve("c0"), reserve("c1"), Op::Publish]),
    ];
    Case::new("a spent budget", programs, 0, left).reaches("one has failed", |_, state| state.has_failed())
}

/// Two want the same name, and the third waits for it.
fn rivals(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("x"), reserve("a1"), Op::Publish]),
        ("b", &[reserve("b0"), reserve("x"), Op::Publish]),
        ("c", &[wait("x", 1), reserve("c0"), reserve("c1"), Op::Publish, Op::Call]),
    ];
    Case::new("rivals", programs, 5, left)
}

/// Each has been restarted before, so that the next restart waits; meanwhile an operator can come.
fn late(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] =
        [("a", &[reserve("a0"), reserve("a1"), Op::Publish]), ("b", &[Op::Publish]), ("c", &[Op::Publish])];
    let mut case = Case::new("late restarts", programs, 5, left);
    case.restarted = 1;
    case
}

const fn left(crashes: u8, acts: u8) -> Left {
    Left { crashes, acts }
}

#[test]
fn a_chain_of_waits_and_a_death() {
    check(chain(left(1, 0)).reaches("the name server is asked again", |_, state| state.asks_again()));
}

#[test]
fn a_cycle_of_waits() {
    check(cycle(left(0, 0)));
}

#[test]
fn an_operator() {
    check(operator(left(0, 1)));
}

#[test]
fn a_spent_budget() {
    check(failed(left(1, 0)));
}

#[test]
fn late_restarts() {
    check(late(left(1, 1)));
}

#[test]
fn rivals_for_a_name() {
    check(rivals(left(1, 0)));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn two_deaths() {
    check_large(chain(left(2, 0)));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn a_cycle_and_a_death() {
    check_large(cycle(left(1, 0)));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn an_operator_and_a_death() {
    check_large(operator(left(1, 1)));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn a_spent_budget_and_an_operator() {
    check_large(failed(left(1, 1)));
}

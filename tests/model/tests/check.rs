//! The cases that are checked: in every order of all that can happen, with a death possible in every state.

use model::case::{Case, Left, Op, find, reserve, wait};
use model::state::Found;
use model::visit::{farthest_first, nearest_first};

fn titled(case: &Case) -> String {
    let Left { crashes, acts, .. } = case.left;
    format!("{}, {crashes} deaths and {acts} acts of an operator", case.title)
}

fn check(case: Case) {
    nearest_first(&titled(&case), case);
}

fn check_large(case: Case) {
    farthest_first(&titled(&case), case);
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

/// What is hidden from a module, and what it may not register: it waits in vain for the one, and fails over the other. Who
/// waits in vain for a name of one that waits for it is in no cycle: to be told of one would tell that the name is there.
fn hidden(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("a0"), reserve("a1"), wait("b0", 2), Op::Publish]),
        ("b", &[reserve("b0"), wait("a1", 3), Op::Publish, find("a0"), wait("a1", 1), Op::Call]),
        ("c", &[find("a0"), Op::Call, reserve("a1"), Op::Publish]),
    ];
    Case::new("hidden names", programs, 5, left)
        .rights(
            "rights = [{ module = \"a\", uses = [\"b0\"] }, { module = \"b\", uses = [\"a0\"] }, \
             { module = \"c\", provides = [\"c0\"], uses = [\"a1\"] }]\n",
        )
        .reaches("a and b are live", |_, state| state.live() == 3)
        .reaches("a wait in vain ends by its time", |_, state| state.has_found(Found::TimedOut))
}

/// The next instance of a module offers less than the one before.
fn less(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[reserve("a0"), reserve("a1"), Op::Publish]),
        ("b", &[wait("a1", 1), Op::Call, Op::Call, reserve("b0"), Op::Publish]),
        ("c", &[find("a0"), reserve("c0"), Op::Publish, Op::Call, wait("a1", 2), Op::Call]),
    ];
    Case::new("a service less", programs, 5, left)
        .then("a", &[reserve("a0"), Op::Publish])
        .reaches("all are live", |_, state| state.live() == 4)
}

/// Each waits for what it is itself expected to provide, as soon as nobody else has it: two cycles of one are closed when c
/// is gone, and one when its next instance does not reserve y again.
fn expected(restarts: u32, left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] = [
        ("a", &[wait("x", 1), Op::Publish]),
        ("b", &[wait("y", 2), Op::Publish]),
        ("c", &[reserve("x"), reserve("y"), Op::Publish]),
    ];
    Case::new("expected names", programs, restarts, left)
        .rights("rights = [{ module = \"a\", provides = [\"x\"] }, { module = \"b\", provides = [\"y\"] }]\n")
        .then("c", &[reserve("x"), Op::Publish])
        .reaches("it is told", |_, state| state.has_found(Found::Cycle))
}

/// The same, of a name that only a later instance reserves: its death frees it, and nothing else of the module.
fn later_expected(left: Left) -> Case {
    let programs: [(&str, &[Op]); 3] =
        [("a", &[wait("x", 1), Op::Publish]), ("b", &[Op::Publish]), ("c", &[Op::Publish])];
    Case::new("a later name", programs, 5, left)
        .rights("rights = [{ module = \"a\", provides = [\"x\"] }]\n")
        .then("c", &[reserve("x"), Op::Publish])
        .reaches("it is told", |_, state| state.has_found(Found::Cycle))
}

const fn left(crashes: u8, acts: u8) -> Left {
    Left { crashes, acts, refusals: 0 }
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
fn hidden_names() {
    check(hidden(left(0, 0)));
}

#[test]
fn no_room() {
    check(
        chain(Left { refusals: 2, ..left(0, 0) })
            .reaches("none is left", |_, state| state.left.refusals == 0),
    );
}

#[test]
fn a_service_less() {
    check(less(left(1, 0)));
}

#[test]
fn expected_names() {
    check(expected(5, left(1, 0)));
}

#[test]
fn a_later_name() {
    check(later_expected(left(2, 0)));
}

#[test]
fn expected_names_of_who_has_failed() {
    check(expected(0, left(1, 1)));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn hidden_names_and_a_death() {
    check_large(hidden(left(1, 0)));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn no_room_and_a_death() {
    check_large(chain(Left { refusals: 1, ..left(1, 0) }));
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn a_service_less_and_an_operator() {
    check_large(less(left(1, 1)));
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

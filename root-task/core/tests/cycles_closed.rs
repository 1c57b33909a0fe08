//! Cycles of waits that nobody's new wait closes: a death, a publish or an end does, by which somebody else is expected to
//! provide a name.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/closed_system.rs"]
mod closed_system;

use closed_system::World;
use ipc_proto::ids::Instance;
use ipc_proto::names;
use ipc_proto::version::{Version, VersionRange};
use ipc_proto::waits::Awaited;
use name_server_core::NameServer;
use root_task_core::alarms::What;
use root_task_core::steps::{self, Published};
use root_task_core::waits::Found;

/// `b` is said to provide `x`, as long as nobody has it.
const HINTS: &str = r#"
    name_server = "names"
    console = "names"
    boot = ["names"]
    rights = [{ module = "b", provides = ["x", "nb"] }, { module = "d", provides = ["x"] }]
"#;

/// The turns that the steps have set for now.
fn turns(world: &mut World) {
    while world.alarms.is_set(What::Waits) && world.alarms.next() == Some(0) {
        world.alarms.cancel(What::Waits);
        steps::look_at_waits(world);
    }
}

fn waits(world: &mut World, names: &mut NameServer, who: Instance, text: &str, versions: VersionRange) {
    assert_eq!(world.lookup(names, who, text, versions, 1000), names::Answer::Wait, "{text}");
    assert_eq!(steps::ask(world, who), None, "{text}");
    turns(world);
}

fn is_told(world: &mut World, who: Instance) -> bool {
    matches!(world.waits.ask(who), Found::Ended(Awaited::Cycle(_)))
}

/// `c` has `x`; `a` waits for another version of it and `b` for `a`, so that all is well as long as `c` has the name.
fn while_another_has_the_name() -> (World, [Instance; 3]) {
    let (mut world, mut names) = World::of(HINTS);
    let all = ["a", "b", "c"].map(|text| world.started(text));
    let [a, b, c] = all;
    world.reserved(&mut names, c, "x", 1);
    steps::publish(&mut world, c);
    world.reserved(&mut names, a, "na", 1);
    waits(&mut world, &mut names, a, "x", VersionRange::exactly(Version(2)));
    waits(&mut world, &mut names, b, "na", VersionRange::ANY);
    (world, all)
}

#[test]
fn by_the_end_of_a_module_that_has_failed() {
    let (mut world, [a, b, c]) = while_another_has_the_name();
    steps::leaves(&mut world, c);
    world.ledger.died(c.domain);
    world.ledger.fail(c.domain);
    turns(&mut world);
    steps::forget(&mut world, c.domain);
    turns(&mut world);
    assert!(is_told(&mut world, a) && is_told(&mut world, b));
}

#[test]
fn by_the_end_of_a_module_that_has_done_what_it_was_to() {
    let (mut world, [a, b, c]) = while_another_has_the_name();
    steps::leaves(&mut world, c);
    world.ledger.died(c.domain);
    turns(&mut world);
    assert!(!is_told(&mut world, a), "its name is not free yet");
    steps::forget(&mut world, c.domain);
    turns(&mut world);
    assert!(is_told(&mut world, a) && is_told(&mut world, b));
}

/// `a` waits for `x`, which `b` or `d` may provide, and `b` waits for `a`.
fn while_two_may_provide(d_is_held: bool) -> (World, [Instance; 3]) {
    let (mut world, mut names) = World::of(HINTS);
    let [a, b] = ["a", "b"].map(|text| world.started(text));
    let d = world.started_and_held("d", d_is_held);
    world.reserved(&mut names, a, "na", 1);
    waits(&mut world, &mut names, a, "x", VersionRange::ANY);
    waits(&mut world, &mut names, b, "na", VersionRange::ANY);
    assert!(matches!(world.waits.ask(a), Found::Waiting), "d may still come");
    (world, [a, b, d])
}

#[test]
fn by_the_death_of_the_other_who_may_provide() {
    let (mut world, [a, b, d]) = while_two_may_provide(false);
    steps::leaves(&mut world, d);
    world.ledger.died(d.domain);
    turns(&mut world);
    assert!(is_told(&mut world, a) && is_told(&mut world, b));
}

#[test]
fn by_a_publish_of_the_other_without_the_name() {
    let (mut world, [a, b, d]) = while_two_may_provide(false);
    assert_eq!(steps::publish(&mut world, d), Published::Live);
    turns(&mut world);
    assert!(is_told(&mut world, a) && is_told(&mut world, b));
}

#[test]
fn by_a_publish_of_the_other_that_is_held() {
    let (mut world, [a, b, d]) = while_two_may_provide(true);
    assert_eq!(steps::publish(&mut world, d), Published::Held);
    turns(&mut world);
    assert!(is_told(&mut world, a) && is_told(&mut world, b));
}

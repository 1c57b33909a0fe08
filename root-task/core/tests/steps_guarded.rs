//! What the steps do where something is not as usual: no room, a second instance that offers less, a badge of another kind,
//! a restart that is not due any more.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/closed_system.rs"]
mod closed_system;

use closed_system::{OPEN, World, name};
use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{Generation, Instance};
use ipc_proto::label::Status;
use ipc_proto::names::{self, NameFailure};
use ipc_proto::registrar::{Refusal, Request, Right};
use ipc_proto::version::VersionRange;
use root_task_core::restart::{Cause, Decision};
use root_task_core::steps::{self, Next};
use root_task_core::waits::Found;

#[test]
fn a_service_that_the_next_instance_does_not_offer_is_taken_from_its_clients() {
    let (mut world, mut names) = World::of(OPEN);
    let [server, client] = ["server", "client"].map(|text| world.started(text));
    for text in ["kept", "dropped"] {
        world.reserved(&mut names, server, text, 1);
    }
    steps::publish(&mut world, server);
    for text in ["kept", "dropped"] {
        assert!(matches!(
            world.lookup(&mut names, client, text, VersionRange::ANY, 0),
            names::Answer::Found { .. }
        ));
    }
    let [_, (dropped, _)] = world.ledger.connections_of(client.domain).collect::<Vec<_>>()[..] else {
        unreachable!("two were found")
    };
    steps::leaves(&mut world, server);
    world.ledger.died(server.domain);
    let next = Instance { generation: world.ledger.start(server.domain).unwrap(), ..server };
    world.reserved(&mut names, next, "kept", 1);
    steps::publish(&mut world, next);
    assert_eq!(world.answered, [(client.domain, dropped)]);
    assert_eq!(world.taken, [(client.domain, dropped)]);
}

#[test]
fn a_capability_for_which_there_is_no_room_is_not_in_the_books() {
    let (mut world, mut names) = World::of(OPEN);
    let [server, client] = ["server", "client"].map(|text| world.started(text));
    world.reserved(&mut names, server, "x", 1);
    steps::publish(&mut world, server);
    world.room = false;
    let failed = names::Answer::Failed(NameFailure::Supervisor(Refusal::Kernel));
    // It is no absence, for which one would wait.
    for wait in [0, 1000] {
        world.asked.clear();
        assert_eq!(world.lookup(&mut names, client, "x", VersionRange::ANY, wait), failed, "{wait}");
        assert_eq!(world.asked.len(), 1, "{wait}: {:?}", world.asked);
    }
    assert_eq!(world.ledger.connections_of(client.domain).count(), 0);
    assert!(matches!(world.waits.ask(client), Found::Nothing));
}

#[test]
fn a_wait_for_which_there_is_no_room_is_given_up() {
    let (mut world, mut names) = World::of(OPEN);
    let client = world.started("client");
    assert_eq!(world.lookup(&mut names, client, "x", VersionRange::ANY, 1000), names::Answer::Wait);
    world.room = false;
    assert_eq!(steps::ask(&mut world, client), Some(ipc_proto::waits::Answer::None));
    assert_eq!(world.waits.waiting().count(), 0);
}

#[test]
fn only_the_badge_of_a_client_says_who_asks() {
    let (mut world, _) = World::of(OPEN);
    let client = world.started("client");
    let holder = Holder { domain: client.domain, tag: GenerationTag::of(client.generation) };
    let mut may = |kind| {
        let asker = Badge { kind, service: 0, holder }.to_word();
        steps::registrar(&mut world, Request::May { asker, right: Right::LookUp, name: name("x") })
    };
    assert!(may(Kind::Client).is_ok());
    assert_eq!(may(Kind::Request), Err(Refusal::NoSuchDomain));
}

#[test]
fn a_restart_is_due_for_the_newest_instance_that_is_dead() {
    let (mut world, _) = World::of(OPEN);
    let first = world.started("a");
    steps::publish(&mut world, first);
    assert!(!steps::is_to_restart(&world.ledger, first), "it runs");
    world.ledger.died(first.domain);
    assert!(steps::is_to_restart(&world.ledger, first));
    world.ledger.fail(first.domain);
    assert!(!steps::is_to_restart(&world.ledger, first), "it has failed");
}

#[test]
fn what_becomes_of_callers_by_the_life_of_their_server() {
    let (mut world, _) = World::of(OPEN);
    let who = world.started("a");
    let fate = |world: &World, cause, decision| {
        steps::fate_of_callers(world.ledger.module(who.domain), cause, decision)
    };
    let gone = (Generation::NONE, Some(Status::NotDelivered));
    let failed = (Generation::NONE, Some(Status::Failed));
    let again = Decision::Restart(0);
    assert_eq!(fate(&world, Cause::Failure, again), gone, "it was never live");
    steps::publish(&mut world, who);
    assert_eq!(fate(&world, Cause::Failure, again), (who.generation.next().unwrap(), None));
    assert_eq!(fate(&world, Cause::Finished, Decision::Stay), gone);
    assert_eq!(fate(&world, Cause::Failure, Decision::Stay), failed);
    assert_eq!(fate(&world, Cause::Failure, Decision::Fail(1)), failed);
    assert!(world.ledger.stop(who.domain));
    assert_eq!(fate(&world, Cause::Failure, again), gone, "it is being stopped");
    assert_eq!(steps::fate_of_callers(None, Cause::Failure, again), gone);
}

#[test]
fn what_follows_a_reaping() {
    let after = steps::after_reaping;
    let again = Decision::Restart(7);
    for cause in [Cause::Finished, Cause::Failure] {
        assert_eq!(after(false, cause, again, true), Next::Forget);
        assert_eq!(after(true, cause, again, true), Next::Restart(7));
        assert_eq!(after(true, cause, again, false), Next::GiveUp, "its memory did not come back");
    }
    assert_eq!(after(true, Cause::Finished, Decision::Stay, true), Next::Done);
    assert_eq!(after(true, Cause::Failure, Decision::Stay, true), Next::GiveUp);
    for was_live in [false, true] {
        assert_eq!(after(was_live, Cause::Demanded, again, true), Next::Restart(7));
    }
}

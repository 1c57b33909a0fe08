//! A connection is passed on: to the server that was meant, once, within its rights, and only while the giver has it.
#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/closed_system.rs"]
mod closed_system;
#[path = "support/four.rs"]
mod four;

use four::Four;
use ipc_proto::ids::Instance;
use ipc_proto::passing::{MAX_PASSED, PassRefusal, Request, Token};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::{Version, VersionRange};
use root_task_core::ledger::DeclareError;
use root_task_core::steps;

#[test]
fn the_server_has_a_connection_of_its_own_and_the_giver_keeps_its_own() {
    let mut four = Four::new();
    let before = four.held(four.giver);
    let token = four.put_up(four.to, &[four.public]).unwrap();
    assert_eq!(four.held(four.agent), [], "nobody has anything before it is taken");
    let slot = four.take(four.agent, four.giver, token).unwrap();
    let [public, _] = four.services;
    assert_eq!(four.held(four.agent), [(slot, public)]);
    assert_eq!(four.held(four.giver), before);
    let Four { world, agent, giver, .. } = &mut four;
    assert_eq!(world.ledger.badge_of(agent.domain, public).unwrap().holder.domain, agent.domain);
    assert_eq!(world.ledger.clients_of(public).len(), 2);
    world.ledger.died(giver.domain);
    assert_eq!(four.held(four.agent), [(slot, public)], "the giver's death takes nothing back");
}

#[test]
fn it_is_taken_once() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    four.take(four.agent, four.giver, token).unwrap();
    assert_eq!(four.take(four.agent, four.giver, token), Err(PassRefusal::NotPutUp));
    let slot = four.held(four.agent)[0].0;
    let again = four.put_up(four.to, &[four.public]).unwrap();
    assert_ne!(again, token);
    assert_eq!(
        four.take(four.agent, four.giver, again),
        Ok(slot),
        "it is the connection that it has already"
    );
    assert_eq!(four.held(four.agent).len(), 1);
}

#[test]
fn a_token_is_nothing_to_whom_it_was_not_meant_for_or_from_whom_it_does_not_come() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    let Four { agent, other, giver, keeper, .. } = four;
    for (taker, from, number) in [
        (other, giver, token.0),
        (giver, giver, token.0),
        (agent, other, token.0),
        (agent, agent, token.0),
        (agent, keeper, token.0),
        (agent, giver, token.0 + 1),
        (agent, giver, token.0 - 1),
        (agent, giver, 0),
        (agent, giver, u64::MAX),
    ] {
        assert_eq!(
            four.take(taker, from, Token(number)),
            Err(PassRefusal::NotPutUp),
            "{number} by {taker:?}"
        );
    }
    for client in [0, u64::MAX, four.world.badge(giver) ^ 1] {
        let taken = four.take_with(agent, client, token, VersionRange::ANY);
        assert_eq!(taken, Err(PassRefusal::NotPutUp), "badge {client:#x}");
    }
    assert_eq!((four.held(agent), four.held(other)), (vec![], vec![]));
    assert!(four.take(agent, giver, token).is_ok(), "all that has changed nothing");
}

#[test]
fn nobody_takes_what_it_may_not_look_up_or_does_not_speak() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.secret, four.public]).unwrap();
    let taken = four.take(four.agent, four.giver, token);
    assert_eq!(taken, Err(PassRefusal::NotPutUp), "as if it did not exist");
    let (client, public) = (four.world.badge(four.giver), token.behind(1));
    for versions in [VersionRange::exactly(Version(2)), VersionRange::exactly(Version(4))] {
        let taken = four.take_with(four.agent, client, public, versions);
        assert_eq!(taken, Err(PassRefusal::OtherVersion(Version(3))));
    }
    assert_eq!(four.held(four.agent), []);
    assert!(four.take_with(four.agent, client, public, VersionRange::exactly(Version(3))).is_ok());
}

#[test]
fn a_service_is_of_the_interface_that_its_own_module_has_said_before_it_was_published() {
    let mut four = Four::new();
    let Four { keeper, giver, agent, .. } = four;
    let client = four.world.badge(giver);
    let take = |four: &mut Four, wanted| {
        let token = four.put_up(four.to, &[four.public]).unwrap();
        let request = Request::Take { client, token, versions: VersionRange::ANY, interface: Some(wanted) };
        steps::pass(&mut four.world, agent, &request).map(|_| ())
    };
    assert_eq!(take(&mut four, 7), Err(PassRefusal::OtherInterface), "it has not said of which");
    let [public, _] = four.services;
    assert_eq!(
        four.world.ledger.declare(keeper, public, 7),
        Err(DeclareError::NotReserved),
        "it is published"
    );
    // Its next instance says so, or another one does.
    for (wanted, by, taken) in [
        (7, "keeper", Ok(())),
        (8, "keeper", Err(PassRefusal::OtherInterface)),
        (7, "other", Err(PassRefusal::OtherInterface)),
    ] {
        four.world.ledger.died(keeper.domain);
        let generation = four.world.ledger.start(keeper.domain).unwrap();
        let next = Instance { domain: keeper.domain, generation };
        let Four { world, names, other, .. } = &mut four;
        assert_eq!(world.reserved(names, next, "public", 3), public);
        let by = if by == "keeper" { next } else { *other };
        let declared = world.ledger.declare(by, public, 7);
        assert_eq!(declared, if by == next { Ok(()) } else { Err(DeclareError::NotReserved) });
        steps::publish(world, next);
        assert_eq!(take(&mut four, wanted), taken, "{wanted}, said by {by:?}");
    }
}

#[test]
fn only_connections_are_put_up_and_only_for_another_server() {
    let mut four = Four::new();
    let last = four.put_up(four.to, &[four.public]).unwrap();
    for to in [0, 2, 3, 4, 15, four.secret + 1, u8::MAX] {
        assert_eq!(four.put_up(to, &[four.public]), Err(PassRefusal::NoPeer), "to {to}");
    }
    for slot in [0, 2, 3, 4, 15, four.secret + 1, u8::MAX] {
        assert_eq!(four.put_up(four.to, &[four.public, slot]), Err(PassRefusal::NotConnected), "slot {slot}");
    }
    assert!(four.take(four.agent, four.giver, last).is_ok(), "what was up is up still");
    assert_eq!(four.put_up(four.to, &[four.to]), Err(PassRefusal::NotConnected), "it is the server's own");
    // A service of its own is no other server.
    let Four { world, names, .. } = &mut four;
    let myself = world.started("alone");
    world.system = toml::from_str(closed_system::OPEN).unwrap();
    let own = world.reserved(names, myself, "own", 1);
    steps::publish(world, myself);
    let slot = world.ledger.connect(myself, own).unwrap().slot;
    let request = Request::PutUp { to: slot, slots: [slot].into_iter().collect() };
    assert_eq!(steps::pass(world, myself, &request), Err(PassRefusal::NoPeer));
}

#[test]
fn as_many_as_may_below_at_and_above_the_bound() {
    let mut four = Four::new();
    for count in [0, 1, MAX_PASSED] {
        let slots = vec![four.public; usize::from(count)];
        let first = four.put_up(four.to, &slots).unwrap();
        for place in 0..count {
            assert!(four.take(four.agent, four.giver, first.behind(place)).is_ok(), "{place} of {count}");
        }
        let behind = four.take(four.agent, four.giver, first.behind(count));
        assert_eq!(behind, Err(PassRefusal::NotPutUp), "behind {count}");
    }
    let slots = vec![four.public; usize::from(MAX_PASSED) + 1];
    let refused = four.world.ledger.put_up(four.giver, u64::from(four.to), &slots);
    assert_eq!(refused, Err(PassRefusal::TooMany));
}

#[test]
fn what_is_put_up_next_takes_the_place_of_what_was() {
    let mut four = Four::new();
    let [first, second] = [(); 2].map(|()| four.put_up(four.to, &[four.public]).unwrap());
    assert_eq!(four.take(four.agent, four.giver, first), Err(PassRefusal::NotPutUp));
    assert!(four.take(four.agent, four.giver, second).is_ok());
    let third = four.put_up(four.to, &[four.public]).unwrap();
    four.put_up(four.to, &[]).unwrap();
    assert_eq!(
        four.take(four.agent, four.giver, third),
        Err(PassRefusal::NotPutUp),
        "nothing is up any more"
    );
}

#[test]
fn a_giver_gives_nothing_that_it_has_no_more() {
    // Its connection was taken back, or the one to who was to have it.
    for which in 0..2 {
        let mut four = Four::new();
        let token = four.put_up(four.to, &[four.public]).unwrap();
        let slot = if which == 0 { four.public } else { four.to };
        four.world.ledger.disconnect(four.giver.domain, slot);
        assert_eq!(four.take(four.agent, four.giver, token), Err(PassRefusal::NotPutUp));
    }
    // It has died, and its next instance has given nothing.
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    let dead = four.giver;
    four.world.ledger.died(dead.domain);
    assert_eq!(four.take(four.agent, dead, token), Err(PassRefusal::NotPutUp));
    let generation = four.world.ledger.start(dead.domain).unwrap();
    let next = Instance { domain: dead.domain, generation };
    // It has the connections that the other one had.
    let [public, _] = four.services;
    let to = four.world.ledger.services_of(four.agent.domain)[0];
    for service in [to, public] {
        four.world.ledger.connect(next, service).unwrap();
    }
    for from in [dead, next] {
        assert_eq!(four.take(four.agent, from, token), Err(PassRefusal::NotPutUp), "{from:?}");
    }
    assert_eq!(
        steps::pass(&mut four.world, dead, &Request::PutUp { to: 16, slots: [].into() }),
        Err(PassRefusal::NoPeer)
    );
}

#[test]
fn the_next_instance_of_the_server_may_take_what_was_put_up_for_the_one_before() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    four.world.ledger.died(four.agent.domain);
    let generation = four.world.ledger.start(four.agent.domain).unwrap();
    let next = Instance { domain: four.agent.domain, generation };
    assert!(four.take(next, four.giver, token).is_ok());
}

#[test]
fn whoever_has_the_number_of_a_server_that_was_unloaded_takes_nothing() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    four.world.ledger.died(four.agent.domain);
    four.world.ledger.remove(four.agent.domain);
    let another = four.world.started("another");
    assert_eq!(another.domain, four.agent.domain, "this is about who has the same number");
    four.world.system = toml::from_str(closed_system::OPEN).unwrap();
    let Four { world, names, giver, .. } = &mut four;
    world.reserved(names, another, "other", 1);
    steps::publish(world, another);
    let giver = *giver;
    assert_eq!(four.take(another, giver, token), Err(PassRefusal::NotPutUp));
    assert_eq!(
        four.put_up(four.to, &[four.public]),
        Err(PassRefusal::NoPeer),
        "the old connection leads nowhere"
    );
}

#[test]
fn a_service_that_is_down_is_taken_when_it_is_back_and_never_when_it_is_gone() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    let Four { agent, giver, keeper, .. } = four;
    four.world.ledger.died(keeper.domain);
    assert_eq!(four.take(agent, giver, token), Err(PassRefusal::Service(Refusal::NotLive)));
    four.world.ledger.fail(keeper.domain);
    assert_eq!(four.take(agent, giver, token), Err(PassRefusal::Service(Refusal::Failed)));
    let generation = four.world.ledger.start(keeper.domain).unwrap();
    let next = Instance { domain: keeper.domain, generation };
    let Four { world, names, .. } = &mut four;
    world.reserved(names, next, "public", 3);
    steps::publish(world, next);
    let slot = four.take(agent, giver, token).unwrap();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    four.world.ledger.disconnect(agent.domain, slot);
    four.world.ledger.died(keeper.domain);
    four.world.ledger.remove(keeper.domain);
    assert_eq!(four.take(agent, giver, token), Err(PassRefusal::NotPutUp));
}

#[test]
fn what_is_private_is_not_passed_on() {
    let mut four = Four::new();
    let disk = four.world.started("disk");
    four.world.ledger.open(disk, four.giver.domain).unwrap();
    let slot = four.world.ledger.accept(four.giver, disk).unwrap().slot;
    assert_eq!(four.put_up(four.to, &[slot]), Err(PassRefusal::NotConnected));
    assert_eq!(four.put_up(slot, &[four.public]).map(|_| ()), Ok(()), "its opener may be given something");
}

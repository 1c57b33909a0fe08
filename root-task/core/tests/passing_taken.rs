//! What was taken from others: in a slot that is its taker's until it is given back, and nothing that it stands on.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/closed_system.rs"]
mod closed_system;
#[path = "support/four.rs"]
mod four;

use four::Four;
use ipc_proto::ids::Instance;
use ipc_proto::manifest::OnLoss;
use ipc_proto::passing::{MAX_TAKEN, PassRefusal};
use ipc_proto::registrar::Refusal;
use root_task_core::{dependents, steps};

#[test]
fn a_slot_is_its_until_it_is_given_back_as_often_as_it_was_taken() {
    let mut four = Four::new();
    let Four { agent, giver, .. } = four;
    let take = |four: &mut Four, what| {
        let token = four.put_up(four.to, &[what]).unwrap();
        four.take(agent, giver, token).unwrap()
    };
    four.world.system = toml::from_str(closed_system::OPEN).unwrap();
    let public = four.public;
    let slot = take(&mut four, public);
    assert_eq!(take(&mut four, public), slot);
    assert!(four.world.ledger.is_taken(agent.domain, slot.into()));
    assert_eq!((four.give_back(agent, slot), four.held(agent).len()), (vec![], 1), "once more");
    // It was taken back: nothing else comes where it was.
    four.world.ledger.disconnect(agent.domain, slot);
    let secret = four.secret;
    let other = take(&mut four, secret);
    assert_ne!(other, slot);
    let [_, service] = four.services;
    assert_eq!(four.held(agent), [(other, service)]);
    assert_eq!(four.give_back(agent, slot), [(agent.domain, slot)]);
    assert_eq!(four.give_back(agent, slot), [], "it has nothing there to give");
    let given_back = slot;
    let slot = take(&mut four, public);
    assert!(![given_back, other].contains(&slot), "there are slots in which it never had anything");
    // What it has looked up itself stays.
    let at = four.services[0];
    assert_eq!(four.world.ledger.connect(agent, at).unwrap().slot, slot);
    assert_eq!(take(&mut four, public), slot);
    assert!(!four.world.ledger.is_taken(agent.domain, slot.into()));
    for _ in 0..2 {
        assert_eq!((four.give_back(agent, slot), four.held(agent).len()), (vec![], 2));
    }
    for none in [0, 15, 63, u8::MAX] {
        assert_eq!(four.give_back(agent, none), [], "{none}");
    }
}

/// Whoever keeps what one client has passed does not reach what another one has passed, also where it had looked the first up
/// itself, before or after.
#[test]
fn a_slot_that_was_looked_up_is_its_takers_until_it_is_given_back_too() {
    for before in [true, false] {
        let mut four = Four::new();
        four.world.system = toml::from_str(closed_system::OPEN).unwrap();
        let Four { agent, giver, services: [public, _], .. } = four;
        let first = four.put_up(four.to, &[four.public, four.secret]).unwrap();
        if before {
            four.world.ledger.connect(agent, public).unwrap();
        }
        let slot = four.take(agent, giver, first).unwrap();
        four.world.ledger.connect(agent, public).unwrap();
        assert!(!four.world.ledger.is_taken(agent.domain, slot.into()), "it is its own");
        // It is taken back, or its module is gone.
        match before {
            true => four.world.ledger.disconnect(agent.domain, slot),
            false => four.world.ledger.free_service(public),
        }
        let other = four.take(agent, giver, first.behind(1)).unwrap();
        assert_ne!(other, slot);
        let given = vec![(agent.domain, slot)];
        assert_eq!((four.give_back(agent, slot), four.held(agent).len()), (given, 1), "nothing was there");
        assert!(four.world.ledger.is_taken(agent.domain, other.into()), "that one it was passed");
    }
}

#[test]
fn a_connection_is_taken_so_often_and_no_more() {
    let mut four = Four::new();
    let Four { agent, giver, .. } = four;
    let take = |four: &mut Four| {
        let token = four.put_up(four.to, &[four.public]).unwrap();
        four.take(agent, giver, token)
    };
    let slot = take(&mut four).unwrap();
    for _ in 1..MAX_TAKEN {
        assert_eq!(take(&mut four), Ok(slot));
    }
    assert_eq!(take(&mut four), Err(PassRefusal::NotGivenBack));
    assert_eq!(four.give_back(agent, slot), []);
    assert_eq!(take(&mut four), Ok(slot));
    for _ in 1..MAX_TAKEN {
        assert_eq!(four.give_back(agent, slot), []);
    }
    assert_eq!(four.give_back(agent, slot), [(agent.domain, slot)], "that was the last time");
}

#[test]
fn what_was_taken_uses_slots_up_until_it_is_given_back() {
    let mut four = Four::new();
    four.world.system = toml::from_str(closed_system::OPEN).unwrap();
    let Four { agent, giver, keeper, .. } = four;
    four.world.ledger.died(agent.domain);
    four.world.ledger.fit(agent.domain, 1, false, OnLoss::Ignore);
    let generation = four.world.ledger.start(agent.domain).unwrap();
    let agent = Instance { domain: agent.domain, generation };
    let first = four.put_up(four.to, &[four.public, four.secret]).unwrap();
    let slot = four.take(agent, giver, first).unwrap();
    let full = Err(PassRefusal::Service(Refusal::TooManyConnections));
    assert_eq!(four.take(agent, giver, first.behind(1)), full);
    let [public, secret] = four.services;
    four.world.ledger.free_service(public);
    assert_eq!(four.take(agent, giver, first.behind(1)), full, "who has it would reach another service");
    assert_eq!(four.world.ledger.connect(agent, secret).unwrap_err(), Refusal::TooManyConnections);
    four.give_back(agent, slot);
    assert_eq!(four.take(agent, giver, first.behind(1)), Ok(slot));
    assert!(four.world.ledger.is_running(keeper));
}

/// A later instance that has the same name for something else is not what was taken: who has taken it has nothing there. Those
/// who have looked the name up have what has that name.
#[test]
fn what_was_taken_is_not_of_another_interface_later() {
    let mut four = Four::new();
    let Four { agent, giver, keeper, other, services, .. } = four;
    let [public, _] = services;
    four.world.system = toml::from_str(closed_system::OPEN).unwrap();
    let next = |four: &mut Four, says: Option<u64>| {
        four.world.ledger.died(keeper.domain);
        let next = Instance { generation: four.world.ledger.start(keeper.domain).unwrap(), ..keeper };
        let Four { world, names, .. } = four;
        assert_eq!(["public", "secret"].map(|name| world.reserved(names, next, name, 3)), services);
        if let Some(hash) = says {
            // Another one is not said to those who have looked it up, and an instance that goes on has said nothing.
            assert_eq!(world.ledger.declare(next, public, hash).is_ok(), hash == 7);
        }
        world.taken.clear();
        world.answered.clear();
        steps::publish(world, next);
        (world.taken.clone(), world.answered.clone())
    };
    assert_eq!(next(&mut four, Some(7)).0, [], "nobody has taken it");
    four.world.ledger.connect(other, public).unwrap();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    let slot = four.take(agent, giver, token).unwrap();
    assert_eq!(next(&mut four, Some(7)).0, [], "it is as it was");
    for says in [Some(8), None] {
        let (taken, answered) = next(&mut four, says);
        assert_eq!(taken, [(agent.domain, slot)], "{says:?}");
        assert_eq!(answered, taken, "a call that waits for it does not reach it");
        next(&mut four, Some(7));
    }
}

#[test]
fn nobody_is_restarted_for_the_loss_of_what_others_have_passed() {
    let mut four = Four::new();
    let Four { agent, giver, keeper, .. } = four;
    four.world.ledger.set_on_loss(agent.domain, OnLoss::Restart);
    let token = four.put_up(four.to, &[four.public]).unwrap();
    four.take(agent, giver, token).unwrap();
    assert_eq!(dependents::plan(&four.world.ledger, keeper.domain).restarted, []);
    let [public, _] = four.services;
    four.world.ledger.connect(agent, public).unwrap();
    assert_eq!(dependents::plan(&four.world.ledger, keeper.domain).restarted, [agent.domain]);
}

#[test]
fn what_there_is_no_room_for_stays_up() {
    let mut four = Four::new();
    let token = four.put_up(four.to, &[four.public]).unwrap();
    four.world.room = false;
    let refused = PassRefusal::Service(Refusal::Kernel);
    assert_eq!(four.take(four.agent, four.giver, token), Err(refused));
    assert_eq!(four.held(four.agent), [], "the ledger has what the kernel has");
    four.world.room = true;
    four.world.ledger.restrict(four.keeper.domain, 8, 1);
    let refused = PassRefusal::Service(Refusal::TooManyClients);
    assert_eq!(four.take(four.agent, four.giver, token), Err(refused));
    four.world.ledger.restrict(four.keeper.domain, 8, 2);
    assert!(four.take(four.agent, four.giver, token).is_ok());
}

//! Tests of the ledger: whom a client reaches, and who reaches a module that is being stopped.

use super::tests::{live, offer, offered, started};
use super::*;
use ipc_proto::operator::ServiceState;
use ipc_proto::registrar::Refusal;
use ipc_proto::slots::FIRST_CONNECTION;

#[test]
fn a_slot_leads_to_a_server_as_long_as_the_service_exists() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let client = live(&mut ledger, "client");
    assert_eq!(ledger.server_of(client.domain, FIRST_CONNECTION), None);
    assert!(!ledger.is_client_of(client.domain, server.domain));
    let slot = u64::from(ledger.connect(client, a).unwrap().slot);
    assert_eq!(ledger.server_of(client.domain, slot), Some(server.domain));
    assert!(ledger.is_client_of(client.domain, server.domain));
    assert!(!ledger.is_client_of(server.domain, client.domain));
    for other in
        [0, 1, FIRST_CONNECTION - 1, slot + 1, u64::from(MAX_CONNECTIONS) + FIRST_CONNECTION, u64::MAX]
    {
        assert_eq!(ledger.server_of(client.domain, other), None, "slot {other}");
    }
    ledger.died(server.domain);
    assert_eq!(
        ledger.server_of(client.domain, slot),
        Some(server.domain),
        "its next instance serves the slot"
    );
    ledger.fail(server.domain);
    assert_eq!(ledger.server_of(client.domain, slot), Some(server.domain), "it can be restarted");
    ledger.remove(server.domain);
    assert_eq!(ledger.server_of(client.domain, slot), None);
    assert!(!ledger.is_client_of(client.domain, server.domain));
}

#[test]
fn a_stopping_module_is_not_found_and_is_found_again_when_that_is_taken_back() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    assert!(!ledger.stop(server.domain), "it is not live yet");
    ledger.publish(server);
    let client = live(&mut ledger, "client");
    let before = ledger.connect(client, a).unwrap();
    assert!(!ledger.cancel_stop(server.domain), "nothing to take back");
    assert!(ledger.stop(server.domain));
    assert_eq!(ledger.connect(client, a), Err(Refusal::NotPublished));
    assert!(ledger.is_running(server) && !ledger.stop(server.domain));
    assert_eq!(ledger.publish(server), PublishDecision::Nothing);
    assert_eq!(ledger.server_of(client.domain, u64::from(before.slot)), Some(server.domain));
    assert!(ledger.cancel_stop(server.domain));
    assert_eq!(ledger.connect(client, a).unwrap().slot, before.slot);
    ledger.stop(server.domain);
    assert_eq!(ledger.died(server.domain).unwrap().was, State::Stopping);
    assert!(!ledger.cancel_stop(server.domain), "too late");
    assert_eq!(ledger.connect(client, a), Err(Refusal::NotLive));
}

#[test]
fn whoever_wants_to_know_is_told_of_dead_clients_once() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let client = live(&mut ledger, "client");
    let stranger = live(&mut ledger, "stranger");
    ledger.connect(client, a).unwrap();
    assert_eq!(ledger.watchers_of(client.domain), [], "nobody wants to know");
    ledger.watch_clients(server.domain, true);
    assert_eq!(ledger.watchers_of(client.domain), [server.domain]);
    assert_eq!(ledger.watchers_of(stranger.domain), []);
    ledger.died(stranger.domain);
    assert_eq!(ledger.take_departures(server.domain), []);
    ledger.died(client.domain);
    // The next instance dies, too, before anybody has asked.
    let next = Instance { domain: client.domain, generation: ledger.start(client.domain).unwrap() };
    ledger.publish(next);
    ledger.connect(next, a).unwrap();
    ledger.died(client.domain);
    assert_eq!(ledger.take_departures(server.domain), [next], "the last one of its domain");
    assert_eq!(ledger.take_departures(server.domain), []);
    let third = Instance { domain: client.domain, generation: ledger.start(client.domain).unwrap() };
    ledger.connect(third, a).unwrap();
    ledger.died(client.domain);
    ledger.died(server.domain);
    ledger.start(server.domain).unwrap();
    assert_eq!(ledger.take_departures(server.domain), [], "a new instance keeps nothing for anybody");
}

#[test]
fn who_is_made_of_another_file_is_told_of_dead_clients_as_that_wants() {
    let mut ledger = Ledger::new();
    let client = ledger.admit(super::tests::name("client"), 4, false).unwrap();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let told = |ledger: &mut Ledger, departures: bool| {
        ledger.died(server.domain);
        ledger.fit(server.domain, 4, departures, OnLoss::Ignore);
        let next = Instance { generation: ledger.start(server.domain).unwrap(), ..server };
        ledger.enter(next, offer(), Some(a)).unwrap();
        ledger.publish(next);
        let client = Instance { domain: client, generation: ledger.start(client).unwrap() };
        ledger.connect(client, a).unwrap();
        let watchers = ledger.watchers_of(client.domain);
        ledger.died(client.domain);
        let told = ledger.take_departures(server.domain);
        (watchers.contains(&server.domain), told.contains(&client))
    };
    for departures in [false, true, true, false] {
        assert_eq!(told(&mut ledger, departures), (departures, departures));
    }
    ledger.start(client).unwrap();
    ledger.fit(server.domain, 4, true, OnLoss::Ignore);
    assert_eq!(ledger.watchers_of(client), [], "it runs: it is made of the file that it is made of");
}

#[test]
fn names_and_clients_below_at_and_above_what_is_granted() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    ledger.restrict(server.domain, 2, 2);
    let service = ledger.enter(server, offer(), None).unwrap();
    let other = ledger.enter(server, offer(), None).unwrap();
    assert_eq!(ledger.enter(server, offer(), None), Err(Refusal::TooManyForOwner));
    ledger.publish(server);
    let clients = ["a", "b", "c"].map(|name| live(&mut ledger, name));
    assert!(ledger.connect(clients[0], service).is_ok());
    assert!(ledger.connect(clients[1], service).is_ok());
    assert!(ledger.connect(clients[1], other).is_ok(), "a second connection of a client is no second client");
    assert_eq!(ledger.connect(clients[2], service).unwrap_err(), Refusal::TooManyClients);
    ledger.died(clients[0].domain);
    assert!(ledger.connect(clients[2], service).is_ok(), "there is room when one has gone");
    ledger.restrict(server.domain, u16::MAX, u16::MAX);
    assert_eq!(ledger.module(server.domain).unwrap().max_names, MAX_SERVICES_PER_MODULE);
}

/// What a module publishes next can have other names, as many as it may have, though the earlier ones are there until then.
#[test]
fn the_names_of_an_earlier_instance_do_not_count() {
    for most in [1, MAX_SERVICES_PER_MODULE] {
        let mut ledger = Ledger::new();
        let server = started(&mut ledger, "server");
        ledger.restrict(server.domain, most, u16::MAX);
        let enter = |ledger: &mut Ledger, who, text, again: Option<ServiceRef>| {
            (0..most)
                .map(|version| ledger.enter(who, offered(text, version), again))
                .collect::<std::vec::Vec<_>>()
        };
        let earlier: std::vec::Vec<_> =
            enter(&mut ledger, server, "a", None).into_iter().map(Result::unwrap).collect();
        ledger.publish(server);
        ledger.died(server.domain);
        let next = Instance { generation: ledger.start(server.domain).unwrap(), ..server };
        assert!(enter(&mut ledger, next, "b", None).iter().all(Result::is_ok));
        assert_eq!(ledger.services_of(server.domain).len(), 2 * usize::from(most));
        let full = Err(Refusal::TooManyForOwner);
        assert_eq!(ledger.enter(next, offered("b", most), None), full);
        assert_eq!(ledger.enter(next, offered("a", 0), earlier.first().copied()), full, "nor one of those");
        let its = ledger.services_of(server.domain).into_iter().find(|at| !earlier.contains(at));
        assert_eq!(ledger.enter(next, offered("b", 0), its), Ok(its.unwrap()), "it has that already");
        let PublishDecision::Live(dropped) = ledger.publish(next) else { panic!() };
        assert_eq!(dropped.as_slice(), earlier);
    }
}

#[test]
fn a_service_is_taken_up_under_its_own_name_and_version_only() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offered("a", 1), None).unwrap();
    ledger.publish(server);
    let held = ledger.connect(client, a).unwrap().slot;
    ledger.died(server.domain);
    let again = Instance { domain: server.domain, generation: ledger.start(server.domain).unwrap() };
    for another in [offered("a", 2), offered("b", 1)] {
        assert_ne!(ledger.enter(again, another, Some(a)).unwrap(), a, "its clients asked for neither");
    }
    assert_eq!(ledger.offer_of(a), Some(offered("a", 1)));
    assert_eq!(ledger.state_for_clients(a), Some(ServiceState::Down));
    assert_eq!(ledger.enter(again, offered("a", 1), Some(a)), Ok(a));
    assert_eq!(ledger.state_for_clients(a), Some(ServiceState::Down), "until it is published again");
    ledger.publish(again);
    assert_eq!(ledger.state_for_clients(a), Some(ServiceState::Live));
    assert!(ledger.connections_of(client.domain).eq([(held, a)]));
}

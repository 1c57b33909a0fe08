//! Tests of the ledger: all or nothing, stale identities, bounds, and what survives a restart.

use super::*;
use heapless::Vec;
use ipc_proto::operator::ServiceState;
use ipc_proto::registrar::Refusal;
use ipc_proto::version::Version;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// Some name, where it does not matter.
pub(crate) fn offer() -> Offer {
    offered("service", 1)
}

pub(crate) fn offered(text: &str, version: u16) -> Offer {
    Offer { name: name(text), version: Version(version) }
}

pub(crate) fn started(ledger: &mut Ledger, text: &str) -> Instance {
    let domain = ledger.admit(name(text), MAX_CONNECTIONS, false).unwrap();
    Instance { domain, generation: ledger.start(domain).unwrap() }
}

pub(crate) fn live(ledger: &mut Ledger, text: &str) -> Instance {
    let instance = started(ledger, text);
    assert_eq!(ledger.publish(instance), PublishDecision::Live(Vec::new()));
    instance
}

#[test]
fn nothing_is_visible_before_publish_and_everything_after() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    let b = ledger.enter(server, offer(), None).unwrap();
    for at in [a, b] {
        assert_eq!(ledger.connect(client, at), Err(Refusal::NotPublished));
    }
    ledger.publish(server);
    for at in [a, b] {
        assert!(ledger.connect(client, at).unwrap().mint.is_some());
    }
}

#[test]
fn a_failed_init_leaves_nothing() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.died(server.domain).unwrap();
    assert!(!ledger.exists(a));
    assert_eq!(ledger.connect(client, a), Err(Refusal::Gone));
    assert_eq!(ledger.publish(server), PublishDecision::Nothing);
}

#[test]
fn a_held_module_is_invisible_until_released() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let domain = ledger.admit(name("server"), MAX_CONNECTIONS, true).unwrap();
    let server = Instance { domain, generation: ledger.start(domain).unwrap() };
    let a = ledger.enter(server, offer(), None).unwrap();
    assert_eq!(ledger.publish(server), PublishDecision::Held);
    assert_eq!(ledger.connect(client, a), Err(Refusal::NotPublished));
    assert_eq!(ledger.enter(server, offer(), None), Err(Refusal::AlreadyPublished));
    assert_eq!(ledger.release(domain), Some(Vec::new()));
    assert_eq!(ledger.release(domain), None);
    assert!(ledger.connect(client, a).is_ok());
}

#[test]
fn a_dead_instance_does_not_publish_for_the_next() {
    let mut ledger = Ledger::new();
    let dead = started(&mut ledger, "server");
    ledger.died(dead.domain).unwrap();
    let next = Instance { domain: dead.domain, generation: ledger.start(dead.domain).unwrap() };
    let a = ledger.enter(next, offer(), None).unwrap();
    assert_eq!(ledger.publish(dead), PublishDecision::Nothing);
    assert_eq!(ledger.service_info(a).unwrap().state, ServiceState::Reserved);
}

#[test]
fn a_restart_keeps_the_service_and_its_clients() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let before = ledger.connect(client, a).unwrap();
    ledger.died(server.domain).unwrap();
    assert_eq!(ledger.connect(client, a), Err(Refusal::NotLive));
    let again = Instance { domain: server.domain, generation: ledger.start(server.domain).unwrap() };
    assert!(again.generation > server.generation);
    assert_eq!(ledger.enter(again, offer(), Some(a)), Ok(a));
    assert_eq!(
        ledger.enter(server, offer(), Some(a)),
        Err(Refusal::NoSuchDomain),
        "the dead instance's badge is stale"
    );
    ledger.publish(again);
    let after = ledger.connect(client, a).unwrap();
    assert_eq!((after.slot, after.mint), (before.slot, None));
    assert_eq!(after.generation, again.generation);
    assert_eq!(ledger.module(server.domain).unwrap().restarts, 1);
}

#[test]
fn a_module_takes_up_its_own_service_only() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let other = started(&mut ledger, "other");
    assert_ne!(ledger.enter(other, offer(), Some(a)).unwrap(), a);
    assert_eq!(ledger.service_info(a).unwrap().state, ServiceState::Live);
}

#[test]
fn what_a_new_instance_does_not_reserve_again_is_dropped_at_its_publish() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let slot = ledger.connect(client, a).unwrap().slot;
    ledger.died(server.domain);
    let again = Instance { domain: server.domain, generation: ledger.start(server.domain).unwrap() };
    let PublishDecision::Live(dropped) = ledger.publish(again) else { panic!() };
    assert_eq!(dropped.as_slice(), &[a]);
    assert_eq!(ledger.clients_of(a).as_slice(), &[(client.domain, slot)]);
    ledger.free_service(a);
    assert!(!ledger.exists(a));
}

#[test]
fn an_unloaded_modules_service_is_stale_and_its_place_is_used_again() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let slot = ledger.connect(client, a).unwrap().slot;
    ledger.died(server.domain);
    ledger.remove(server.domain);
    assert_eq!(ledger.connect(client, a), Err(Refusal::Gone));
    let other = started(&mut ledger, "other");
    assert_eq!(other.domain, server.domain, "the place is used again");
    assert!(other.generation > server.generation, "but never the identity");
    let b = ledger.enter(other, offer(), None).unwrap();
    assert_eq!(b.index, a.index);
    assert_ne!(b.epoch, a.epoch);
    ledger.publish(other);
    assert_eq!(ledger.server_of(client.domain, u64::from(slot)), None);
    assert_ne!(ledger.connect(client, b).unwrap().slot, slot, "who calls there reaches nobody");
    assert_eq!(ledger.connect(client, a), Err(Refusal::Gone));
}

#[test]
fn the_clients_of_a_service_are_counted() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let one = live(&mut ledger, "one");
    let two = live(&mut ledger, "two");
    for client in [one, two, one] {
        ledger.connect(client, a).unwrap();
    }
    assert_eq!(ledger.service_info(a).unwrap().clients, 2);
    ledger.died(one.domain);
    assert_eq!(ledger.service_info(a).unwrap().clients, 1);
    assert_eq!(ledger.clients_of(a).len(), 1);
}

#[test]
fn bound_of_modules() {
    let mut ledger = Ledger::new();
    for i in 0..MAX_MODULES {
        assert!(ledger.admit(name(&format!("m{i}")), MAX_CONNECTIONS, false).is_ok(), "{i}");
    }
    assert_eq!(ledger.admit(name("one-more"), MAX_CONNECTIONS, false), Err(AdmitError::TableFull));
    assert_eq!(ledger.admit(name("m3"), MAX_CONNECTIONS, false), Err(AdmitError::AlreadyLoaded));
    ledger.remove(DomainId(7));
    assert_eq!(ledger.admit(name("one-more"), MAX_CONNECTIONS, false), Ok(DomainId(7)));
}

#[test]
fn bounds_of_services() {
    let mut ledger = Ledger::new();
    for i in 0..MAX_SERVICES / usize::from(MAX_SERVICES_PER_MODULE) {
        let owner = started(&mut ledger, &format!("m{i}"));
        for _ in 0..MAX_SERVICES_PER_MODULE {
            ledger.enter(owner, offer(), None).unwrap();
        }
        assert_eq!(ledger.enter(owner, offer(), None), Err(Refusal::TooManyForOwner));
    }
    let last = started(&mut ledger, "last");
    assert_eq!(ledger.enter(last, offer(), None), Err(Refusal::TooManyServices));
    ledger.died(DomainId(0));
    assert!(ledger.enter(last, offer(), None).is_ok());
}

#[test]
fn bound_of_connections() {
    let mut ledger = Ledger::new();
    let client = live(&mut ledger, "client");
    let mut services = std::vec::Vec::new();
    for i in 0..7 {
        let server = started(&mut ledger, &format!("m{i}"));
        services.extend((0..MAX_SERVICES_PER_MODULE).map(|_| ledger.enter(server, offer(), None).unwrap()));
        ledger.publish(server);
    }
    for at in &services[..usize::from(MAX_CONNECTIONS)] {
        assert!(ledger.connect(client, *at).is_ok());
    }
    let above = services[usize::from(MAX_CONNECTIONS)];
    assert_eq!(ledger.connect(client, above), Err(Refusal::TooManyConnections));
    assert!(ledger.connect(client, services[0]).is_ok(), "an old connection is still found");
}

#[test]
fn a_module_holds_as_many_connections_as_it_asked_for() {
    for most in [0u8, 1, 2] {
        let mut ledger = Ledger::new();
        let client = ledger.admit(name("client"), most, false).unwrap();
        let client = Instance { domain: client, generation: ledger.start(client).unwrap() };
        let server = started(&mut ledger, "server");
        let services: [_; 3] = core::array::from_fn(|_| ledger.enter(server, offer(), None).unwrap());
        ledger.publish(server);
        for (held, at) in (0u8..).zip(services) {
            let fits = ledger.connect(client, at).map(|_| ());
            let want = if held < most { Ok(()) } else { Err(Refusal::TooManyConnections) };
            assert_eq!(fits, want, "{held} of {most}");
        }
    }
}

#[test]
fn a_badge_resolves_only_to_the_running_instance() {
    let mut ledger = Ledger::new();
    let first = live(&mut ledger, "one");
    let holder =
        |instance: Instance| Holder { domain: instance.domain, tag: GenerationTag::of(instance.generation) };
    assert_eq!(ledger.resolve(holder(first)), Some(first));
    ledger.died(first.domain);
    assert_eq!(ledger.resolve(holder(first)), None);
    let second = Instance { domain: first.domain, generation: ledger.start(first.domain).unwrap() };
    assert_eq!(ledger.resolve(holder(first)), None);
    assert_eq!(ledger.resolve(holder(second)), Some(second));
}

#[test]
fn a_failed_module_keeps_its_clients_and_serves_nobody_until_it_is_live_again() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let a = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let client = live(&mut ledger, "client");
    let before = ledger.connect(client, a).unwrap();
    ledger.died(server.domain);
    ledger.fail(server.domain);
    assert_eq!(ledger.module(server.domain).unwrap().state(), State::Failed);
    assert_eq!(ledger.service_info(a).unwrap().state, ServiceState::Failed);
    assert_eq!(ledger.connect(client, a), Err(Refusal::Failed));
    assert_eq!(ledger.services_of(server.domain).as_slice(), [a]);
    assert_eq!(ledger.clients_of(a).as_slice(), [(client.domain, before.slot)]);
    assert_eq!(ledger.badge_of(client.domain, a), before.mint, "its capability is made again as it was");
    let again = Instance { domain: server.domain, generation: ledger.start(server.domain).unwrap() };
    assert_eq!(ledger.connect(client, a), Err(Refusal::Failed), "before it is live");
    ledger.enter(again, offer(), Some(a)).unwrap();
    ledger.publish(again);
    assert_eq!(ledger.connect(client, a).unwrap().slot, before.slot);
}

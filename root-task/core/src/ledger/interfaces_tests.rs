//! Tests of what a service is said to be: whose clients know it as something else is refused, before anything is published.

use heapless::Vec;
use ipc_proto::operator::ServiceState;

use super::tests::{live, offer, started};
use super::*;

const OLD: u64 = 0x01d;
const NEW: u64 = 0x2e3;

/// A live server of the old interface, its service, and a client that is live.
fn served() -> (Ledger, Instance, ServiceRef, Instance) {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let at = ledger.enter(server, offer(), None).unwrap();
    assert_eq!(ledger.declare(server, at, OLD), Ok(()));
    ledger.publish(server);
    let client = live(&mut ledger, "client");
    (ledger, server, at, client)
}

fn known(known: u64, said: u64) -> DeclareError {
    DeclareError::Known { name: Some(offer().name), known, said }
}

/// The next instance of a module, which has reserved the same service again.
fn again(ledger: &mut Ledger, server: Instance, at: ServiceRef) -> Instance {
    ledger.died(server.domain);
    let next = Instance { generation: ledger.start(server.domain).unwrap(), ..server };
    assert_eq!(ledger.enter(next, offer(), Some(at)), Ok(at));
    next
}

#[test]
fn what_clients_know_as_another_interface_is_not_declared() {
    let (mut ledger, server, at, client) = served();
    ledger.connect(client, at).unwrap();
    let trial = again(&mut ledger, server, at);
    assert_eq!(ledger.declare(trial, at, NEW), Err(known(OLD, NEW)));
    let words = known(OLD, NEW).to_string();
    assert_eq!(
        words,
        "clients know service as another interface (1d, not 2e3): raise the trait's version, and push the clients, too"
    );
    let restored = again(&mut ledger, trial, at);
    assert_eq!(ledger.declare(restored, at, OLD), Ok(()));
    assert_eq!(ledger.publish(restored), PublishDecision::Live(Vec::new()));
    assert_eq!(ledger.state_for_clients(at), Some(ServiceState::Live));
    assert_eq!(ledger.clients_of(at).len(), 1, "the client has its connection all the time");
}

#[test]
fn without_clients_it_can_become_another_one() {
    let (mut ledger, server, at, client) = served();
    let slot = ledger.connect(client, at).unwrap().slot;
    let next = again(&mut ledger, server, at);
    ledger.disconnect(client.domain, slot);
    assert_eq!(ledger.declare(next, at, NEW), Ok(()));
    ledger.publish(next);
    assert_eq!((ledger.other_interface(at, OLD), ledger.other_interface(at, NEW)), (Some(NEW), None));
    ledger.connect(client, at).unwrap();
    let third = again(&mut ledger, next, at);
    assert_eq!(ledger.declare(third, at, OLD), Err(known(NEW, OLD)));
}

#[test]
fn nobody_is_connected_between_a_declaration_and_its_publish() {
    let (mut ledger, server, at, client) = served();
    let next = again(&mut ledger, server, at);
    assert_eq!(ledger.declare(next, at, NEW), Ok(()));
    assert_eq!(ledger.connect(client, at), Err(ipc_proto::registrar::Refusal::NotLive));
    assert_eq!(ledger.other_interface(at, OLD), None, "it is not live, and can come back as either");
}

#[test]
fn an_instance_that_says_nothing_stands_between_two_interfaces_for_nobody() {
    let (mut ledger, server, at, client) = served();
    ledger.connect(client, at).unwrap();
    let silent = again(&mut ledger, server, at);
    ledger.publish(silent);
    assert_eq!(ledger.interface_of(at), None);
    assert_eq!(ledger.other_interface(at, NEW), None, "it is taken for any");
    let third = again(&mut ledger, silent, at);
    assert_eq!(ledger.declare(third, at, NEW), Err(known(OLD, NEW)), "the client is there still");
    // Another one has been connected to the silent instance only.
    let silent = again(&mut ledger, third, at);
    ledger.publish(silent);
    ledger.died(client.domain);
    let other = live(&mut ledger, "other");
    ledger.connect(other, at).unwrap();
    let fifth = again(&mut ledger, silent, at);
    assert_eq!(ledger.declare(fifth, at, NEW), Ok(()));
}

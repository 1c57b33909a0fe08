//! Who looks a service up as one of an interface is not connected to one of another, whoever is asked and whoever has died.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/closed_system.rs"]
mod closed_system;

use closed_system::{OPEN, World, name};
use ipc_proto::ids::{Instance, ServiceRef};
use ipc_proto::names::{self, NameFailure};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::{Version, VersionRange};
use name_server_core::NameServer;
use root_task_core::steps;

const SERVED: u64 = 7;
const OTHER: u64 = 8;

struct System {
    world: World,
    names: NameServer,
    server: Instance,
    client: Instance,
    at: ServiceRef,
}

/// A server that has reserved `x` in version 1, and said of which interface it is where it says so at all.
fn reserved(said: Option<u64>) -> System {
    let (mut world, mut names) = World::of(OPEN);
    let [server, client] = ["server", "client"].map(|text| world.started(text));
    let at = world.reserved(&mut names, server, "x", 1);
    if let Some(interface) = said {
        world.ledger.declare(server, at, interface).unwrap();
    }
    System { world, names, server, client, at }
}

impl System {
    fn publish(&mut self) {
        steps::publish(&mut self.world, self.server);
    }

    fn lookup(&mut self, interface: Option<u64>, wait: u64) -> names::Answer {
        let badge = self.world.badge(self.client);
        let versions = VersionRange::exactly(Version(1));
        let request = names::Request::Lookup { name: name("x"), versions, wait, interface };
        self.names.serve(&mut self.world, badge, request)
    }

    fn is_connected(&self) -> bool {
        self.world.ledger.connections_of(self.client.domain).count() > 0
    }
}

fn refused(spoken: u64) -> names::Answer {
    names::Answer::Failed(NameFailure::OtherInterface { served: SERVED, spoken })
}

#[test]
fn a_lookup_finds_the_interface_that_it_is_of_and_no_other() {
    let mut system = reserved(Some(SERVED));
    system.publish();
    // It is no absence, for which one would wait.
    for wait in [0, 1000] {
        system.world.asked.clear();
        assert_eq!(system.lookup(Some(OTHER), wait), refused(OTHER), "{wait}");
        assert_eq!(system.world.asked.len(), 1, "{wait}: {:?}", system.world.asked);
        assert!(!system.is_connected(), "{wait}");
    }
    assert!(matches!(system.lookup(Some(SERVED), 0), names::Answer::Found { .. }));
    assert_eq!(system.lookup(Some(OTHER), 0), refused(OTHER), "also where it is connected already");
    assert!(matches!(system.lookup(None, 0), names::Answer::Found { .. }), "who does not say gets any");
}

#[test]
fn what_was_not_said_counts_as_any() {
    let mut system = reserved(None);
    system.publish();
    assert!(matches!(system.lookup(Some(OTHER), 0), names::Answer::Found { .. }));
}

#[test]
fn who_has_waited_for_it_is_refused_too() {
    let mut system = reserved(Some(SERVED));
    assert_eq!(
        system.lookup(Some(OTHER), 1000),
        names::Answer::Wait,
        "it is not published, and looks like nothing"
    );
    system.publish();
    assert_eq!(system.lookup(Some(OTHER), 500), refused(OTHER));
}

#[test]
fn the_name_servers_next_instance_knows_as_much() {
    let mut system = reserved(Some(SERVED));
    system.publish();
    system.names = NameServer::begin(&mut system.world).unwrap();
    assert_eq!(system.lookup(Some(OTHER), 0), refused(OTHER));
    assert!(matches!(system.lookup(Some(SERVED), 0), names::Answer::Found { .. }));
}

#[test]
fn what_is_down_is_waited_for_since_it_may_come_back_as_either() {
    let mut system = reserved(Some(SERVED));
    system.publish();
    system.world.ledger.died(system.server.domain);
    let down = names::Answer::Failed(NameFailure::Supervisor(Refusal::NotLive));
    assert_eq!(system.lookup(Some(OTHER), 0), down);
    let generation = system.world.ledger.start(system.server.domain).unwrap();
    system.server = Instance { generation, ..system.server };
    assert_eq!(system.world.reserved(&mut system.names, system.server, "x", 1), system.at);
    system.world.ledger.declare(system.server, system.at, OTHER).unwrap();
    assert_eq!(system.lookup(Some(OTHER), 0), down, "until it publishes");
    system.publish();
    assert!(matches!(system.lookup(Some(OTHER), 0), names::Answer::Found { .. }));
}

#[test]
fn nobody_is_told_of_what_it_may_not_look_up() {
    let (mut world, mut names) = World::new();
    let [keeper, outsider] = ["keeper", "outsider"].map(|text| world.started(text));
    let at = world.reserved(&mut names, keeper, "secret", 1);
    world.ledger.declare(keeper, at, SERVED).unwrap();
    steps::publish(&mut world, keeper);
    let badge = world.badge(outsider);
    let request = names::Request::Lookup {
        name: name("secret"),
        versions: VersionRange::ANY,
        wait: 0,
        interface: Some(OTHER),
    };
    assert_eq!(names.serve(&mut world, badge, request), names::Answer::Failed(NameFailure::NotFound));
}

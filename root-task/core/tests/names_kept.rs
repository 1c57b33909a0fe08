//! The names of an earlier instance are there until the next one publishes, and in the way of none that it reserves.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/closed_system.rs"]
mod closed_system;

use closed_system::{OPEN, World};
use ipc_proto::ids::Instance;
use ipc_proto::names::{Answer, NameFailure};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;
use name_server_core::NameServer;
use root_task_core::ledger::MAX_SERVICES_PER_MODULE;
use root_task_core::steps;

/// Reserves one name in so many versions, and not in one more.
fn reserve_all(world: &mut World, names: &mut NameServer, who: Instance, name: &str, most: u16) {
    for version in 0..most {
        world.reserved(names, who, name, version);
    }
    match world.reserve(names, who, name, most) {
        // The name server's own bound is that of both instances' names together.
        Answer::Failed(NameFailure::TooManyForOwner | NameFailure::Supervisor(Refusal::TooManyForOwner)) => {}
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn each_version_of_a_module_can_have_as_many_other_names_as_it_may_have() {
    for most in [1, MAX_SERVICES_PER_MODULE] {
        let (mut world, mut names) = World::of(OPEN);
        let client = world.started("client");
        let keeper = world.started("keeper");
        world.ledger.restrict(keeper.domain, most, 1);
        let mut who = keeper;
        let mut earlier = None;
        for name in ["a", "b", "c", "d"] {
            reserve_all(&mut world, &mut names, who, name, most);
            steps::publish(&mut world, who);
            let mut finds = |name| world.lookup(&mut names, client, name, VersionRange::ANY, 0);
            assert!(matches!(finds(name), Answer::Found { .. }), "{name}");
            if let Some(earlier) = earlier {
                assert_eq!(finds(earlier), Answer::Failed(NameFailure::NotFound), "{earlier}");
            }
            earlier = Some(name);
            world.ledger.died(keeper.domain);
            who = Instance { generation: world.ledger.start(keeper.domain).unwrap(), ..keeper };
        }
    }
}

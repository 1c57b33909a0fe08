//! A name server that begins again knows what the ledger knows, and forgets what the ledger says is gone.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/closed_system.rs"]
mod closed_system;

use closed_system::{OPEN, World};
use ipc_proto::ids::Instance;
use ipc_proto::names::{self, NameFailure};
use ipc_proto::registrar::PAGE;
use ipc_proto::version::VersionRange;
use name_server_core::{NameServer, Supervisor};
use root_task_core::ledger::{MAX_SERVICES, MAX_SERVICES_PER_MODULE};
use root_task_core::steps;

/// Modules that have reserved so many names together.
fn with_names(count: usize) -> (World, NameServer, Vec<Instance>) {
    let (mut world, mut names) = World::of(OPEN);
    let mut owners = Vec::new();
    for number in 0..count {
        if number.is_multiple_of(usize::from(MAX_SERVICES_PER_MODULE)) {
            owners.push(world.started(&format!("m{number}")));
        }
        let owner = *owners.last().unwrap();
        world.reserved(&mut names, owner, &format!("x{number}"), 1);
    }
    (world, names, owners)
}

#[test]
fn it_begins_with_all_names_below_at_and_above_a_page_and_with_as_many_as_there_can_be() {
    for count in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1, MAX_SERVICES] {
        let (mut world, names, _) = with_names(count);
        let begun = NameServer::begin(&mut world).unwrap();
        let known = |names: &NameServer| {
            let mut all: Vec<_> = names
                .registry()
                .entries()
                .map(|entry| (entry.name, entry.version, entry.owner, entry.service))
                .collect();
            all.sort_unstable_by_key(|(name, ..)| *name);
            all
        };
        assert_eq!(known(&begun).len(), count);
        assert_eq!(known(&begun), known(&names), "{count}");
    }
}

/// A supervisor that does not answer.
struct Silent;

impl Supervisor for Silent {
    fn ask(&mut self, _: &ipc_proto::registrar::Request) -> Option<ipc_proto::registrar::Answer> {
        None
    }
    fn entries(&mut self, _: u16) -> Option<ipc_proto::registrar::Entries> {
        None
    }
}

#[test]
fn without_an_answer_it_does_not_begin_and_forgets_nothing() {
    assert!(NameServer::begin(&mut Silent).is_err());
    let (mut world, mut names, _) = with_names(1);
    let rival = world.started("rival");
    let badge = world.badge(rival);
    let name = closed_system::name("x0");
    let version = ipc_proto::version::Version(1);
    let told = names.serve(&mut Silent, badge, names::Request::Reserve { name, version });
    assert!(matches!(told, names::Answer::Failed(_)), "{told:?}");
    assert_eq!(names.registry().entries().count(), 1);
}

#[test]
fn what_is_gone_is_forgotten_by_the_lookup_that_meets_it() {
    let (mut world, mut names, owners) = with_names(1);
    let client = world.started("client");
    let owner = *owners.first().unwrap();
    steps::publish(&mut world, owner);
    steps::leaves(&mut world, owner);
    world.ledger.died(owner.domain);
    steps::forget(&mut world, owner.domain);
    let told = world.lookup(&mut names, client, "x0", VersionRange::ANY, 0);
    assert_eq!(told, names::Answer::Failed(NameFailure::NotFound));
    assert_eq!(names.registry().entries().count(), 0);
}

#[test]
fn a_name_that_somebody_has_costs_one_question_however_many_there_are() {
    let (mut world, mut names, _) = with_names(MAX_SERVICES);
    let rival = world.started("rival");
    world.asked.clear();
    assert_eq!(world.reserve(&mut names, rival, "x0", 1), names::Answer::Failed(NameFailure::Taken));
    assert_eq!(world.asked.len(), 1, "{:?}", world.asked);
}

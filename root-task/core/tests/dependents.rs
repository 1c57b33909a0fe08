//! Who is told of a loss, and who is started again: by examples, and beside a plain search in any graph.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::{BTreeMap, BTreeSet};

use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::losses::{Losses, Now};
use ipc_proto::manifest::OnLoss;
use ipc_proto::name::Name;
use ipc_proto::slots::FIRST_CONNECTION;
use ipc_proto::version::Version;
use proptest::prelude::*;
use root_task_core::dependents::{Plan, plan};
use root_task_core::ledger::{Ledger, MAX_MODULES, Offer, PublishDecision};
use root_task_core::system::SystemManifest;

use OnLoss::{Ignore, Notify, Restart};

/// Modules that are live, each with one service, named by their numbers.
struct System {
    ledger: Ledger,
    services: Vec<ServiceRef>,
}

fn name(number: usize) -> Name {
    Name::new(&format!("m{number}")).unwrap()
}

impl System {
    fn new(strategies: &[OnLoss]) -> System {
        let mut system = System { ledger: Ledger::new(), services: Vec::new() };
        for (number, on_loss) in strategies.iter().enumerate() {
            let domain = system.ledger.admit(name(number), 40, false).unwrap();
            system.ledger.set_on_loss(domain, *on_loss);
            let service = system.start(number);
            system.services.push(service);
        }
        system
    }

    fn start(&mut self, number: usize) -> ServiceRef {
        let domain = DomainId(number as u16);
        let again = self.services.get(number).copied();
        let instance = Instance { domain, generation: self.ledger.start(domain).unwrap() };
        let offer = Offer { name: name(number), version: Version(1) };
        let service = self.ledger.enter(instance, offer, again).unwrap();
        assert!(matches!(self.ledger.publish(instance), PublishDecision::Live(_)));
        service
    }

    fn instance(&self, number: usize) -> Instance {
        let domain = DomainId(number as u16);
        Instance { domain, generation: self.ledger.module(domain).unwrap().generation }
    }

    /// `client` uses `server`.
    fn uses(&mut self, client: usize, server: usize) -> u64 {
        let client = self.instance(client);
        u64::from(self.ledger.connect(client, self.services[server]).unwrap().slot)
    }

    fn plan(&self, lost: usize) -> Plan {
        plan(&self.ledger, DomainId(lost as u16))
    }

    fn die(&mut self, number: usize) {
        self.ledger.died(DomainId(number as u16)).unwrap();
    }
}

fn told(numbers: &[u16]) -> Vec<DomainId> {
    numbers.iter().map(|number| DomainId(*number)).collect()
}

#[test]
fn each_strategy() {
    let mut system = System::new(&[Ignore, Ignore, Notify, Restart]);
    for client in 1..4 {
        system.uses(client, 0);
    }
    system.die(0);
    let plan = system.plan(0);
    assert_eq!((&plan.notified[..], &plan.restarted[..]), (&told(&[2])[..], &told(&[3])[..]));
    assert_eq!(system.plan(1), Plan::default(), "nobody uses it");
}

#[test]
fn a_chain_goes_on_over_those_who_are_restarted_the_nearest_first() {
    // 3 uses 2 uses 1 uses 0; 4 uses 2 and is told when 2 is ended; 5 uses 4, which is not ended.
    let mut system = System::new(&[Ignore, Restart, Restart, Restart, Notify, Restart]);
    for (client, server) in [(3, 2), (2, 1), (1, 0), (4, 2), (5, 4)] {
        system.uses(client, server);
    }
    system.die(0);
    let plan = system.plan(0);
    assert_eq!((&plan.notified[..], &plan.restarted[..]), (&[][..], &told(&[1, 2, 3])[..]));
    assert_eq!(&system.plan(2).notified[..], &told(&[4])[..]);
}

#[test]
fn a_cycle_ends_where_it_began() {
    let mut system = System::new(&[Restart; 3]);
    for (client, server) in [(0, 1), (1, 2), (2, 0), (1, 1)] {
        system.uses(client, server);
    }
    system.die(0);
    assert_eq!(&system.plan(0).restarted[..], &told(&[2, 1])[..]);
}

#[test]
fn the_dead_and_those_who_are_being_stopped_are_left_alone() {
    let mut system = System::new(&[Ignore, Restart, Restart, Notify, Notify]);
    for client in 1..5 {
        system.uses(client, 0);
    }
    system.die(1);
    assert!(system.ledger.stop(DomainId(2)));
    system.die(3);
    assert!(system.ledger.stop(DomainId(4)));
    system.die(0);
    let plan = system.plan(0);
    // Its stop can be taken back: then it has been told.
    assert_eq!((&plan.notified[..], &plan.restarted[..]), (&told(&[4])[..], &[][..]));
}

#[test]
fn what_was_lost_is_told_once_with_what_has_become_of_it() {
    let mut system = System::new(&[Ignore, Ignore, Ignore, Notify]);
    let client = system.instance(3);
    let slots: Vec<u64> = [1, 0, 2].into_iter().map(|server| system.uses(3, server)).collect();
    assert_eq!(slots, [FIRST_CONNECTION, FIRST_CONNECTION + 1, FIRST_CONNECTION + 2]);
    let lose = |system: &mut System, server: u16| system.ledger.note_loss(client.domain, DomainId(server));
    let asked = |system: &mut System| system.ledger.take_losses(client).iter().collect::<Vec<_>>();
    assert!(asked(&mut system).is_empty());
    for server in [0, 1, 2] {
        system.die(usize::from(server));
        lose(&mut system, server);
    }
    system.start(1);
    system.ledger.fail(DomainId(2));
    assert_eq!(asked(&mut system), [(slots[0], Now::Live), (slots[1], Now::Down), (slots[2], Now::Failed)]);
    assert!(asked(&mut system).is_empty(), "it has been told");
    lose(&mut system, 0);
    lose(&mut system, 0);
    system.ledger.remove(DomainId(0));
    assert_eq!(asked(&mut system), [(slots[1], Now::Gone)]);
    // An instance that is not there is told nothing, and the next one has lost nothing.
    lose(&mut system, 1);
    let stale = Instance { generation: Generation(9), ..client };
    assert_eq!(system.ledger.take_losses(stale), Losses::NONE);
    system.die(3);
    assert_eq!(system.ledger.take_losses(client), Losses::NONE);
    system.start(3);
    assert_eq!(system.ledger.take_losses(system.instance(3)), Losses::NONE);
}

#[test]
fn a_place_that_was_freed_depends_on_nobody() {
    let mut system = System::new(&[Ignore, Restart]);
    assert!(system.ledger.has_dependents());
    system.die(1);
    system.ledger.remove(DomainId(1));
    assert!(!system.ledger.has_dependents());
    let domain = system.ledger.admit(name(1), 40, false).unwrap();
    assert_eq!((domain, system.ledger.on_loss(domain)), (DomainId(1), Ignore));
    system.ledger.set_on_loss(domain, Notify);
    system.ledger.set_on_loss(domain, Ignore);
    assert!(!system.ledger.has_dependents());
}

#[test]
fn who_is_made_of_another_file_depends_on_others_as_that_has_it() {
    let mut system = System::new(&[Ignore, Ignore]);
    for (on_loss, notified, restarted) in
        [(Restart, vec![], vec![1]), (Notify, vec![1], vec![]), (Ignore, vec![], vec![])]
    {
        system.die(1);
        system.ledger.fit(DomainId(1), 40, false, on_loss);
        system.start(1);
        system.uses(1, 0);
        let plan = system.plan(0);
        assert_eq!((&plan.notified[..], &plan.restarted[..]), (&told(&notified)[..], &told(&restarted)[..]));
    }
}

#[test]
fn what_holds_the_system_together_is_restarted_only_where_the_grants_say_so() {
    let manifest = |grants: &str| {
        let text = format!(
            "name_server = \"m0\"\nconsole = \"m1\"\noperators = [\"m1\"]\npinned = [\"m2\"]\nboot = [\"m0\"]\n{grants}"
        );
        toml::from_str::<SystemManifest>(&text).unwrap()
    };
    let plain = manifest("");
    for (module, asked, gets) in [
        (0, Restart, Ignore),
        (1, Restart, Ignore),
        (2, Restart, Ignore),
        (3, Restart, Restart),
        (1, Notify, Notify),
        (3, Ignore, Ignore),
    ] {
        assert_eq!(plain.on_loss_of(&name(module), asked), gets, "{module} {asked}");
    }
    let grants =
        "grants = [{ module = \"m2\", on_loss = \"restart\" }, { module = \"m3\", on_loss = \"ignore\" }]";
    let granted = manifest(grants);
    assert_eq!(granted.on_loss_of(&name(2), Ignore), Restart);
    assert_eq!(granted.on_loss_of(&name(3), Restart), Ignore);
    let wrong =
        toml::from_str::<SystemManifest>("grants = [{ module = \"m2\", on_loss = \"panic\" }]").unwrap_err();
    assert!(wrong.to_string().contains("unknown variant `panic`"), "{wrong}");
}

/// How far each module is from the one that was lost, over those who are restarted.
fn distances(strategies: &[OnLoss], uses: &BTreeSet<(usize, usize)>, lost: usize) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::from([(lost, 0)]);
    for step in 1..=strategies.len() {
        let edge: Vec<usize> =
            found.iter().filter(|(_, at)| **at == step - 1).map(|(module, _)| *module).collect();
        for (client, server) in uses {
            if edge.contains(server) && strategies[*client] == Restart {
                found.entry(*client).or_insert(step);
            }
        }
    }
    found.remove(&lost);
    found
}

proptest! {
    #[test]
    fn any_graph(
        strategies in proptest::collection::vec(prop_oneof![Just(Ignore), Just(Notify), Just(Restart)], 1..=MAX_MODULES),
        edges in proptest::collection::btree_set((0..MAX_MODULES, 0..MAX_MODULES), 0..120),
        lost in 0..MAX_MODULES,
    ) {
        let count = strategies.len();
        let lost = lost % count;
        let uses: BTreeSet<_> = edges.into_iter().map(|(client, server)| (client % count, server % count)).collect();
        let mut system = System::new(&strategies);
        for (client, server) in &uses {
            system.uses(*client, *server);
        }
        system.die(lost);
        let Plan { notified, restarted } = system.plan(lost);
        let numbers = |ids: &[DomainId]| ids.iter().map(|id| usize::from(id.0)).collect::<Vec<_>>();
        let expected: Vec<usize> =
            (0..count).filter(|client| *client != lost && strategies[*client] == Notify && uses.contains(&(*client, lost))).collect();
        prop_assert_eq!(numbers(&notified), expected);
        // Each that depends on it, however far, once, and none before those that are nearer.
        let far = distances(&strategies, &uses, lost);
        let restarted = numbers(&restarted);
        let once: BTreeSet<usize> = restarted.iter().copied().collect();
        prop_assert_eq!(once.len(), restarted.len());
        prop_assert_eq!(once, far.keys().copied().collect::<BTreeSet<_>>());
        prop_assert!(restarted.is_sorted_by_key(|module| far[module]));
    }
}

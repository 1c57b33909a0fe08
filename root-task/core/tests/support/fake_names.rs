//! Stands in for the name server: its table, and what its program does with the table's decisions.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::{BTreeMap, BTreeSet};

use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::ServiceState;
use ipc_proto::registrar::Refusal;
use ipc_proto::version::{Offered, Version, VersionRange};
use name_server_core::{Decision, Entry, Registry};

use root_task_core::ledger::Offer;

use crate::fake_supervisor::Supervisor;

/// The table, and what a test remembers beside it.
#[derive(Default)]
pub struct Names {
    registry: Registry,
    /// How many lookups led to a service.
    pub found: u32,
    /// Under which name and version each service was reserved last.
    reserved: BTreeMap<ServiceRef, (Name, Version)>,
}

impl Names {
    /// The name server dies, and begins again with what the ledger knows: it finds whatever it had found before.
    pub fn dies(&mut self, supervisor: &Supervisor) {
        self.sweep(supervisor);
        let all = |registry: &Registry| -> BTreeMap<_, _> {
            registry.entries().map(|entry| ((entry.name, entry.version), *entry)).collect()
        };
        let before = all(&self.registry);
        self.registry = Registry::new();
        for (owner, service, Offer { name, version }) in supervisor.ledger.services_from(0) {
            self.registry.reserve(Entry { name, version, owner, service }).unwrap();
        }
        assert_eq!(before, all(&self.registry));
    }

    pub fn reserve(
        &mut self,
        supervisor: &mut Supervisor,
        owner: Instance,
        name: Name,
        version: Version,
    ) -> Option<ServiceRef> {
        let earlier = self.decide(supervisor, owner.domain, &name, version)?;
        let service = supervisor.enter(owner, Offer { name, version }, earlier).ok()?;
        let entry = Entry { name, version, owner: owner.domain, service };
        self.registry.reserve(entry).unwrap();
        self.reserved.insert(service, (name, version));
        Some(service)
    }

    /// The service of an earlier instance, if there is one; `None` where the name is not to be had.
    fn decide(
        &mut self,
        supervisor: &Supervisor,
        owner: DomainId,
        name: &Name,
        version: Version,
    ) -> Option<Option<ServiceRef>> {
        for last in [false, true] {
            match self.registry.decide(owner, name, version) {
                Decision::New => return Some(None),
                Decision::Again(entry) => return Some(Some(entry.service)),
                Decision::Conflict(_) | Decision::Full | Decision::TooManyForOwner if last => return None,
                Decision::Conflict(_) | Decision::Full | Decision::TooManyForOwner => self.sweep(supervisor),
            }
        }
        None
    }

    fn sweep(&mut self, supervisor: &Supervisor) {
        let gone = self.registry.entries().filter(|entry| !supervisor.ledger.exists(entry.service));
        let gone: Vec<_> = gone.map(|entry| entry.service).collect();
        for service in gone {
            assert!(self.registry.forget(service));
        }
        self.reserved.retain(|service, _| supervisor.ledger.exists(*service));
    }

    /// Looks a name up, and compares what comes of it with what the model knows of all services of that name.
    pub fn lookup(
        &mut self,
        supervisor: &mut Supervisor,
        client: Instance,
        name: &Name,
        versions: VersionRange,
    ) {
        let live = self.published(supervisor, name, |state, _| state == ServiceState::Live);
        let owners: BTreeSet<_> = live.values().map(|at| supervisor.model.services[at].owner).collect();
        assert!(owners.len() < 2, "two modules are live as {name}: {live:?}");
        let best = live.iter().rev().find(|(version, _)| versions.contains(**version));
        let best = best.map(|(version, at)| (*at, *version));
        let mut spoken = Some(versions);
        while let Some(range) = spoken {
            let Ok(entry) = self.registry.lookup(name, range) else { break };
            match supervisor.connect(client, entry.service) {
                Ok(connection) => {
                    self.found += 1;
                    assert_eq!(best, Some((entry.service, entry.version)), "{name} leads to the newest");
                    return assert_eq!(connection.server, entry.owner);
                }
                Err(Refusal::Gone) => assert!(self.registry.forget(entry.service)),
                Err(Refusal::NotPublished) => {}
                Err(Refusal::NotLive | Refusal::Failed) => return assert_eq!(best, None, "{name} is hidden"),
                Err(refusal) => return assert_ne!(refusal, Refusal::AlreadyPublished),
            }
            spoken = range.before(entry.version);
        }
        assert_eq!(best, None, "nobody finds {name}");
        let state = |at| Ok::<_, ()>(supervisor.ledger.state_for_clients(at));
        let offered = self.registry.offered(name, versions, state).unwrap();
        let hidden = [ServiceState::Stopping, ServiceState::Reserved];
        let seen = self.published(supervisor, name, |state, was| was || !hidden.contains(&state));
        let stopping = self.published(supervisor, name, |state, _| state == ServiceState::Stopping);
        let expected =
            seen.keys().filter(|version| !versions.contains(**version) && !stopping.contains_key(version));
        let listed = offered.into_iter().flat_map(Offered::versions);
        assert!(listed.eq(expected.copied()), "{name} is listed as {offered:?}, not {seen:?}");
    }

    /// The services of a name of whose state, and whether they were ever published, this holds, by their versions.
    fn published(
        &self,
        supervisor: &Supervisor,
        name: &Name,
        is: impl Fn(ServiceState, bool) -> bool,
    ) -> BTreeMap<Version, ServiceRef> {
        let mut found = BTreeMap::new();
        for (at, (of, version)) in &self.reserved {
            if of == name
                && let Some(service) = supervisor.model.services.get(at)
                && is(service.state, service.published)
            {
                assert_eq!(found.insert(*version, *at), None, "two services of {name} {version}");
            }
        }
        found
    }

    /// What holds of the table at every moment.
    pub fn check(&self, supervisor: &Supervisor) {
        let mut seen = BTreeSet::new();
        for entry in self.registry.entries() {
            assert!(seen.insert((entry.name, entry.version)), "{} {} twice", entry.name, entry.version);
            if let Some(service) = supervisor.model.services.get(&entry.service) {
                assert_eq!(service.owner, entry.owner, "{}", entry.name);
                assert_eq!(self.reserved[&entry.service], (entry.name, entry.version));
            }
        }
    }
}

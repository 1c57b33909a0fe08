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
use ipc_proto::version::{Version, VersionRange};
use name_server_core::{Decision, Entry, LookupError, Registry};

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
        let before: BTreeMap<_, _> = self.registry.entries().map(|entry| (entry.name, *entry)).collect();
        self.registry = Registry::new();
        for (owner, service, Offer { name, version }) in supervisor.ledger.services_from(0) {
            self.registry.reserve(Entry { name, version, owner, service }).unwrap();
        }
        let after: BTreeMap<_, _> = self.registry.entries().map(|entry| (entry.name, *entry)).collect();
        assert_eq!(before, after);
    }

    pub fn reserve(
        &mut self,
        supervisor: &mut Supervisor,
        owner: Instance,
        name: Name,
        version: Version,
    ) -> Option<ServiceRef> {
        let earlier = self.decide(supervisor, owner.domain, &name)?;
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
    ) -> Option<Option<ServiceRef>> {
        for last in [false, true] {
            match self.registry.decide(owner, name) {
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
        let of_name = |(_, (of, _)): &(&ServiceRef, &(Name, Version))| of == name;
        let state = |at: &ServiceRef| supervisor.model.services.get(at).map(|service| service.state);
        let of_name = self.reserved.iter().filter(of_name);
        let live: Vec<_> = of_name.filter(|(at, _)| state(at) == Some(ServiceState::Live)).collect();
        assert!(live.len() < 2, "two services are live as {name}: {live:?}");
        let live = live.first().map(|(at, (_, version))| (**at, *version));
        let entry = match self.registry.lookup(name, versions) {
            Ok(entry) => entry,
            Err(LookupError::NoSuchName) => return assert_eq!(live, None, "nobody finds {name}"),
            Err(LookupError::Version(entry)) => {
                return assert!(
                    live.is_none_or(|(_, version)| version == entry.version && !versions.contains(version))
                );
            }
        };
        match supervisor.connect(client, entry.service) {
            Ok(connection) => {
                self.found += 1;
                assert_eq!(
                    live,
                    Some((entry.service, entry.version)),
                    "{name} leads to what is live as {name}"
                );
                assert_eq!((connection.server, true), (entry.owner, versions.contains(entry.version)));
            }
            Err(Refusal::Gone) => {
                assert_eq!(live, None, "{name} is forgotten");
                assert!(self.registry.forget(entry.service));
            }
            Err(Refusal::NotPublished | Refusal::NotLive | Refusal::Failed) => {
                assert_eq!(live, None, "{name} is hidden")
            }
            Err(refusal) => assert_ne!(refusal, Refusal::AlreadyPublished),
        }
    }

    /// What holds of the table at every moment.
    pub fn check(&self, supervisor: &Supervisor) {
        let mut seen = BTreeSet::new();
        for entry in self.registry.entries() {
            assert!(seen.insert(entry.name), "{} twice", entry.name);
            if let Some(service) = supervisor.model.services.get(&entry.service) {
                assert_eq!(service.owner, entry.owner, "{}", entry.name);
                assert_eq!(self.reserved[&entry.service], (entry.name, entry.version));
            }
        }
    }
}

//! The service table: reservations that become visible at publish, and what the registrar asks about them.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::{ServiceInfo, ServiceState, State};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::{Version, VersionRange};

use super::{Ledger, MAX_SERVICES_KEPT};

/// An entry of the service table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Service {
    /// Which use of the entry this is; 0 before the first.
    pub(super) epoch: u32,
    /// `None` while the entry is free.
    pub(super) used: Option<Used>,
}

/// A service that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Used {
    pub(super) owner: DomainId,
    /// Under which name, and in which version, the name server has it; `None` for a private endpoint, which is found by
    /// nobody.
    pub(super) offer: Option<Offer>,
    pub(super) state: ServiceState,
    /// Whether an earlier instance had published it, so that clients may hold capabilities to it.
    pub(super) inherited: bool,
    pub(super) clients: u16,
    /// The hash of its interface, where its instance has said of which it is.
    pub(super) interface: Option<u64>,
    /// The same of the last instance that has published it.
    pub(super) published: Option<u64>,
    /// That of the interface as which its present clients were connected to it, where an instance has said so since the first
    /// of them was.
    pub(super) known: Option<u64>,
}

/// The name and version of a service. Who may have which is the name server's to decide; the ledger keeps them so that
/// it is known who waits for whom, and so that they outlive the name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// The name.
    pub name: Name,
    /// The version of its interface.
    pub version: Version,
}

impl Service {
    pub(super) const FREE: Service = Service { epoch: 0, used: None };

    pub(super) fn is_owned_by(&self, domain: DomainId) -> bool {
        self.used.is_some_and(|used| used.owner == domain)
    }

    pub(super) fn free(&mut self) {
        self.used = None;
    }
}

impl Ledger {
    pub(super) fn used(&self, at: ServiceRef) -> Option<&Used> {
        let service = self.services.get(usize::from(at.index))?;
        service.used.as_ref().filter(|_| service.epoch == at.epoch)
    }

    /// Whose service it is.
    pub(super) fn owner_of(&self, at: ServiceRef) -> Option<DomainId> {
        Some(self.used(at)?.owner)
    }

    pub(super) fn used_mut(&mut self, at: ServiceRef) -> Option<&mut Used> {
        let service = self.services.get_mut(usize::from(at.index))?;
        service.used.as_mut().filter(|_| service.epoch == at.epoch)
    }

    /// Enters a reservation of `owner`, under the name and version of `offer`; it stays invisible until [`Ledger::publish`].
    ///
    /// With `again`, the entry of the same module's earlier instance is taken up; where that is not possible
    /// (gone, another module's, or under another name or version, which its clients have not asked for), a new entry is
    /// made.
    ///
    /// # Errors
    /// [`Refusal`]: the owner is not a starting instance, or a bound is reached. Nothing has changed.
    pub fn enter(
        &mut self,
        owner: Instance,
        offer: Offer,
        again: Option<ServiceRef>,
    ) -> Result<ServiceRef, Refusal> {
        if !self.is_running(owner) {
            return Err(Refusal::NoSuchDomain);
        }
        if self.module(owner.domain).is_none_or(|module| module.state() != State::Starting) {
            return Err(Refusal::AlreadyPublished);
        }
        // Those of its earlier instance that it does not take up are gone when it publishes.
        let own = |used: &Used| used.owner == owner.domain && used.offer.is_some();
        let reserved = |used: &Used| own(used) && used.state == ServiceState::Reserved;
        let count = self
            .services
            .iter()
            .filter_map(|service| service.used.as_ref())
            .filter(|used| reserved(used))
            .count();
        let most = self.module(owner.domain).map_or(0, |module| module.max_names);
        let has_room = count < usize::from(most);
        if let Some(at) = again
            && let Some(used) = self.used_mut(at)
            && used.owner == owner.domain
            && used.offer == Some(offer)
        {
            if !has_room && used.state != ServiceState::Reserved {
                return Err(Refusal::TooManyForOwner);
            }
            used.state = ServiceState::Reserved;
            used.interface = None;
            return Ok(at);
        }
        if !has_room {
            return Err(Refusal::TooManyForOwner);
        }
        self.make_service(owner.domain, Some(offer)).ok_or(Refusal::TooManyServices)
    }

    /// A free entry of the table is used now; `None` where there is none.
    pub(super) fn make_service(&mut self, owner: DomainId, offer: Option<Offer>) -> Option<ServiceRef> {
        let (index, service) = (0u16..)
            .zip(self.services.iter_mut())
            .find(|(_, service)| service.used.is_none() && service.epoch < u32::MAX)?;
        service.epoch = service.epoch.saturating_add(1);
        service.used = Some(Used {
            owner,
            offer,
            state: ServiceState::Reserved,
            inherited: false,
            clients: 0,
            interface: None,
            published: None,
            known: None,
        });
        Some(ServiceRef { index, epoch: service.epoch })
    }

    /// Whether the entry still exists, in whatever state.
    pub fn exists(&self, at: ServiceRef) -> bool {
        self.used(at).is_some()
    }

    /// The live service of that name that speaks the newest of these versions.
    pub fn find_live(&self, name: &Name, versions: VersionRange) -> Option<(ServiceRef, Version)> {
        let live = (0u16..).zip(&self.services).filter_map(|(index, service)| {
            let Used { offer: Some(offer), state: ServiceState::Live, .. } = service.used.as_ref()? else {
                return None;
            };
            let fits = offer.name == *name && versions.contains(offer.version);
            fits.then_some((ServiceRef { index, epoch: service.epoch }, offer.version))
        });
        live.max_by_key(|(_, version)| *version)
    }

    /// Under which name and in which version a service is there.
    pub fn offer_of(&self, at: ServiceRef) -> Option<Offer> {
        self.used(at)?.offer
    }

    /// What its clients see of a service: one that a new instance has reserved again is down until that publishes.
    pub fn state_for_clients(&self, at: ServiceRef) -> Option<ServiceState> {
        let used = self.used(at)?;
        let down = used.inherited && used.state == ServiceState::Reserved;
        Some(if down { ServiceState::Down } else { used.state })
    }

    /// What a module offers that is live.
    pub fn live_offers_of(&self, domain: DomainId) -> impl Iterator<Item = Offer> {
        let live = move |used: &&Used| used.owner == domain && used.state == ServiceState::Live;
        self.services
            .iter()
            .filter_map(|service| service.used.as_ref())
            .filter(live)
            .filter_map(|used| used.offer)
    }

    /// The modules that have a service of that name, in whatever state.
    pub fn holders_of(&self, name: &Name) -> impl Iterator<Item = DomainId> {
        let used = self.services.iter().filter_map(|service| service.used.as_ref());
        used.filter(move |used| used.offer.is_some_and(|offer| offer.name == *name)).map(|used| used.owner)
    }

    /// All services that have a name, in whatever state, from this entry of the table on.
    pub fn services_from(&self, from: u16) -> impl Iterator<Item = (DomainId, ServiceRef, Offer)> {
        let entries = (0u16..).zip(&self.services).skip(usize::from(from));
        entries.filter_map(|(index, service)| {
            let used = service.used.as_ref()?;
            Some((used.owner, ServiceRef { index, epoch: service.epoch }, used.offer?))
        })
    }

    /// All services of a module that have a name, in whatever state.
    pub fn services_of(&self, domain: DomainId) -> Vec<ServiceRef, MAX_SERVICES_KEPT> {
        self.services_from(0).filter(|(owner, ..)| *owner == domain).map(|(_, at, _)| at).collect()
    }

    /// What the operator sees of a service.
    pub fn service_info(&self, at: ServiceRef) -> Option<ServiceInfo> {
        let used = self.used(at)?;
        Some(ServiceInfo { owner: self.module(used.owner)?.name, state: used.state, clients: used.clients })
    }
}

//! The ledger: which modules there are, which instance of each runs, what it offers, and who is connected to whom.
//!
//! It is the one place that knows whether a service is visible. Everything in it is a plain table, every change is
//! one method, and no method calls the kernel: the root task executes what the ledger decides.
//!
//! **Invariant (all or nothing):** a service is handed out only while its state is `Live`, and
//! [`Ledger::publish`] turns all reservations of an instance `Live` in one call. One exception: what a module has opened in
//! its init, without a name, to the one peer that it has named ([`Ledger::open`]).

mod connections;
mod departures;
mod domains;
mod fingerprint;
mod interfaces;
#[cfg(test)]
mod interfaces_tests;
mod life;
mod losses;
mod passing;
mod places;
mod private;
#[cfg(test)]
mod private_tests;
#[cfg(test)]
mod reach_tests;
mod services;
mod states;
#[cfg(test)]
pub(crate) mod tests;

use core::fmt;

use ipc_proto::badge::{self, Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::manifest::OnLoss;
use ipc_proto::name::Name;
use ipc_proto::operator::State;
use ipc_proto::passing::Token;
use ipc_proto::slots::MAX_CONNECTIONS;
use ipc_proto::version::MAX_VERSIONS;

pub use connections::Connection;
pub use departures::Departures;
use domains::Domains;
pub use interfaces::DeclareError;
pub use life::{Death, PublishDecision};
use passing::PutUp;
use places::Emptied;
use private::Private;
pub use services::Offer;
use services::Service;
use states::{Life, Step};

/// How many modules can be loaded at a time: as many as a badge can tell apart.
pub const MAX_MODULES: usize = badge::MAX_DOMAINS as usize;
/// How many services all modules together can have: as many as a badge can tell apart.
pub const MAX_SERVICES: usize = badge::MAX_SERVICES as usize;
/// How many services one module can have.
pub const MAX_SERVICES_PER_MODULE: u16 = MAX_VERSIONS as u16;
/// The same with those of its earlier instance, which are kept until it publishes.
pub const MAX_SERVICES_KEPT: usize = 2 * MAX_SERVICES_PER_MODULE as usize;

/// What the ledger knows of a loaded module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Module {
    /// Its name, unique among the loaded modules.
    pub name: Name,
    life: Life,
    /// The generation of its newest instance.
    pub generation: Generation,
    /// How often it was started again since it was loaded.
    pub restarts: u32,
    /// Whether any of its instances was ever live: a module that never was is not restarted.
    pub was_live: bool,
    /// Whether its publish waits for the operator.
    pub hold: bool,
    connections: [Option<ServiceRef>; MAX_CONNECTIONS as usize],
    emptied: Emptied,
    /// How many of `connections` it may use.
    max_connections: u8,
    /// How many services it may have.
    max_names: u16,
    /// How many modules may be connected to them.
    max_clients: u16,
    /// How many connections each module has to its services.
    clients: [u8; MAX_MODULES],
    /// `None` where it does not want to know.
    departures: Option<Departures>,
    /// What it has opened during its init.
    private: Option<Private>,
    /// The connections that it has put up for others, which are to be taken.
    put_up: PutUp,
    /// The token of what it puts up next.
    next_token: Token,
    /// How often it has taken each of its connections from others and has not given it back.
    taken: [u8; MAX_CONNECTIONS as usize],
    /// Those of its connections that it has looked up itself, whatever it has taken, a bit for each.
    looked_up: u64,
    /// What is to become of it where a server is lost.
    on_loss: OnLoss,
    /// The connections whose servers were lost since it last asked, a bit for each.
    lost: u64,
}

impl Module {
    /// Where it is in its life.
    pub const fn state(&self) -> State {
        self.life.state()
    }
}

/// The ledger. See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger {
    modules: [Option<Module>; MAX_MODULES],
    /// Outlive the modules, so that no (domain, generation) pair is ever used twice.
    generations: [Generation; MAX_MODULES],
    services: [Service; MAX_SERVICES],
    /// The modules to which something is to be done where a server is lost.
    dependents: Domains,
    /// The modules that want to know when a client has died.
    watchers: Domains,
}

/// Why a module cannot be admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmitError {
    /// A module of that name is loaded. Unload it first.
    AlreadyLoaded,
    /// [`MAX_MODULES`] are loaded. Unload one first.
    TableFull,
}

impl fmt::Display for AdmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AdmitError::AlreadyLoaded => f.write_str("it is loaded already: unload it first"),
            AdmitError::TableFull => {
                write!(f, "{MAX_MODULES} modules are loaded, which is the most: unload one first")
            }
        }
    }
}

impl core::error::Error for AdmitError {}

impl Default for Ledger {
    fn default() -> Self {
        Ledger::new()
    }
}

impl Ledger {
    /// An empty ledger.
    pub const fn new() -> Ledger {
        Ledger {
            modules: [const { None }; MAX_MODULES],
            generations: [Generation::NONE; MAX_MODULES],
            services: [const { Service::FREE }; MAX_SERVICES],
            dependents: Domains::NONE,
            watchers: Domains::NONE,
        }
    }

    /// Gives a module a place in the table. It has no instance yet: [`Ledger::start`] makes one. It can hold
    /// `max_connections` to services, or [`MAX_CONNECTIONS`] where that is less; with `hold`, its publish waits.
    ///
    /// # Errors
    /// [`AdmitError`]; nothing has changed.
    pub fn admit(&mut self, name: Name, max_connections: u8, hold: bool) -> Result<DomainId, AdmitError> {
        if self.find(&name).is_some() {
            return Err(AdmitError::AlreadyLoaded);
        }
        let (index, place) =
            (0u16..).zip(self.modules.iter_mut()).find(|(_, m)| m.is_none()).ok_or(AdmitError::TableFull)?;
        *place = Some(Module {
            name,
            life: Life::NEW,
            generation: Generation::NONE,
            restarts: 0,
            was_live: false,
            hold,
            connections: [None; MAX_CONNECTIONS as usize],
            emptied: Emptied::NONE,
            max_connections,
            max_names: MAX_SERVICES_PER_MODULE,
            max_clients: badge::MAX_DOMAINS,
            clients: [0; MAX_MODULES],
            departures: None,
            private: None,
            put_up: PutUp::NOTHING,
            next_token: Token(1),
            taken: [0; MAX_CONNECTIONS as usize],
            looked_up: 0,
            on_loss: OnLoss::Ignore,
            lost: 0,
        });
        Ok(DomainId(index))
    }

    /// Lets a module have so many services, at most [`MAX_SERVICES_PER_MODULE`], and those so many clients.
    pub fn restrict(&mut self, domain: DomainId, names: u16, clients: u16) {
        if let Some(module) = self.module_mut(domain) {
            module.max_names = names.min(MAX_SERVICES_PER_MODULE);
            module.max_clients = clients;
        }
    }

    /// What the file asks for of which the next instance is made: it can hold so many connections, wants to be told of its
    /// clients' deaths or does not, and has it so where a server is lost. None runs, so that none is held.
    pub fn fit(&mut self, domain: DomainId, max_connections: u8, departures: bool, on_loss: OnLoss) {
        if let Some(module) = self.module_mut(domain).filter(|module| !module.life.is_running()) {
            module.max_connections = max_connections;
            self.watch_clients(domain, departures);
            self.set_on_loss(domain, on_loss);
        }
    }

    /// The module at `domain`, if one is loaded there.
    pub fn module(&self, domain: DomainId) -> Option<&Module> {
        self.modules.get(usize::from(domain.0))?.as_ref()
    }

    fn module_mut(&mut self, domain: DomainId) -> Option<&mut Module> {
        self.modules.get_mut(usize::from(domain.0))?.as_mut()
    }

    /// The loaded module of that name.
    pub fn find(&self, name: &Name) -> Option<DomainId> {
        self.iter().find(|(_, module)| module.name == *name).map(|(domain, _)| domain)
    }

    /// All loaded modules, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (DomainId, &Module)> {
        (0u16..).zip(&self.modules).filter_map(|(index, m)| Some((DomainId(index), m.as_ref()?)))
    }

    /// Whether `instance` is the running instance of its domain. Whatever carries a dead instance's badge is
    /// thereby known to be stale.
    pub fn is_running(&self, instance: Instance) -> bool {
        self.module(instance.domain)
            .is_some_and(|module| module.generation == instance.generation && module.life.is_running())
    }

    /// The newest instance of a module, whether it runs or not.
    pub fn newest(&self, domain: DomainId) -> Option<Instance> {
        Some(Instance { domain, generation: self.module(domain)?.generation })
    }

    /// Whether an instance of that module runs. One that is dead and not reaped yet has an address space, and no use for it.
    pub fn runs(&self, domain: DomainId) -> bool {
        self.newest(domain).is_some_and(|newest| self.is_running(newest))
    }

    /// The running client whose call had this badge; `None` where it is no client's, or is stale.
    pub fn client_of(&self, badge: u64) -> Option<Instance> {
        match Badge::from_word(badge) {
            Some(Badge { kind: Kind::Client, holder, .. }) => self.resolve(holder),
            _ => None,
        }
    }

    /// The running instance that a badge's holder names; `None` where the badge is stale.
    pub fn resolve(&self, holder: Holder) -> Option<Instance> {
        let instance = self.newest(holder.domain)?;
        let is_its = GenerationTag::of(instance.generation) == holder.tag;
        (is_its && self.is_running(instance)).then_some(instance)
    }

    /// Frees the module's place: its services, their clients' connections and its own connections are gone.
    /// The root task has killed its instance and revoked its endpoint.
    pub fn remove(&mut self, domain: DomainId) {
        self.close(domain);
        self.drop_connections_of(domain);
        self.dependents.remove(domain);
        self.watchers.remove(domain);
        self.drop_connections_to(domain);
        for service in self.services.iter_mut().filter(|service| service.is_owned_by(domain)) {
            service.free();
        }
        if let Some(place) = self.modules.get_mut(usize::from(domain.0)) {
            *place = None;
        }
    }
}

//! One request from its message to its answer: what is looked up in the table, and what is asked of the supervisor in
//! between.
//!
//! Everything that the name server knows between two requests is its table. It can die at each of its questions; its
//! successor begins with what the ledger knows ([`NameServer::begin`]).

use heapless::Vec;
use ipc_proto::badge::{Badge, asker};
use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::names::{self, Answer, NameFailure, Request};
use ipc_proto::registrar::{self, Entries, Refusal, Right};
use ipc_proto::version::{Version, VersionRange};

use crate::supervisor::{self, Supervisor};
use crate::{Decision, Entry, MAX_NAMES, Registry};

/// How often a lookup that waits tries a service which comes and goes while it is looked at.
const TRIES: usize = 4;

/// Whether the caller's badge says that of it.
fn asks_as(badge: u64, what: u16) -> bool {
    Badge::from_word(badge).is_some_and(|badge| badge.service & what != 0)
}

/// What a client is told that may not look a name up: for it the name does not exist.
fn hidden(failure: NameFailure) -> NameFailure {
    match failure {
        NameFailure::Supervisor(Refusal::NotGranted) => NameFailure::NotFound,
        other => other,
    }
}

/// What a client looks up.
#[derive(Clone, Copy)]
struct Wanted {
    name: Name,
    versions: VersionRange,
    /// The hash of the interface that it has to be.
    interface: Option<u64>,
}

/// The name server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameServer {
    registry: Registry,
}

impl NameServer {
    /// Begins with what the ledger knows: an earlier instance had it entered there before it said so to anybody. What
    /// belongs to the dead is not in it.
    ///
    /// # Errors
    /// [`NameFailure`] where the supervisor does not answer.
    pub fn begin(to: &mut impl Supervisor) -> Result<NameServer, NameFailure> {
        let mut registry = Registry::new();
        let mut from = Some(0);
        while let Some(first) = from {
            let Entries { page, next } = to.entries(first).ok_or_else(supervisor::unexpected)?;
            for registrar::Entry { owner, service, name, version } in page {
                // The table is as long as the ledger's, and the ledger was told of each name once.
                let _ = registry.reserve(Entry { name, version, owner, service });
            }
            from = next;
        }
        Ok(NameServer { registry })
    }

    /// What it knows.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Serves one request, of whom `badge` names.
    pub fn serve(&mut self, to: &mut impl Supervisor, badge: u64, request: Request) -> Answer {
        let outcome = match request {
            Request::Reserve { name, version } => self.reserve(to, badge, name, version),
            Request::Lookup { name, versions, wait, interface } => {
                self.lookup_or_wait(to, badge, Wanted { name, versions, interface }, wait)
            }
            Request::List { .. } if !asks_as(badge, asker::OPERATOR) => Err(NameFailure::NotOperator),
            Request::List { from } => Ok(Answer::Page(
                self.registry
                    .page::<{ names::PAGE }>(from)
                    .iter()
                    .map(|entry| names::Entry {
                        name: entry.name,
                        version: entry.version,
                        service: entry.service,
                    })
                    .collect(),
            )),
        };
        outcome.unwrap_or_else(Answer::Failed)
    }

    /// Drops every entry whose service is gone, or that of one service; gives whether there was one.
    fn sweep(&mut self, to: &mut impl Supervisor, only: Option<ServiceRef>) -> bool {
        let entries = self.registry.entries().map(|entry| entry.service);
        let services: Vec<_, MAX_NAMES> =
            entries.filter(|service| only.is_none_or(|only| only == *service)).collect();
        let mut found = false;
        for service in services {
            if matches!(supervisor::state(to, service), Ok(None)) {
                found |= self.registry.forget(service);
            }
        }
        found
    }

    /// The supervisor's entry of an earlier instance to take up, if any; or why the name is not to be had.
    fn decide(
        &mut self,
        to: &mut impl Supervisor,
        owner: DomainId,
        name: &Name,
        version: Version,
    ) -> Result<Option<Entry>, NameFailure> {
        // A second look, after what is stale was dropped, is enough: nothing else changes the table meanwhile.
        for last in [false, true] {
            let (failure, in_the_way) = match self.registry.decide(owner, name, version) {
                Decision::New => return Ok(None),
                Decision::Again(entry) => return Ok(Some(entry)),
                Decision::Conflict(entry) => (NameFailure::Taken, Some(entry.service)),
                Decision::Full => (NameFailure::Full, None),
                Decision::TooManyForOwner => (NameFailure::TooManyForOwner, None),
            };
            if last || !self.sweep(to, in_the_way) {
                return Err(failure);
            }
        }
        Err(NameFailure::Full)
    }

    fn reserve(
        &mut self,
        to: &mut impl Supervisor,
        badge: u64,
        name: Name,
        version: Version,
    ) -> Result<Answer, NameFailure> {
        let owner = Badge::from_word(badge).ok_or(NameFailure::BadCaller)?.holder.domain;
        // Before the table is looked at: who may not have the name is not told whether somebody has it.
        if asks_as(badge, asker::BOUND) {
            supervisor::may(to, badge, Right::Register, name)?;
        }
        let earlier = self.decide(to, owner, &name, version)?;
        let service = supervisor::enter(to, badge, earlier.map(|entry| entry.service), name, version)?;
        // There is room: that was decided, and nothing else has changed the table since.
        self.registry
            .reserve(Entry { name, version, owner, service })
            .map_or(Err(NameFailure::Full), |()| Ok(Answer::Reserved(service)))
    }

    /// Connects the client to the newest version that it speaks and that is there. Each that is not is followed by an
    /// older one, so it ends.
    fn lookup(
        &mut self,
        to: &mut impl Supervisor,
        badge: u64,
        wanted: Wanted,
    ) -> Result<Answer, NameFailure> {
        let Wanted { name, versions, interface } = wanted;
        // Before the table is looked at: what may not be looked up costs as much whether it exists or not.
        if asks_as(badge, asker::BOUND) {
            supervisor::may(to, badge, Right::LookUp, name).map_err(hidden)?;
        }
        let mut spoken = Some(versions);
        while let Some(versions) = spoken {
            let Ok(best) = self.registry.lookup(&name, versions) else { break };
            match self.connect(to, badge, interface, (best.service, best.version)) {
                Err(NameFailure::NotFound) => spoken = versions.before(best.version),
                found => return found,
            }
        }
        // A name that was never published must look as if it did not exist, in any version.
        let offered = self.registry.offered(&name, versions, |service| supervisor::state(to, service))?;
        Err(offered.map_or(NameFailure::NotFound, |offered| NameFailure::Version { offered }))
    }

    fn connect(
        &mut self,
        to: &mut impl Supervisor,
        badge: u64,
        interface: Option<u64>,
        (service, version): (ServiceRef, Version),
    ) -> Result<Answer, NameFailure> {
        match supervisor::connect(to, badge, service, interface).map_err(hidden) {
            Ok((slot, generation)) => Ok(Answer::Found { slot, generation, version }),
            Err(NameFailure::Supervisor(Refusal::NotPublished)) => Err(NameFailure::NotFound),
            Err(NameFailure::Supervisor(Refusal::Gone)) => {
                self.registry.forget(service);
                Err(NameFailure::NotFound)
            }
            Err(failure) => Err(failure),
        }
    }

    /// A lookup that waits where it finds nothing: the supervisor keeps the wait, so that it outlives this instance.
    fn lookup_or_wait(
        &mut self,
        to: &mut impl Supervisor,
        badge: u64,
        wanted: Wanted,
        micros: u64,
    ) -> Result<Answer, NameFailure> {
        let mut found = self.lookup(to, badge, wanted);
        for _ in 0..TRIES {
            match found {
                Err(failure) if micros > 0 && failure.is_absence() => {}
                found => return found,
            }
            match supervisor::wait(to, badge, wanted.name, wanted.versions, micros)? {
                None => return Ok(Answer::Wait),
                // The ledger knows of one all the same. It can be gone again before the client is connected.
                Some(there) => found = self.connect(to, badge, wanted.interface, there),
            }
        }
        found
    }
}

//! The name server: who may have which name, and which service a name leads to.
//!
//! It decides about names only. Whether a service exists and is visible is the supervisor's word, asked for at every
//! lookup; the capability itself goes from the supervisor to the client and never passes through here.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod registrar;

use heapless::Vec;
use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::names::{self, Answer, NameFailure};
use ipc_proto::operator::ServiceState;
use ipc_proto::registrar::{Entries, Refusal};
use ipc_proto::version::{Version, VersionRange};
use module_rt::{Client, Init, InitError, Manifest, Request, Restart, Server, answer};
use name_server_core::{Decision, Entry, LookupError, MAX_NAMES, Registry};

module_rt::module! {
    manifest: Manifest {
        restart: Restart::Always as u8,
        stack_bytes: 8 * 4096,
        connections: 0,
        ..Manifest::new("name-server")
    },
    init: init,
}

/// How often a lookup that waits tries a service which comes and goes while it is looked at.
const TRIES: usize = 4;

struct NameServer {
    registry: Registry,
}

/// Begins with what the ledger knows: an earlier instance had it entered there before it said so to anybody. What belongs
/// to the dead is not in it.
fn init(_: &mut Init) -> Result<NameServer, InitError> {
    let mut registry = Registry::new();
    let mut from = Some(0);
    while let Some(first) = from {
        let Entries { page, next } = registrar::entries(first)
            .map_err(|failure| InitError::new(3, format_args!("the ledger's entries: {failure}")))?;
        for registrar::Entry { owner, service, name, version } in page {
            // The table is as long as the ledger's, and the ledger was told of each name once.
            let _ = registry.reserve(Entry { name, version, owner, service });
        }
        from = next;
    }
    Ok(NameServer { registry })
}

impl NameServer {
    /// Drops every entry whose service is gone; gives whether there was one.
    fn sweep(&mut self) -> bool {
        let services: Vec<_, MAX_NAMES> = self.registry.entries().map(|entry| entry.service).collect();
        let mut found = false;
        for service in services {
            if matches!(registrar::state(service), Ok(None)) {
                found |= self.registry.forget(service);
            }
        }
        found
    }

    /// The supervisor's entry of an earlier instance to take up, if any; or why the name is not to be had.
    fn decide(&mut self, owner: DomainId, name: &Name) -> Result<Option<Entry>, NameFailure> {
        // A second look, after what is stale was dropped, is enough: nothing else changes the table meanwhile.
        for last in [false, true] {
            let failure = match self.registry.decide(owner, name) {
                Decision::New => return Ok(None),
                Decision::Again(entry) => return Ok(Some(entry)),
                Decision::Conflict(_) => NameFailure::Taken,
                Decision::Full => NameFailure::Full,
                Decision::TooManyForOwner => NameFailure::TooManyForOwner,
            };
            if last || !self.sweep() {
                return Err(failure);
            }
        }
        Err(NameFailure::Full)
    }

    fn reserve(&mut self, client: Client, name: Name, version: Version) -> Result<Answer, NameFailure> {
        let owner = client.holder().ok_or(NameFailure::BadCaller)?.domain;
        let earlier = self.decide(owner, &name)?;
        let service = registrar::enter(client.badge(), earlier.map(|entry| entry.service), name, version)?;
        match self.registry.reserve(Entry { name, version, owner, service }) {
            Ok(()) => Ok(Answer::Reserved(service)),
            Err(_) => {
                registrar::withdraw(client.badge(), service)?;
                Err(NameFailure::Full)
            }
        }
    }

    fn lookup(&mut self, client: Client, name: &Name, versions: VersionRange) -> Result<Answer, NameFailure> {
        let entry = match self.registry.lookup(name, versions) {
            Ok(entry) => entry,
            Err(LookupError::NoSuchName) => return Err(NameFailure::NotFound),
            // A name that was never published must look as if it did not exist, in any version.
            Err(LookupError::Version(entry)) => {
                return match registrar::state(entry.service)? {
                    Some(ServiceState::Live | ServiceState::Down | ServiceState::Failed) => {
                        Err(NameFailure::Version { offered: entry.version })
                    }
                    Some(ServiceState::Reserved | ServiceState::Stopping) | None => {
                        Err(NameFailure::NotFound)
                    }
                };
            }
        };
        self.connect(client, entry.service, entry.version)
    }

    fn connect(
        &mut self,
        client: Client,
        service: ServiceRef,
        version: Version,
    ) -> Result<Answer, NameFailure> {
        match registrar::connect(client.badge(), service) {
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
        client: Client,
        name: Name,
        versions: VersionRange,
        micros: u64,
    ) -> Result<Answer, NameFailure> {
        let mut found = self.lookup(client, &name, versions);
        for _ in 0..TRIES {
            match found {
                Err(failure) if micros > 0 && failure.is_absence() => {}
                found => return found,
            }
            match registrar::wait(client.badge(), name, versions, micros)? {
                None => return Ok(Answer::Wait),
                // The ledger knows of one all the same. It can be gone again before the client is connected.
                Some((service, version)) => found = self.connect(client, service, version),
            }
        }
        found
    }
}

impl Server for NameServer {
    fn message(
        &mut self,
        client: Client,
        method: u16,
        request: Request,
    ) -> Result<module_rt::Answer, Status> {
        if method != names::LABEL {
            return Err(Status::UnknownMethod);
        }
        let outcome = match request.decode()? {
            names::Request::Reserve { name, version } => self.reserve(client, name, version),
            names::Request::Lookup { name, versions, wait } => {
                self.lookup_or_wait(client, name, versions, wait)
            }
            names::Request::List { from } => Ok(Answer::Page(
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
        answer(&outcome.unwrap_or_else(Answer::Failed))
    }
}

//! A supervisor without a kernel, in a closed system, and how the name server's program is asked beside it.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]
#![allow(dead_code, reason = "each of those who use it needs another part of it")]

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::names;
use ipc_proto::registrar::{Answer, Entries, Refusal, Request};
use ipc_proto::version::{Version, VersionRange};
use ipc_proto::waits::Answer as Ended;
use name_server_core::NameServer;
use root_task_core::alarms::Alarms;
use root_task_core::ledger::{Connection, Ledger};
use root_task_core::steps::{self, Effects, Tables};
use root_task_core::system::SystemManifest;
use root_task_core::waits::Waits;

const SYSTEM: &str = r#"
    name_server = "names"
    console = "shell"
    operators = ["shell"]
    boot = ["names"]
    waiters = 2
    default_provides = []
    default_uses = []
    rights = [
        { module = "keeper", provides = ["secret", "public"], uses = ["other"] },
        { module = "insider", uses = ["secret"] },
        { module = "outsider", provides = ["other"], uses = ["public", "absent"] },
        { module = "free", provides = "any", uses = "any" },
    ]
"#;

/// A system in which everybody may have every name.
pub const OPEN: &str = "name_server = \"n\"\nconsole = \"n\"\nboot = [\"n\"]\n";

/// A supervisor without a kernel.
pub struct World {
    pub ledger: Ledger,
    pub waits: Waits,
    pub alarms: Alarms,
    pub system: SystemManifest,
    /// What the name server has asked of it.
    pub asked: Vec<Request>,
    /// Whether there is room for a capability, and for somebody who waits.
    pub room: bool,
    /// Whose calls were answered, and from whom a capability was taken.
    pub answered: Vec<(DomainId, u8)>,
    pub taken: Vec<(DomainId, u8)>,
}

impl Effects for World {
    fn tables(&mut self) -> Tables<'_> {
        let World { ledger, waits, alarms, system, .. } = self;
        Tables { ledger, waits, alarms, system }
    }
    fn now(&self) -> u64 {
        0
    }
    fn set_timer(&mut self) {}
    fn is_awaiting(&self, _: DomainId) -> bool {
        false
    }
    fn keep_awaiting(&mut self, _: DomainId) -> bool {
        self.room
    }
    fn answer_awaiting(&mut self, _: DomainId, _: Option<&Ended>) {}
    fn mint(&mut self, _: DomainId, _: &Connection) -> Result<(), Refusal> {
        if self.room { Ok(()) } else { Err(Refusal::Kernel) }
    }
    fn reopen(&mut self, _: DomainId) {}
    fn answer_clients(&mut self, clients: &[(DomainId, u8)]) {
        self.answered.extend_from_slice(clients);
    }
    fn take_connection(&mut self, client: DomainId, slot: u8) {
        self.taken.push((client, slot));
    }
}

impl name_server_core::Supervisor for World {
    fn ask(&mut self, request: &Request) -> Option<Answer> {
        self.asked.push(*request);
        Some(steps::registrar(self, *request).unwrap_or_else(Answer::Refused))
    }
    fn entries(&mut self, from: u16) -> Option<Entries> {
        Some(steps::entries(&self.ledger, from))
    }
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

impl World {
    pub fn new() -> (World, NameServer) {
        World::of(SYSTEM)
    }

    /// One with this system's manifest.
    pub fn of(system: &str) -> (World, NameServer) {
        let world = World {
            ledger: Ledger::new(),
            waits: Waits::new(),
            alarms: Alarms::new(),
            system: toml::from_str(system).unwrap(),
            asked: Vec::new(),
            room: true,
            answered: Vec::new(),
            taken: Vec::new(),
        };
        (world, NameServer::default())
    }

    pub fn started(&mut self, text: &str) -> Instance {
        self.started_and_held(text, false)
    }

    /// `held`: between reserve and publish.
    pub fn started_and_held(&mut self, text: &str, held: bool) -> Instance {
        let domain = self.ledger.admit(name(text), 16, held).unwrap();
        Instance { domain, generation: self.ledger.start(domain).unwrap() }
    }

    /// The badge of its capability to the name server.
    pub fn badge(&self, who: Instance) -> u64 {
        let module = self.ledger.module(who.domain).unwrap().name;
        let holder = Holder { domain: who.domain, tag: GenerationTag::of(who.generation) };
        Badge { kind: Kind::Client, service: self.system.asks_as(&module), holder }.to_word()
    }

    pub fn reserve(
        &mut self,
        names: &mut NameServer,
        who: Instance,
        text: &str,
        version: u16,
    ) -> names::Answer {
        let badge = self.badge(who);
        names.serve(self, badge, names::Request::Reserve { name: name(text), version: Version(version) })
    }

    pub fn reserved(
        &mut self,
        names: &mut NameServer,
        who: Instance,
        text: &str,
        version: u16,
    ) -> ServiceRef {
        match self.reserve(names, who, text, version) {
            names::Answer::Reserved(service) => service,
            other => panic!("{text} {version}: {other:?}"),
        }
    }

    pub fn lookup(
        &mut self,
        names: &mut NameServer,
        who: Instance,
        text: &str,
        versions: VersionRange,
        wait: u64,
    ) -> names::Answer {
        let badge = self.badge(who);
        let request = names::Request::Lookup { name: name(text), versions, wait, interface: None };
        names.serve(self, badge, request)
    }
}

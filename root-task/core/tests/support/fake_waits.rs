//! Stands in for what the supervisor keeps of lookups that wait, runs the core's steps on it, and looks after each event
//! whether somebody waits in vain.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::{BTreeMap, BTreeSet};

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::State;
use ipc_proto::registrar::{Answer, Refusal, Request};
use ipc_proto::version::VersionRange;
use ipc_proto::waits::{Answer as Ended, Awaited};
use root_task_core::alarms::{Alarms, What};
use root_task_core::ledger::{Connection, Ledger, MAX_MODULES, Module};
use root_task_core::steps::{self, Effects, Tables};
use root_task_core::system::SystemManifest;
use root_task_core::waits::{Waits, provider};

/// What is kept.
pub struct Awaiting {
    waits: Waits,
    alarms: Alarms,
    system: SystemManifest,
    now: u64,
    /// Who stands on its question.
    stands: BTreeSet<DomainId>,
    /// Who was live after the last event.
    live: BTreeSet<Instance>,
    /// How many waits have ended by a publish, by their time and with a cycle.
    pub ended: [u32; 3],
}

/// The supervisor for one step.
struct Desk<'a> {
    ledger: &'a mut Ledger,
    own: &'a mut Awaiting,
}

impl Awaiting {
    pub fn new() -> Awaiting {
        let text = "name_server = \"n\"\nconsole = \"n\"\nboot = [\"n\"]\nwaiters = 5\n";
        Awaiting {
            waits: Waits::new(),
            alarms: Alarms::new(),
            system: toml::from_str(text).unwrap(),
            now: 0,
            stands: BTreeSet::new(),
            live: BTreeSet::new(),
            ended: [0; 3],
        }
    }

    /// The name server has found nothing for a client.
    pub fn wait(
        &mut self,
        ledger: &mut Ledger,
        who: Instance,
        name: Name,
        versions: VersionRange,
        micros: u64,
    ) {
        let holder = Holder { domain: who.domain, tag: GenerationTag::of(who.generation) };
        let client = Badge { kind: Kind::Client, service: 0, holder }.to_word();
        let live = ledger.find_live(&name, versions);
        let stood = self.stands.contains(&who.domain);
        let mut desk = Desk { ledger, own: self };
        match steps::registrar(&mut desk, Request::Wait { client, name, versions, micros }) {
            Ok(Answer::Published { service, version }) => assert_eq!(Some((service, version)), live),
            Ok(answer) => assert_eq!((answer, live, stood), (Answer::Done, None, false)),
            Err(Refusal::WaitsAlready) => assert!(stood),
            Err(refusal) => assert!(matches!(refusal, Refusal::NoSuchDomain | Refusal::TooManyWaiters)),
        }
    }

    /// A client asks how its wait has ended.
    pub fn ask(&mut self, ledger: &mut Ledger, who: Instance) {
        if ledger.is_running(who)
            && !self.stands.contains(&who.domain)
            && let Some(ended) = steps::ask(&mut Desk { ledger, own: self }, who)
        {
            self.count(&ended);
        }
    }

    /// Whether a module stands on its question: it does nothing else until that is answered.
    pub fn stands(&self, who: Instance) -> bool {
        self.stands.contains(&who.domain)
    }

    fn count(&mut self, ended: &Ended) {
        match ended {
            Ended::Awaited(Awaited::Published { .. }) => self.ended[0] += 1,
            Ended::Awaited(Awaited::TimedOut) => self.ended[1] += 1,
            Ended::Awaited(Awaited::Cycle(_)) => self.ended[2] += 1,
            Ended::None => {}
        }
    }

    /// What the supervisor does in the same turn: who has died waits no more, and a publish ends waits. Then time passes.
    pub fn after_event(&mut self, ledger: &mut Ledger, microseconds: u64) {
        let clients = self.waits.waiting().map(|wait| wait.client);
        let gone: Vec<_> = clients.filter(|who| !ledger.is_running(*who)).collect();
        for who in gone {
            steps::leaves(&mut Desk { ledger, own: self }, who);
        }
        let instance = |(domain, module): (DomainId, &Module)| {
            let live = module.state() == State::Live;
            live.then_some(Instance { domain, generation: module.generation })
        };
        let live: BTreeSet<_> = ledger.iter().filter_map(instance).collect();
        for new in live.difference(&self.live.clone()) {
            steps::has_published(&mut Desk { ledger, own: self }, new.domain);
        }
        self.live = live;
        self.now += microseconds * 1000;
        while self.alarms.due(self.now) == Some(What::Waits) {
            steps::look_at_waits(&mut Desk { ledger, own: self });
        }
        self.check(ledger);
    }

    fn check(&self, ledger: &Ledger) {
        let mut ways = BTreeMap::new();
        for wait in self.waits.waiting() {
            assert!(ledger.is_running(wait.client), "{:?} is dead and waits", wait.client);
            assert_eq!(ledger.find_live(&wait.name, wait.versions), None, "{} is there", wait.name);
            assert!(wait.until > self.now, "the time of {:?} is over", wait.client);
            // Who has not asked may never do.
            let stands = self.stands.contains(&wait.client.domain);
            if let Some(by) = provider(ledger, &self.system, &wait.name).filter(|_| stands) {
                ways.insert(wait.client.domain, by);
            }
        }
        for start in ways.keys() {
            let on_the_way = std::iter::successors(ways.get(start), |at| ways.get(at)).take(MAX_MODULES);
            assert!(!on_the_way.into_iter().any(|at| at == start), "{start} waits for itself");
        }
        for domain in &self.stands {
            let waits = self.waits.waiting().any(|wait| wait.client.domain == *domain);
            assert!(waits, "{domain} is kept, and its wait has ended");
        }
    }
}

impl Effects for Desk<'_> {
    fn tables(&mut self) -> Tables<'_> {
        let Awaiting { waits, alarms, system, .. } = &mut *self.own;
        Tables { ledger: &mut *self.ledger, waits, alarms, system }
    }

    fn now(&self) -> u64 {
        self.own.now
    }

    fn set_timer(&mut self) {}

    fn is_awaiting(&self, client: DomainId) -> bool {
        self.own.stands.contains(&client)
    }

    fn keep_awaiting(&mut self, client: DomainId) -> bool {
        self.own.stands.insert(client)
    }

    fn answer_awaiting(&mut self, client: DomainId, answer: Option<&Ended>) {
        let stood = self.own.stands.remove(&client);
        if let Some(answer) = answer {
            assert!(stood && *answer != Ended::None, "{client} is answered {answer:?}");
            self.own.count(answer);
        }
    }

    fn mint(&mut self, _: DomainId, _: &Connection) -> Result<(), Refusal> {
        Err(Refusal::Kernel)
    }

    fn reopen(&mut self, _: DomainId) {}

    fn answer_clients(&mut self, _: &[(DomainId, u8)]) {}

    fn take_connection(&mut self, _: DomainId, _: u8) {}
}

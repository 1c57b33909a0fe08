//! Ledger, restart policy, name table and waits together, for a long time: a seeded run of loads, crashes, lookups and unloads, each
//! compared with the model.
//!
//! A failure says the seed and the number of the event; the same seed does the same again.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/fake_names.rs"]
mod fake_names;
#[path = "support/fake_restarts.rs"]
mod fake_restarts;
#[path = "support/fake_supervisor.rs"]
mod fake_supervisor;
#[path = "support/fake_waits.rs"]
mod fake_waits;
#[path = "support/invariants.rs"]
mod invariants;
#[path = "support/model.rs"]
mod model;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use fake_names::Names;
use fake_supervisor::{Supervisor, Terms};
use fake_waits::Awaiting;
use ipc_proto::ids::{Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::State;
use ipc_proto::version::{Version, VersionRange};
use root_task_core::restart::{Budget, Cause, Restart};

/// So many events, then the next population: few modules with few names, or more than the tables hold.
const POPULATION: u32 = 5000;
/// So many events from one comparison of everything to the next; what an event touches is compared at once.
const CHECKED: u32 = 100;
/// In deaths and reapings: a module that dies now and then is not in the window of the last time any more.
const BUDGET: Budget = Budget { restarts: 5, window: 200, delay: 10, longest_delay: 60 };
/// How many services are remembered after they are gone.
const REMEMBERED: usize = 64;

/// SplitMix64, by Steele, Lea and Flood: any seed will do.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

struct Simulation {
    random: Random,
    supervisor: Supervisor,
    names: Names,
    waits: Awaiting,
    services: Vec<ServiceRef>,
    /// How many modules and names there are to choose from.
    modules: usize,
    service_names: usize,
}

impl Simulation {
    fn new(seed: u64) -> Simulation {
        Simulation {
            random: Random(seed),
            supervisor: Supervisor::new(BUDGET),
            names: Names::default(),
            waits: Awaiting::new(),
            services: Vec::new(),
            modules: 4,
            service_names: 4,
        }
    }

    fn some_module(&mut self) -> Instance {
        let random = &mut self.random;
        self.supervisor.pick(|len| random.below(len))
    }

    fn some_service(&mut self) -> ServiceRef {
        match self.services.len() {
            0 => ServiceRef { index: 0, epoch: 0 },
            len => self.services[self.random.below(len)],
        }
    }

    fn name(&mut self, kind: &str, most: usize) -> Name {
        Name::new(&format!("{kind}{}", self.random.below(most))).unwrap()
    }

    /// Mostly what a module in its state does or suffers; sometimes anything, to see that it is refused.
    fn event(&mut self) {
        let who = self.some_module();
        let state = self.supervisor.model.modules.get(&who.domain).map(|module| module.state);
        let any = self.random.one_in(8);
        let chance = self.random.below(100);
        match state {
            None => self.load(),
            Some(_) if any => self.anything(who, chance),
            Some(_) if chance < 12 => self.load(),
            Some(State::Starting | State::Live) if self.random.one_in(5) => self.wait(who),
            Some(State::Starting) if chance < 75 => self.reserve(who),
            Some(State::Starting) if chance < 95 => self.supervisor.publish(who),
            Some(State::Held) if chance < 80 => self.supervisor.release(who.domain),
            Some(State::Live) if chance < 92 => self.lookup(who),
            Some(State::Live) if chance < 93 => self.supervisor.stop(who.domain),
            Some(State::Live) if chance < 94 => self.supervisor.take_departures(who.domain),
            Some(State::Stopping) if chance < 50 => self.supervisor.cancel_stop(who.domain),
            Some(State::Dead | State::Loaded) if chance < 90 => self.supervisor.reap(),
            Some(State::Failed) if chance < 60 => {}
            Some(State::Failed) if chance < 90 => self.supervisor.restart(who.domain),
            Some(_) if chance < 96 => self.supervisor.dies(who.domain, Cause::Finished),
            Some(_) if chance < 99 => self.supervisor.dies(who.domain, Cause::Failure),
            Some(_) => self.supervisor.unload(who.domain),
        }
    }

    fn anything(&mut self, who: Instance, chance: usize) {
        match chance {
            0..15 => self.reserve(who),
            15..30 => self.supervisor.publish(who),
            30..35 => self.supervisor.release(who.domain),
            35..40 => self.supervisor.stop(who.domain),
            40..45 => self.supervisor.cancel_stop(who.domain),
            45..50 => self.supervisor.reap(),
            50..65 => self.lookup(who),
            65..80 => {
                let at = self.some_service();
                let _ = self.supervisor.connect(who, at);
            }
            80..85 => {
                let slot = 16 + self.random.below(48) as u8;
                self.supervisor.disconnect(who.domain, slot);
            }
            85..90 => self.supervisor.take_departures(who.domain),
            _ if self.random.one_in(50) => self.names.dies(&self.supervisor),
            _ => {}
        }
    }

    fn load(&mut self) {
        let policies = [Restart::Never, Restart::OnFailure, Restart::Always];
        let terms = Terms {
            connections: [0, 1, 4, 16, 48][self.random.below(5)],
            names: 9 - self.random.below(10) as u16,
            clients: [0, 2, 32, 32][self.random.below(4)],
            hold: self.random.one_in(5),
            watches: self.random.one_in(2),
            policy: policies[self.random.below(3)],
        };
        let name = self.name("m", self.modules);
        self.supervisor.load(name, terms);
    }

    fn reserve(&mut self, owner: Instance) {
        if self.waits.stands(owner) {
            return;
        }
        let (name, version) = (self.name("s", self.service_names), Version(self.random.below(3) as u16));
        let Some(service) = self.names.reserve(&mut self.supervisor, owner, name, version) else { return };
        if self.services.len() == REMEMBERED {
            let at = self.random.below(REMEMBERED);
            self.services.swap_remove(at);
        }
        self.services.push(service);
    }

    /// A lookup that waits, or the question that follows it.
    fn wait(&mut self, who: Instance) {
        if self.random.one_in(2) {
            return self.waits.ask(&mut self.supervisor.ledger, who);
        }
        let name = self.name("s", self.service_names);
        let versions =
            if self.random.one_in(3) { VersionRange::exactly(Version(1)) } else { VersionRange::ANY };
        let micros = 1 + self.random.below(3000) as u64;
        self.waits.wait(&mut self.supervisor.ledger, who, name, versions, micros);
    }

    fn lookup(&mut self, client: Instance) {
        let name = self.name("s", self.service_names);
        let versions = match self.random.below(3) {
            0 => VersionRange::exactly(Version(1)),
            _ => VersionRange::ANY,
        };
        self.names.lookup(&mut self.supervisor, client, &name, versions);
    }

    fn run(&mut self, events: u32) {
        for event in 0..events {
            if event % POPULATION == 0 {
                self.modules = [3, 10, 40, 40][self.random.below(4)];
                self.service_names = [3, 20, 200][self.random.below(3)];
            }
            let step = catch_unwind(AssertUnwindSafe(|| {
                self.event();
                let microseconds = self.random.below(5) as u64;
                self.waits.after_event(&mut self.supervisor.ledger, microseconds);
                if event % CHECKED == 0 {
                    self.supervisor.check(&self.services);
                    self.names.check(&self.supervisor);
                }
            }));
            if let Err(panic) = step {
                eprintln!("at event {event}");
                resume_unwind(panic);
            }
        }
    }
}

/// Gives how many waits have ended in a cycle.
fn simulate(seed: u64, events: u32) -> u32 {
    eprintln!("seed {seed}");
    let mut simulation = Simulation::new(seed);
    simulation.run(events);
    // What must have happened for this to mean anything.
    let generations: u32 =
        simulation.supervisor.model.generations.values().map(|generation| generation.0).sum();
    let found = simulation.names.found;
    let [published, over, cycles] = simulation.waits.ended;
    eprintln!("waits ended: {published} by a publish, {over} by their time, {cycles} in a cycle");
    assert!(published > events / 2000 && over > events / 2000);
    assert!(
        generations > events / 50 && found > events / 50,
        "{generations} starts, {found} lookups that found"
    );
    cycles
}

#[test]
fn a_hundred_thousand_events() {
    let cycles: u32 = (0..5).map(|seed| simulate(seed, 20_000)).sum();
    assert!(cycles > 0);
}

#[test]
#[ignore = "takes minutes: `./escrow test --full` runs it"]
fn ten_million_events() {
    for seed in 100..110 {
        assert!(simulate(seed, 1_000_000) > 0);
    }
}

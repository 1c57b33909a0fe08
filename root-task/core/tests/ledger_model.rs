//! The ledger under any order of loads, publishes, deaths, lookups and unloads: it says what a model of plain maps says, and
//! its rules hold after each step.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/fake_restarts.rs"]
mod fake_restarts;
#[path = "support/fake_supervisor.rs"]
mod fake_supervisor;
#[path = "support/invariants.rs"]
mod invariants;
#[path = "support/model.rs"]
mod model;

use fake_supervisor::{Supervisor, Terms};
use ipc_proto::ids::{Generation, Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::version::Version;
use proptest::prelude::*;
use proptest::sample::Index;
use root_task_core::ledger::Offer;
use root_task_core::restart::{Budget, Cause, Restart};

/// One step. A module is one of those that are loaded, a service one of those that there were.
#[derive(Clone, Debug)]
enum Step {
    Load(u8, Terms),
    /// A load that goes well: so many services are there at its end, so that the steps after it meet some.
    Serve(u8, Terms, usize),
    Enter(Index, Option<Index>),
    /// Of an instance before the newest one.
    EnterAsTheDead(Index),
    Publish(Index),
    Release(Index),
    Stop(Index),
    Cancel(Index),
    Die(Index, Cause),
    Reap,
    Connect(Index, Index),
    ConnectAsTheDead(Index, Index),
    Disconnect(Index, u8),
    TakeDepartures(Index),
    Restart(Index),
    /// The next instance is made of another file.
    Fit(Index, u8, bool),
    Unload(Index),
}

fn terms() -> impl Strategy<Value = Terms> {
    let policy = prop::sample::select(vec![Restart::Never, Restart::OnFailure, Restart::Always]);
    // Bounds that a few steps reach.
    (0u8..4, 0u16..10, 0u16..4, prop::bool::weighted(0.2), any::<bool>(), policy).prop_map(
        |(connections, names, clients, hold, watches, policy)| Terms {
            connections,
            names,
            clients,
            hold,
            watches,
            policy,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let some = any::<Index>;
    let cause = prop::sample::select(vec![Cause::Finished, Cause::Failure]);
    let load = |wanted| (0u8..8, terms(), wanted);
    prop_oneof![
        3 => load(0..1).prop_map(|(name, terms, _)| Step::Load(name, terms)),
        5 => load(1..4_usize).prop_map(|(name, terms, services)| Step::Serve(name, terms, services)),
        4 => (some(), prop::option::of(some())).prop_map(|(owner, again)| Step::Enter(owner, again)),
        1 => some().prop_map(Step::EnterAsTheDead),
        3 => some().prop_map(Step::Publish),
        2 => some().prop_map(Step::Release),
        1 => some().prop_map(Step::Stop),
        1 => some().prop_map(Step::Cancel),
        2 => (some(), cause).prop_map(|(who, cause)| Step::Die(who, cause)),
        3 => Just(Step::Reap),
        12 => (some(), some()).prop_map(|(client, at)| Step::Connect(client, at)),
        1 => (some(), some()).prop_map(|(client, at)| Step::ConnectAsTheDead(client, at)),
        1 => (some(), 16u8..20).prop_map(|(client, slot)| Step::Disconnect(client, slot)),
        1 => some().prop_map(Step::TakeDepartures),
        1 => some().prop_map(Step::Restart),
        1 => (some(), 0u8..4, any::<bool>()).prop_map(|(who, most, watches)| Step::Fit(who, most, watches)),
        1 => some().prop_map(Step::Unload),
    ]
}

/// A supervisor, and every service that there ever was.
struct Run {
    supervisor: Supervisor,
    services: Vec<ServiceRef>,
}

impl Run {
    fn service(&self, which: Index) -> ServiceRef {
        match self.services.len() {
            0 => ServiceRef { index: 0, epoch: 0 },
            len => self.services[which.index(len)],
        }
    }

    fn step(&mut self, step: Step) {
        let before = |instance: Instance| Instance {
            generation: Generation(instance.generation.0.saturating_sub(1)),
            ..instance
        };
        let supervisor = &self.supervisor;
        let who = |which: Index| supervisor.pick(|len| which.index(len));
        match step {
            Step::Load(name, terms) => self.supervisor.load(name_of(name), terms),
            Step::Serve(name, terms, services) => {
                self.supervisor.load(name_of(name), terms);
                let Some(domain) = self.supervisor.ledger.find(&name_of(name)) else { return };
                let owner = Instance { domain, generation: self.supervisor.model.generations[&domain] };
                for _ in 0..services {
                    self.services.extend(self.supervisor.enter(owner, offer(), None));
                }
                self.supervisor.publish(owner);
            }
            Step::Enter(owner, again) => {
                let (owner, again) = (who(owner), again.map(|which| self.service(which)));
                self.services.extend(self.supervisor.enter(owner, offer(), again));
            }
            Step::EnterAsTheDead(owner) => {
                let owner = before(who(owner));
                assert!(self.supervisor.enter(owner, offer(), None).is_err());
            }
            Step::Publish(module) => {
                let module = who(module);
                self.supervisor.publish(before(module));
                self.supervisor.publish(module);
            }
            Step::Release(module) => self.supervisor.release(who(module).domain),
            Step::Stop(module) => self.supervisor.stop(who(module).domain),
            Step::Cancel(module) => self.supervisor.cancel_stop(who(module).domain),
            Step::Die(module, cause) => self.supervisor.dies(who(module).domain, cause),
            Step::Reap => self.supervisor.reap(),
            Step::Connect(client, at) => {
                let (client, at) = (who(client), self.service(at));
                let _ = self.supervisor.connect(client, at);
            }
            Step::ConnectAsTheDead(client, at) => {
                let (client, at) = (before(who(client)), self.service(at));
                assert!(self.supervisor.connect(client, at).is_err());
            }
            Step::Disconnect(client, slot) => self.supervisor.disconnect(who(client).domain, slot),
            Step::TakeDepartures(module) => self.supervisor.take_departures(who(module).domain),
            Step::Restart(module) => self.supervisor.restart(who(module).domain),
            Step::Fit(module, most, watches) => self.supervisor.fit(who(module).domain, most, watches),
            Step::Unload(module) => self.supervisor.unload(who(module).domain),
        }
    }
}

/// What a service is called does not matter to the ledger's decisions.
fn offer() -> Offer {
    Offer { name: name_of(0), version: Version(1) }
}

fn name_of(number: u8) -> Name {
    Name::new(&format!("m{number}")).unwrap_or_else(|error| unreachable!("{error}"))
}

proptest! {
    #[test]
    fn the_ledger_says_what_the_model_says(steps in prop::collection::vec(step(), 1..100), budget in 0u32..3) {
        let budget = Budget { restarts: budget, window: 6, delay: 1, longest_delay: 2 };
        let mut run = Run { supervisor: Supervisor::new(budget), services: Vec::new() };
        for step in steps {
            run.step(step);
            run.supervisor.check(&run.services);
        }
    }
}

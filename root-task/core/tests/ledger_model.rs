//! The ledger under any order of loads, publishes, deaths, lookups and unloads: it says what a model of plain maps says, and
//! its rules hold after each step.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/fake_supervisor.rs"]
mod fake_supervisor;
#[path = "support/invariants.rs"]
mod invariants;
#[path = "support/model.rs"]
mod model;

use fake_supervisor::{Supervisor, Terms};
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::name::Name;
use proptest::prelude::*;
use proptest::sample::Index;
use root_task_core::restart::{Cause, Restart};

/// One step. Modules are meant by their place, services by the order in which they were entered.
#[derive(Clone, Debug)]
enum Step {
    Load(u8, Terms),
    Enter(u16, Option<Index>),
    /// Of an instance before the newest one.
    EnterAsTheDead(u16),
    Withdraw(u16, Index),
    Publish(u16),
    Release(u16),
    Stop(u16),
    Cancel(u16),
    Die(u16, Cause),
    Reap,
    Connect(u16, Index),
    ConnectAsTheDead(u16, Index),
    Disconnect(u16, u8),
    TakeDepartures(u16),
    Unload(u16),
}

fn terms() -> impl Strategy<Value = Terms> {
    let policy = prop::sample::select(vec![Restart::Never, Restart::OnFailure, Restart::Always]);
    // Bounds that a few steps reach.
    (0u8..5, 0u16..10, 0u16..4, prop::bool::weighted(0.2), any::<bool>(), policy).prop_map(
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
    let module = || 0u16..6;
    let service = any::<Index>;
    let cause = prop::sample::select(vec![Cause::Finished, Cause::Failure]);
    prop_oneof![
        3 => (0u8..6, terms()).prop_map(|(name, terms)| Step::Load(name, terms)),
        6 => (module(), prop::option::of(service())).prop_map(|(owner, again)| Step::Enter(owner, again)),
        1 => module().prop_map(Step::EnterAsTheDead),
        1 => (module(), service()).prop_map(|(owner, at)| Step::Withdraw(owner, at)),
        4 => module().prop_map(Step::Publish),
        2 => module().prop_map(Step::Release),
        1 => module().prop_map(Step::Stop),
        1 => module().prop_map(Step::Cancel),
        3 => (module(), cause).prop_map(|(who, cause)| Step::Die(who, cause)),
        3 => Just(Step::Reap),
        8 => (module(), service()).prop_map(|(client, at)| Step::Connect(client, at)),
        1 => (module(), service()).prop_map(|(client, at)| Step::ConnectAsTheDead(client, at)),
        1 => (module(), 16u8..21).prop_map(|(client, slot)| Step::Disconnect(client, slot)),
        1 => module().prop_map(Step::TakeDepartures),
        1 => module().prop_map(Step::Unload),
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
        match step {
            Step::Load(name, terms) => self.supervisor.load(name_of(name), terms),
            Step::Enter(owner, again) => {
                let (owner, again) = (supervisor.newest(owner), again.map(|which| self.service(which)));
                self.services.extend(self.supervisor.enter(owner, again));
            }
            Step::EnterAsTheDead(owner) => {
                let owner = before(supervisor.newest(owner));
                assert!(self.supervisor.enter(owner, None).is_err());
            }
            Step::Withdraw(owner, at) => {
                let (owner, at) = (supervisor.newest(owner), self.service(at));
                self.supervisor.withdraw(owner, at);
            }
            Step::Publish(who) => {
                let who = supervisor.newest(who);
                self.supervisor.publish(before(who));
                self.supervisor.publish(who);
            }
            Step::Release(who) => self.supervisor.release(DomainId(who)),
            Step::Stop(who) => self.supervisor.stop(DomainId(who)),
            Step::Cancel(who) => self.supervisor.cancel_stop(DomainId(who)),
            Step::Die(who, cause) => self.supervisor.dies(DomainId(who), cause),
            Step::Reap => self.supervisor.reap(),
            Step::Connect(client, at) => {
                let (client, at) = (supervisor.newest(client), self.service(at));
                let _ = self.supervisor.connect(client, at);
            }
            Step::ConnectAsTheDead(client, at) => {
                let (client, at) = (before(supervisor.newest(client)), self.service(at));
                assert!(self.supervisor.connect(client, at).is_err());
            }
            Step::Disconnect(client, slot) => self.supervisor.disconnect(DomainId(client), slot),
            Step::TakeDepartures(who) => self.supervisor.take_departures(DomainId(who)),
            Step::Unload(who) => self.supervisor.unload(DomainId(who)),
        }
    }
}

fn name_of(number: u8) -> Name {
    Name::new(&format!("m{number}")).unwrap_or_else(|error| unreachable!("{error}"))
}

proptest! {
    #[test]
    fn the_ledger_says_what_the_model_says(steps in prop::collection::vec(step(), 1..80), budget in 0u32..3) {
        let mut run = Run { supervisor: Supervisor::new(budget), services: Vec::new() };
        for step in steps {
            run.step(step);
            run.supervisor.check(&run.services);
        }
    }
}

//! Who waits for whom, in any order of steps: each is compared with a map, and the cycles with what following every way
//! finds.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::{BTreeMap, BTreeSet};

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::name::Name;
use ipc_proto::version::{Version, VersionRange};
use ipc_proto::waits::{Awaited, Cycle};
use proptest::prelude::*;
use root_task_core::ledger::Offer;
use root_task_core::waits::{Found, TooManyWaiters, Wait, Waits};

/// So many modules, and names: few, so that ways meet.
const MODULES: u16 = 7;
const NAMES: u16 = 6;

#[derive(Clone, Debug)]
enum Step {
    /// A client waits for a name, where so many may.
    Enter { client: Instance, name: u16, versions: VersionRange, until: u64, most: u16 },
    /// A name is published in a version.
    Publish { name: u16, version: u16, now: u64 },
    /// Somebody's time may be over.
    Due(u64),
    /// A client asks.
    Ask(Instance),
    /// A module dies.
    Remove(u16),
    /// Another module is expected to provide a name, or none is.
    Expect(u16, Option<u16>),
}

fn instance() -> impl Strategy<Value = Instance> {
    (0..MODULES, 1u32..3).prop_map(|(domain, generation)| Instance {
        domain: DomainId(domain),
        generation: Generation(generation),
    })
}

fn versions() -> impl Strategy<Value = VersionRange> {
    (0u16..4, 0u16..4)
        .prop_map(|(a, b)| VersionRange { oldest: Version(a.min(b)), newest: Version(a.max(b)) })
}

fn step() -> impl Strategy<Value = Step> {
    let enter = (instance(), 0..NAMES, versions(), 0u64..100_000, prop_oneof![4 => Just(9u16), 1 => 0u16..4]);
    prop_oneof![
        8 => enter.prop_map(|(client, name, versions, until, most)| Step::Enter { client, name, versions, until, most }),
        3 => (0..NAMES, 0u16..5, 0u64..100_000).prop_map(|(name, version, now)| Step::Publish { name, version, now }),
        2 => (0u64..100_000).prop_map(Step::Due),
        4 => instance().prop_map(Step::Ask),
        2 => (0..MODULES).prop_map(Step::Remove),
        6 => (0..NAMES, proptest::option::weighted(0.8, 0..MODULES)).prop_map(|(name, by)| Step::Expect(name, by)),
    ]
}

fn name(number: u16) -> Name {
    Name::new(&format!("n{number}")).unwrap()
}

#[derive(Default)]
struct Model {
    waits: BTreeMap<u16, (Wait, Option<Awaited>)>,
    asked: BTreeSet<u16>,
    expected: BTreeMap<Name, DomainId>,
}

impl Model {
    fn waiting(&self) -> impl Iterator<Item = &Wait> {
        self.waits.values().filter(|(_, ended)| ended.is_none()).map(|(wait, _)| wait)
    }

    fn way(&self, from: u16) -> Option<u16> {
        let (wait, ended) = self.waits.get(&from)?;
        if ended.is_some() || !self.asked.contains(&from) {
            None
        } else {
            self.expected.get(&wait.name).map(|to| to.0)
        }
    }

    /// Those from whom some number of steps leads back.
    fn in_cycles(&self) -> BTreeSet<u16> {
        let leads_back = |start: &u16| {
            let ways = std::iter::successors(self.way(*start), |at| self.way(*at));
            ways.take(usize::from(MODULES)).any(|at| at == *start)
        };
        (0..MODULES).filter(leads_back).collect()
    }
}

fn apply(waits: &mut Waits, model: &mut Model, step: Step) {
    match step {
        Step::Enter { client, name: number, versions, until, most } => {
            let wait = Wait { client, name: name(number), versions, until };
            model.waits.remove(&client.domain.0);
            model.asked.remove(&client.domain.0);
            let others = model.waiting().filter(|other| other.name == wait.name).count();
            let fits = others < usize::from(most);
            assert_eq!(waits.enter(wait, most), if fits { Ok(()) } else { Err(TooManyWaiters) });
            if fits {
                model.waits.insert(client.domain.0, (wait, None));
            }
        }
        Step::Publish { name: number, version, now } => {
            let offer = Offer { name: name(number), version: Version(version) };
            let mut expected = Vec::new();
            for (client, (wait, ended)) in &mut model.waits {
                let speaks = (wait.versions.oldest.0..=wait.versions.newest.0).contains(&version);
                if ended.is_none() && wait.name == offer.name && speaks {
                    let left = wait.until.saturating_sub(now) / 1000;
                    *ended = Some(Awaited::Published { left });
                    expected.push(DomainId(*client));
                }
            }
            assert_eq!(waits.publish(offer, now).as_slice(), expected);
        }
        Step::Due(now) => {
            let over = model.waits.iter_mut().find(|(_, (wait, ended))| ended.is_none() && wait.until <= now);
            let expected = over.map(|(client, (_, ended))| {
                *ended = Some(Awaited::TimedOut);
                DomainId(*client)
            });
            assert_eq!(waits.due(now), expected);
        }
        Step::Ask(client) => {
            let own = model.waits.get(&client.domain.0).filter(|(wait, _)| wait.client == client).cloned();
            let expected = match own {
                None => Found::Nothing,
                Some((_, None)) => {
                    model.asked.insert(client.domain.0);
                    Found::Waiting
                }
                Some((_, Some(how))) => {
                    model.waits.remove(&client.domain.0);
                    Found::Ended(how)
                }
            };
            assert_eq!(waits.ask(client), expected);
        }
        Step::Remove(domain) => {
            waits.remove(DomainId(domain));
            model.waits.remove(&domain);
        }
        Step::Expect(number, None) => {
            model.expected.remove(&name(number));
        }
        Step::Expect(number, Some(by)) => {
            model.expected.insert(name(number), DomainId(by));
        }
    }
}

/// Ends every cycle, as the supervisor does after each step: all who are in one are told, and nobody else is.
fn tell_cycles(waits: &mut Waits, model: &mut Model) {
    let mut expected = model.in_cycles();
    while let Some(members) = waits.cycle(|name| model.expected.get(name).copied()) {
        for (at, member) in members.iter().enumerate() {
            assert_eq!(
                model.way(member.0),
                Some(members[(at + 1) % members.len()].0),
                "{members:?} in order"
            );
            assert!(expected.remove(&member.0), "{member} is told, and in no cycle");
        }
        for member in members {
            let how = Awaited::Cycle(Cycle::of([name(member.0)]));
            waits.end(member, how.clone());
            model.waits.get_mut(&member.0).unwrap().1 = Some(how);
        }
    }
    assert!(expected.is_empty(), "{expected:?} wait for ever");
}

proptest! {
    #[test]
    fn waits_are_a_map_and_every_cycle_is_found(steps in prop::collection::vec(step(), 0..120)) {
        let (mut waits, mut model) = (Waits::new(), Model::default());
        for step in steps {
            apply(&mut waits, &mut model, step);
            tell_cycles(&mut waits, &mut model);
            assert!(waits.waiting().eq(model.waiting()));
            let asked = |wait: &&Wait| model.asked.contains(&wait.client.domain.0);
            assert!(waits.asked().eq(model.waiting().filter(asked)));
            assert_eq!(waits.next(), model.waiting().map(|wait| wait.until).min());
        }
    }
}

//! Tests of the name table: whose a name is, in which versions, both bounds, stale entries, paging, and a model beside it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeMap;

use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::ServiceState;
use ipc_proto::version::{MAX_VERSIONS, Offered, Version, VersionRange};
use name_server_core::{Decision, Entry, LookupError, MAX_NAMES, MAX_NAMES_PER_OWNER, Refused, Registry};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn between(oldest: u16, newest: u16) -> VersionRange {
    VersionRange { oldest: Version(oldest), newest: Version(newest) }
}

fn entry(text: &str, owner: u16, service: u16) -> Entry {
    Entry {
        name: name(text),
        version: Version(1),
        owner: DomainId(owner),
        service: ServiceRef { index: service, epoch: 1 },
    }
}

/// `count` names, as many of each owner as it may have.
fn filled(count: usize) -> Registry {
    let mut registry = Registry::new();
    for i in 0..count {
        let owner = i / MAX_NAMES_PER_OWNER;
        registry.reserve(entry(&format!("n{i}"), owner as u16, i as u16)).unwrap();
    }
    registry
}

#[test]
fn a_free_name_is_new_and_then_found() {
    let mut registry = Registry::new();
    assert_eq!(registry.decide(DomainId(1), &name("echo"), Version(1)), Decision::New);
    let echo = entry("echo", 1, 7);
    registry.reserve(echo).unwrap();
    assert_eq!(registry.lookup(&name("echo"), VersionRange::ANY), Ok(echo));
    assert_eq!(registry.lookup(&name("ech"), VersionRange::ANY), Err(LookupError::NoSuchName));
}

#[test]
fn a_restarted_module_keeps_its_name_and_place() {
    let mut registry = Registry::new();
    let first = entry("echo", 1, 7);
    registry.reserve(first).unwrap();
    registry.reserve(entry("other", 2, 8)).unwrap();
    assert_eq!(registry.decide(DomainId(1), &name("echo"), Version(1)), Decision::Again(first));
    let second = Entry { service: ServiceRef { index: 9, epoch: 1 }, ..first };
    registry.reserve(second).unwrap();
    let names: Vec<_> = registry.entries().map(|entry| (entry.name, entry.service)).collect();
    assert_eq!(names, [(name("echo"), second.service), (name("other"), ServiceRef { index: 8, epoch: 1 })]);
}

#[test]
fn a_name_in_several_versions_is_one_modules() {
    let mut registry = Registry::new();
    let old = entry("echo", 1, 7);
    let new = Entry { version: Version(2), ..entry("echo", 1, 8) };
    registry.reserve(old).unwrap();
    assert_eq!(registry.decide(DomainId(1), &name("echo"), Version(2)), Decision::New);
    registry.reserve(new).unwrap();
    assert_eq!(registry.decide(DomainId(1), &name("echo"), Version(1)), Decision::Again(old));
    assert_eq!(registry.decide(DomainId(1), &name("echo"), Version(2)), Decision::Again(new));
    for version in 0..4 {
        let decision = registry.decide(DomainId(2), &name("echo"), Version(version));
        assert_eq!(decision, Decision::Conflict(old), "in no version is it anybody else's");
    }
    assert!(registry.forget(old.service));
    assert_eq!(registry.decide(DomainId(2), &name("echo"), Version(1)), Decision::Conflict(new));
    assert_eq!(registry.decide(DomainId(1), &name("echo"), Version(1)), Decision::New);
}

#[test]
fn a_lookup_finds_the_newest_version_that_the_client_speaks() {
    let mut registry = Registry::new();
    for (version, service) in [(2, 20), (7, 70), (4, 40), (1, 10)] {
        registry.reserve(Entry { version: Version(version), ..entry("echo", 1, service) }).unwrap();
    }
    registry.reserve(Entry { version: Version(9), ..entry("other", 2, 90) }).unwrap();
    let found = |versions| registry.lookup(&name("echo"), versions).map(|entry| entry.service.index);
    for (versions, service) in [
        (VersionRange::ANY, 70),
        (between(1, 6), 40),
        (between(0, 3), 20),
        (between(1, 1), 10),
        (between(3, 9), 70),
    ] {
        assert_eq!(found(versions), Ok(service), "{versions:?}");
    }
    for versions in [between(3, 3), between(5, 6), between(8, u16::MAX), between(6, 3)] {
        let newest = Entry { version: Version(7), ..entry("echo", 1, 70) };
        assert_eq!(registry.lookup(&name("echo"), versions), Err(LookupError::Version(newest)));
    }
}

#[test]
fn only_what_is_published_is_listed_and_only_what_the_client_does_not_speak() {
    use ServiceState::*;
    let mut registry = Registry::new();
    let states = [None, Some(Reserved), Some(Live), Some(Down), Some(Stopping), Some(Failed), Some(Live)];
    for version in 0..states.len() as u16 {
        let version = states.len() as u16 - 1 - version;
        registry.reserve(Entry { version: Version(version), ..entry("echo", 1, version) }).unwrap();
    }
    registry.reserve(Entry { version: Version(9), ..entry("other", 2, 9) }).unwrap();
    let offered = |text: &str, spoken| {
        let state = |service: ServiceRef| Ok::<_, ()>(states[usize::from(service.index)]);
        let offered = registry.offered(&name(text), spoken, state).unwrap();
        offered.into_iter().flat_map(Offered::versions).map(|version| version.0).collect::<Vec<_>>()
    };
    assert_eq!(offered("echo", between(9, 9)), [2, 3, 5, 6]);
    assert_eq!(offered("echo", between(3, 5)), [2, 6], "one that has come meanwhile is not listed");
    assert_eq!(offered("nobody", between(9, 9)), [0_u16; 0]);
    assert_eq!(registry.offered(&name("echo"), between(9, 9), |_| Err("broken")), Err("broken"));
}

#[test]
fn versions_of_a_name_below_at_and_above_the_bound() {
    let mut registry = Registry::new();
    for version in 0..MAX_NAMES_PER_OWNER as u16 {
        let one = Entry { version: Version(version), ..entry("echo", 1, version) };
        assert_eq!(registry.reserve(one), Ok(()), "{version}");
    }
    let more = Entry { version: Version(MAX_NAMES_PER_OWNER as u16), ..entry("echo", 1, 50) };
    assert_eq!(registry.reserve(more), Err(Refused(Decision::TooManyForOwner)));
    // Those of the earlier instance are there until the next one publishes, which has reserved others.
    let state = |service: ServiceRef| match usize::from(service.index) < MAX_VERSIONS {
        true => Ok::<_, ()>(Some(ServiceState::Down)),
        false => Ok(Some(ServiceState::Reserved)),
    };
    let all = registry.offered(&more.name, between(99, 99), state);
    assert_eq!(all.unwrap().unwrap().versions().count(), MAX_VERSIONS);
}

#[test]
fn another_modules_name_is_a_conflict_until_it_is_forgotten() {
    let mut registry = Registry::new();
    let old = entry("echo", 1, 7);
    registry.reserve(old).unwrap();
    assert_eq!(registry.decide(DomainId(2), &name("echo"), Version(1)), Decision::Conflict(old));
    let new = entry("echo", 2, 8);
    assert_eq!(registry.reserve(new), Err(Refused(Decision::Conflict(old))));
    assert_eq!(registry.lookup(&name("echo"), VersionRange::ANY), Ok(old));
    let another_epoch = ServiceRef { epoch: 2, ..old.service };
    assert!(!registry.forget(another_epoch), "the same place, used again, is another service");
    assert!(registry.forget(old.service));
    assert!(!registry.forget(old.service));
    assert_eq!(registry.decide(DomainId(2), &name("echo"), Version(1)), Decision::New);
    registry.reserve(new).unwrap();
    assert_eq!(registry.lookup(&name("echo"), VersionRange::ANY), Ok(new));
}

#[test]
fn versions_below_in_and_above_the_range() {
    for (version, fits) in [(1, false), (2, true), (3, true), (4, true), (5, false)] {
        let mut registry = Registry::new();
        let echo = Entry { version: Version(version), ..entry("echo", 1, 7) };
        registry.reserve(echo).unwrap();
        let expected = if fits { Ok(echo) } else { Err(LookupError::Version(echo)) };
        assert_eq!(registry.lookup(&name("echo"), between(2, 4)), expected);
    }
}

#[test]
fn names_below_at_and_above_the_bound() {
    for count in [MAX_NAMES - 1, MAX_NAMES] {
        let mut registry = filled(count);
        let one_more = entry("one-more", 99, 99);
        let fits = count < MAX_NAMES;
        let expected = if fits { Decision::New } else { Decision::Full };
        assert_eq!(registry.decide(DomainId(99), &name("one-more"), Version(1)), expected);
        assert_eq!(registry.reserve(one_more), if fits { Ok(()) } else { Err(Refused(Decision::Full)) });
        assert_eq!(registry.entries().count(), MAX_NAMES);
        let own = registry.decide(DomainId(0), &name("n0"), Version(1));
        assert!(matches!(own, Decision::Again(_)), "one's own name can be reserved again in a full table");
    }
}

#[test]
fn names_of_an_owner_below_at_and_above_the_bound() {
    let mut registry = filled(MAX_NAMES_PER_OWNER - 1);
    assert_eq!(registry.decide(DomainId(0), &name("x"), Version(1)), Decision::New);
    registry.reserve(entry("x", 0, 50)).unwrap();
    assert_eq!(registry.decide(DomainId(0), &name("y"), Version(1)), Decision::TooManyForOwner);
    assert_eq!(registry.reserve(entry("y", 0, 51)), Err(Refused(Decision::TooManyForOwner)));
    assert_eq!(registry.decide(DomainId(1), &name("y"), Version(1)), Decision::New);
    assert!(matches!(registry.decide(DomainId(0), &name("x"), Version(1)), Decision::Again(_)));
}

#[test]
fn pages_hold_every_entry_once() {
    let registry = filled(21);
    let mut seen = Vec::new();
    loop {
        let page = registry.page::<8>(seen.len() as u16);
        seen.extend(page.iter().copied());
        if page.len() < 8 {
            break;
        }
    }
    assert_eq!(seen, registry.entries().copied().collect::<Vec<_>>());
    assert!(registry.page::<8>(u16::MAX).is_empty());
}

/// One step of the model: a reservation by an owner, or, for the first kind, a service that is gone.
fn step() -> impl Strategy<Value = (u8, u16, u8, u16)> {
    (0u8..4, 0u16..12, 0u8..100, 0u16..4)
}

proptest! {
    /// Against a map as the model; the ledger's part is played by a counter.
    #[test]
    fn a_name_has_one_owner_and_leads_to_the_newest_version(steps in prop::collection::vec(step(), 1..300)) {
        let mut registry = Registry::new();
        let mut model: BTreeMap<(Name, Version), Entry> = BTreeMap::new();
        for (step, (kind, owner, which, version)) in (0u16..).zip(steps) {
            let name = name(&format!("n{}", which / 2));
            if kind == 0 {
                let Some(old) = model.values().nth(usize::from(which)).copied() else { continue };
                prop_assert!(registry.forget(old.service));
                model.remove(&(old.name, old.version));
            } else {
                let (owner, version) = (DomainId(owner), Version(version));
                let new = Entry { version, service: ServiceRef { index: step, epoch: 1 }, owner, name };
                let own = model.values().filter(|entry| entry.owner == owner).count();
                let others = model.values().any(|entry| entry.name == name && entry.owner != owner);
                let decided = registry.decide(owner, &name, version);
                match model.get(&(name, version)) {
                    _ if others => prop_assert!(matches!(decided, Decision::Conflict(old) if model[&(name, old.version)] == old)),
                    Some(old) => prop_assert_eq!(decided, Decision::Again(*old)),
                    None if own >= MAX_NAMES_PER_OWNER => prop_assert_eq!(decided, Decision::TooManyForOwner),
                    None if model.len() >= MAX_NAMES => prop_assert_eq!(decided, Decision::Full),
                    None => prop_assert_eq!(decided, Decision::New),
                }
                let entered = registry.reserve(new);
                if matches!(decided, Decision::New | Decision::Again(_)) {
                    prop_assert_eq!(entered, Ok(()));
                    model.insert((name, version), new);
                } else {
                    prop_assert_eq!(entered, Err(Refused(decided)));
                }
            }
            prop_assert_eq!(registry.entries().count(), model.len());
            for (oldest, newest) in [(0, u16::MAX), (version, version), (1, 2)] {
                let of_name = || model.values().filter(|entry| entry.name == name);
                let spoken = of_name().filter(|entry| (oldest..=newest).contains(&entry.version.0));
                let expected = match (spoken.max_by_key(|entry| entry.version), of_name().max_by_key(|entry| entry.version)) {
                    (Some(best), _) => Ok(*best),
                    (None, Some(newest)) => Err(LookupError::Version(*newest)),
                    (None, None) => Err(LookupError::NoSuchName),
                };
                prop_assert_eq!(registry.lookup(&name, between(oldest, newest)), expected);
            }
            let live = registry.offered(&name, between(1, 1), |_| Ok::<_, ()>(Some(ServiceState::Live))).unwrap();
            let others = model.values().filter(|entry| entry.name == name && entry.version != Version(1));
            prop_assert!(live.into_iter().flat_map(Offered::versions).eq(others.map(|entry| entry.version)));
        }
    }
}

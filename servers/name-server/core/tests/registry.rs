//! Tests of the name table: whose a name is, both bounds, stale entries, paging, and a model beside it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeMap;

use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::version::{Version, VersionRange};
use name_server_core::{Decision, Entry, LookupError, MAX_NAMES, MAX_NAMES_PER_OWNER, Refused, Registry};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
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
    assert_eq!(registry.decide(DomainId(1), &name("echo")), Decision::New);
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
    assert_eq!(registry.decide(DomainId(1), &name("echo")), Decision::Again(first));
    let second = Entry { version: Version(2), ..first };
    registry.reserve(second).unwrap();
    let names: Vec<_> = registry.entries().map(|entry| (entry.name, entry.version)).collect();
    assert_eq!(names, [(name("echo"), Version(2)), (name("other"), Version(1))]);
}

#[test]
fn another_modules_name_is_a_conflict_until_it_is_forgotten() {
    let mut registry = Registry::new();
    let old = entry("echo", 1, 7);
    registry.reserve(old).unwrap();
    assert_eq!(registry.decide(DomainId(2), &name("echo")), Decision::Conflict(old));
    let new = entry("echo", 2, 8);
    assert_eq!(registry.reserve(new), Err(Refused(Decision::Conflict(old))));
    assert_eq!(registry.lookup(&name("echo"), VersionRange::ANY), Ok(old));
    let another_epoch = ServiceRef { epoch: 2, ..old.service };
    assert!(!registry.forget(another_epoch), "the same place, used again, is another service");
    assert!(registry.forget(old.service));
    assert!(!registry.forget(old.service));
    assert_eq!(registry.decide(DomainId(2), &name("echo")), Decision::New);
    registry.reserve(new).unwrap();
    assert_eq!(registry.lookup(&name("echo"), VersionRange::ANY), Ok(new));
}

#[test]
fn versions_below_in_and_above_the_range() {
    let mut registry = Registry::new();
    let versions = VersionRange { oldest: Version(2), newest: Version(4) };
    for (version, fits) in [(1, false), (2, true), (3, true), (4, true), (5, false)] {
        let echo = Entry { version: Version(version), ..entry("echo", 1, 7) };
        registry.reserve(echo).unwrap();
        let expected = if fits { Ok(echo) } else { Err(LookupError::Version(echo)) };
        assert_eq!(registry.lookup(&name("echo"), versions), expected);
    }
}

#[test]
fn names_below_at_and_above_the_bound() {
    for count in [MAX_NAMES - 1, MAX_NAMES] {
        let mut registry = filled(count);
        let one_more = entry("one-more", 99, 99);
        let fits = count < MAX_NAMES;
        let expected = if fits { Decision::New } else { Decision::Full };
        assert_eq!(registry.decide(DomainId(99), &name("one-more")), expected);
        assert_eq!(registry.reserve(one_more), if fits { Ok(()) } else { Err(Refused(Decision::Full)) });
        assert_eq!(registry.entries().count(), MAX_NAMES);
        let own = registry.decide(DomainId(0), &name("n0"));
        assert!(matches!(own, Decision::Again(_)), "one's own name can be reserved again in a full table");
    }
}

#[test]
fn names_of_an_owner_below_at_and_above_the_bound() {
    let mut registry = filled(MAX_NAMES_PER_OWNER - 1);
    assert_eq!(registry.decide(DomainId(0), &name("x")), Decision::New);
    registry.reserve(entry("x", 0, 50)).unwrap();
    assert_eq!(registry.decide(DomainId(0), &name("y")), Decision::TooManyForOwner);
    assert_eq!(registry.reserve(entry("y", 0, 51)), Err(Refused(Decision::TooManyForOwner)));
    assert_eq!(registry.decide(DomainId(1), &name("y")), Decision::New);
    assert!(matches!(registry.decide(DomainId(0), &name("x")), Decision::Again(_)));
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

proptest! {
    /// Against a map as the model; the ledger's part is played by a counter.
    #[test]
    fn a_name_has_one_owner(steps in prop::collection::vec((0u8..4, 0u16..12, 0u8..100), 1..300)) {
        let mut registry = Registry::new();
        let mut model: BTreeMap<Name, Entry> = BTreeMap::new();
        for (step, (kind, owner, which)) in (0u16..).zip(steps) {
            let name = name(&format!("n{which}"));
            if kind == 0 {
                let Some(old) = model.values().nth(usize::from(which)).copied() else { continue };
                prop_assert!(registry.forget(old.service));
                model.remove(&old.name);
            } else {
                let new = Entry { version: Version(step), service: ServiceRef { index: step, epoch: 1 }, owner: DomainId(owner), name };
                let own = model.values().filter(|entry| entry.owner == new.owner).count();
                let expected = match model.get(&name) {
                    Some(old) if old.owner == new.owner => Decision::Again(*old),
                    Some(old) => Decision::Conflict(*old),
                    None if own >= MAX_NAMES_PER_OWNER => Decision::TooManyForOwner,
                    None if model.len() >= MAX_NAMES => Decision::Full,
                    None => Decision::New,
                };
                prop_assert_eq!(registry.decide(new.owner, &name), expected);
                let entered = registry.reserve(new);
                if matches!(expected, Decision::New | Decision::Again(_)) {
                    prop_assert_eq!(entered, Ok(()));
                    model.insert(name, new);
                } else {
                    prop_assert_eq!(entered, Err(Refused(expected)));
                }
            }
            prop_assert_eq!(registry.entries().count(), model.len());
            for (name, expected) in &model {
                prop_assert_eq!(registry.lookup(name, VersionRange::ANY), Ok(*expected));
            }
        }
    }
}

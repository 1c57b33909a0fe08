//! What the system's manifest says about names holds, whatever the name server asks: its program and the supervisor's steps
//! together, with a ledger and without a kernel.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/closed_system.rs"]
mod closed_system;

use closed_system::{World, name};
use ipc_proto::ids::Instance;
use ipc_proto::names::{self, NameFailure};
use ipc_proto::registrar::{Answer, Refusal, Request, Right};
use ipc_proto::version::{Offered, Version, VersionRange};
use ipc_proto::waits::Awaited;
use name_server_core::NameServer;
use root_task_core::steps;
use root_task_core::waits::Found;

fn failed(failure: NameFailure) -> names::Answer {
    names::Answer::Failed(failure)
}

fn found(answer: &names::Answer) -> Option<u16> {
    match answer {
        names::Answer::Found { version, .. } => Some(version.0),
        _ => None,
    }
}

const VERSIONS: [VersionRange; 3] =
    [VersionRange::ANY, VersionRange::exactly(Version(1)), VersionRange::exactly(Version(9))];

#[test]
fn what_one_may_not_look_up_is_as_what_does_not_exist_in_every_state_of_its_module() {
    let (mut world, mut names) = World::new();
    let outsider = world.started("outsider");
    // What the outsider is told about both names, and what the name server has asked meanwhile.
    let told = |world: &mut World, names: &mut NameServer| {
        let told = ["secret", "nosuch"].map(|text| {
            world.waits.remove(outsider.domain);
            let mut all = Vec::new();
            for (versions, wait) in
                VERSIONS.into_iter().flat_map(|versions| [(versions, 0), (versions, 1000)])
            {
                world.asked.clear();
                let answer = world.lookup(names, outsider, text, versions, wait);
                let expected = if wait > 0 { names::Answer::Wait } else { failed(NameFailure::NotFound) };
                assert_eq!(answer, expected, "{text} in {versions:?}");
                let asked: Vec<_> =
                    world.asked.iter().map(|asked| format!("{asked:?}").replace(text, "...")).collect();
                all.push((answer, asked, world.waits.ask(outsider)));
            }
            world.asked.clear();
            let registered = world.reserve(names, outsider, text, 1);
            let refused = NameFailure::Supervisor(Refusal::NotGranted);
            assert_eq!(registered, failed(refused), "{text}");
            let asked: Vec<_> =
                world.asked.iter().map(|asked| format!("{asked:?}").replace(text, "...")).collect();
            all.push((registered, asked, world.waits.ask(outsider)));
            all
        });
        assert_eq!(told[0], told[1]);
        assert!(
            matches!(told[0].first(), Some((_, asked, _)) if asked.len() == 1),
            "the right, and nothing else"
        );
    };
    told(&mut world, &mut names);
    let keeper = world.started("keeper");
    for version in [1, 2] {
        world.reserved(&mut names, keeper, "secret", version);
    }
    told(&mut world, &mut names);
    steps::publish(&mut world, keeper);
    told(&mut world, &mut names);
    world.ledger.died(keeper.domain);
    told(&mut world, &mut names);
    let again = Instance { generation: world.ledger.start(keeper.domain).unwrap(), ..keeper };
    world.reserved(&mut names, again, "secret", 1);
    told(&mut world, &mut names);
    steps::publish(&mut world, again);
    world.ledger.stop(keeper.domain);
    told(&mut world, &mut names);
    let insider = world.started("insider");
    steps::cancel_stop(&mut world, keeper.domain);
    assert_eq!(found(&world.lookup(&mut names, insider, "secret", VersionRange::ANY, 0)), Some(1));
}

#[test]
fn a_wait_in_vain_closes_no_cycle_and_a_publish_does_not_end_it() {
    let (mut world, mut names) = World::new();
    let (keeper, outsider) = (world.started("keeper"), world.started("outsider"));
    world.reserved(&mut names, keeper, "secret", 1);
    world.reserved(&mut names, outsider, "other", 1);
    for (who, text) in [(keeper, "other"), (outsider, "secret")] {
        assert_eq!(world.lookup(&mut names, who, text, VersionRange::ANY, 1000), names::Answer::Wait);
        assert_eq!(steps::ask(&mut world, who), None);
    }
    assert_eq!(
        world.waits.ask(keeper),
        Found::Waiting,
        "there would be a cycle, where the outsider may look it up"
    );
    steps::publish(&mut world, keeper);
    assert_eq!(world.waits.ask(outsider), Found::Waiting);
    assert_eq!(world.waits.due(1_000_000), Some(keeper.domain));
    assert_eq!(world.waits.due(1_000_000), Some(outsider.domain));
    assert_eq!(world.waits.ask(outsider), Found::Ended(Awaited::TimedOut));
    // The same two, where both may.
    let (mut world, mut names) = World::new();
    let (keeper, free) = (world.started("keeper"), world.started("free"));
    world.reserved(&mut names, keeper, "secret", 1);
    world.reserved(&mut names, free, "other", 1);
    for (who, text) in [(keeper, "other"), (free, "secret")] {
        world.lookup(&mut names, who, text, VersionRange::ANY, 1000);
        assert_eq!(steps::ask(&mut world, who), None);
    }
    assert!(matches!(world.waits.ask(keeper), Found::Ended(Awaited::Cycle(_))));
}

#[test]
fn a_name_server_that_lies_hands_out_nothing_that_the_manifest_forbids() {
    let (mut world, mut names) = World::new();
    let (keeper, outsider) = (world.started("keeper"), world.started("outsider"));
    let secret = world.reserved(&mut names, keeper, "secret", 1);
    let public = world.reserved(&mut names, keeper, "public", 1);
    let (owner, client) = (world.badge(outsider), world.badge(outsider));
    for again in [None, Some(secret)] {
        let enter = Request::Enter { owner, again, name: name("secret"), version: Version(1) };
        assert_eq!(steps::registrar(&mut world, enter), Err(Refusal::NotGranted));
    }
    steps::publish(&mut world, keeper);
    let connect = |service| Request::Connect { client, service, interface: None };
    assert_eq!(steps::registrar(&mut world, connect(secret)), Err(Refusal::NotGranted));
    assert!(steps::registrar(&mut world, connect(public)).is_ok());
    // It says that the client waits for what it may, or for what it may not.
    let wait = Request::Wait { client, name: name("secret"), versions: VersionRange::ANY, micros: 1 };
    assert_eq!(steps::registrar(&mut world, wait), Ok(Answer::Done), "and not where it is");
    // After a restart it says that one of the names that clients hold is another one.
    world.ledger.died(keeper.domain);
    let again = Instance { generation: world.ledger.start(keeper.domain).unwrap(), ..keeper };
    let owner = world.badge(again);
    let enter = Request::Enter { owner, again: Some(public), name: name("secret"), version: Version(1) };
    let entered = steps::registrar(&mut world, enter);
    assert!(matches!(entered, Ok(Answer::Entered(service)) if service != public), "{entered:?}");
}

#[test]
fn rights_are_by_badge_and_a_stale_one_has_none() {
    let (mut world, mut names) = World::new();
    let insider = world.started("insider");
    let asker = world.badge(insider);
    let may = |right, text| Request::May { asker, right, name: name(text) };
    assert_eq!(steps::registrar(&mut world, may(Right::LookUp, "secret")), Ok(Answer::Done));
    assert_eq!(steps::registrar(&mut world, may(Right::LookUp, "public")), Err(Refusal::NotGranted));
    assert_eq!(steps::registrar(&mut world, may(Right::Register, "secret")), Err(Refusal::NotGranted));
    world.ledger.died(insider.domain);
    assert_eq!(steps::registrar(&mut world, may(Right::LookUp, "secret")), Err(Refusal::NoSuchDomain));
    let (keeper, shell) = (world.started("keeper"), world.started("shell"));
    for (who, page) in
        [(keeper, failed(NameFailure::NotOperator)), (shell, names::Answer::Page(heapless::Vec::new()))]
    {
        let badge = world.badge(who);
        assert_eq!(names.serve(&mut world, badge, names::Request::List { from: 0 }), page);
    }
}

#[test]
fn old_clients_and_new_servers_meet_in_the_newest_version_that_both_speak() {
    let (mut world, mut names) = World::new();
    let (server, client) = (world.started("free"), world.started("insider"));
    let services = [1, 3, 4].map(|version| world.reserved(&mut names, server, "secret", version));
    let range = |oldest, newest| VersionRange { oldest: Version(oldest), newest: Version(newest) };
    let nothing = failed(NameFailure::NotFound);
    for versions in [range(1, 9), range(7, 9)] {
        assert_eq!(world.lookup(&mut names, client, "secret", versions, 0), nothing, "it is reserved only");
    }
    steps::publish(&mut world, server);
    for (versions, version) in [(range(1, 1), 1), (range(1, 2), 1), (range(1, 3), 3), (range(3, 9), 4)] {
        let answer = world.lookup(&mut names, client, "secret", versions, 0);
        assert_eq!(found(&answer), Some(version), "{versions:?}: {answer:?}");
    }
    let offered = |versions: &[u16]| {
        failed(NameFailure::Version { offered: Offered::of(versions.iter().copied().map(Version)).unwrap() })
    };
    assert_eq!(world.lookup(&mut names, client, "secret", range(2, 2), 0), offered(&[1, 3, 4]));
    // The next instance offers less, and something new; until it publishes that, nobody sees it.
    world.ledger.died(server.domain);
    let again = Instance { generation: world.ledger.start(server.domain).unwrap(), ..server };
    assert_eq!(world.reserved(&mut names, again, "secret", 3), services[1]);
    world.reserved(&mut names, again, "secret", 6);
    assert_eq!(world.lookup(&mut names, client, "secret", range(5, 9), 0), offered(&[1, 3, 4]));
    steps::publish(&mut world, again);
    assert_eq!(world.lookup(&mut names, client, "secret", range(5, 5), 0), offered(&[3, 6]));
    assert_eq!(found(&world.lookup(&mut names, client, "secret", range(0, 5), 0)), Some(3));
    // A name server that begins anew finds the same.
    let mut names = NameServer::begin(&mut world).unwrap();
    assert_eq!(world.lookup(&mut names, client, "secret", range(5, 5), 0), offered(&[3, 6]));
    assert_eq!(found(&world.lookup(&mut names, client, "secret", VersionRange::ANY, 0)), Some(6));
}

#[test]
fn how_long_a_lookup_waits_below_at_and_above_its_bound() {
    let (mut world, mut names) = World::new();
    let free = world.started("free");
    let bound = world.system.longest_wait_of(&name("free"));
    for (micros, may) in [
        (bound - 1, true),
        (bound, true),
        (bound + 1, false),
        (u64::MAX - 1, false),
        // As long as it may.
        (u64::MAX, true),
    ] {
        world.waits.remove(free.domain);
        let told = world.lookup(&mut names, free, "nosuch", VersionRange::ANY, micros);
        let too_long = failed(NameFailure::Supervisor(Refusal::WaitTooLong));
        assert_eq!(told, if may { names::Answer::Wait } else { too_long }, "{micros} us");
    }
}

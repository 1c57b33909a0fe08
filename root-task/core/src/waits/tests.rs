//! What ends a wait, how many may wait, and which cycles are found.

use super::*;
use crate::ledger::Ledger;
use crate::ledger::tests::{live, offered, started};
use crate::system::SystemManifest;
use ipc_proto::ids::Generation;
use ipc_proto::version::Version;
use ipc_proto::waits::Cycle;

const ONE: VersionRange = VersionRange::exactly(Version(1));

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn instance(domain: u16) -> Instance {
    Instance { domain: DomainId(domain), generation: Generation(1) }
}

fn wait(client: Instance, text: &str, until: u64) -> Wait {
    Wait { client, name: name(text), versions: ONE, until }
}

fn domains(numbers: &[u16]) -> Vec<DomainId, MAX_MODULES> {
    numbers.iter().map(|number| DomainId(*number)).collect()
}

#[test]
fn a_publish_ends_every_wait_for_that_name_and_version_and_no_other() {
    let mut waits = Waits::new();
    for (client, text) in [(1, "echo"), (2, "other"), (3, "echo"), (4, "ech")] {
        waits.enter(wait(instance(client), text, 5_000), 9).unwrap();
    }
    let newer = Wait {
        versions: VersionRange { oldest: Version(2), newest: Version(3) },
        ..wait(instance(5), "echo", 9)
    };
    waits.enter(newer, 9).unwrap();
    assert_eq!(waits.publish(offered("echo", 1), 2_000), domains(&[1, 3]));
    assert_eq!(waits.publish(offered("echo", 1), 2_000), domains(&[]), "a wait ends once");
    assert_eq!(waits.publish(offered("echo", 4), 0), domains(&[]), "a version that nobody speaks");
    assert_eq!(waits.publish(offered("echo", 3), 0), domains(&[5]));
    assert_eq!(waits.ask(instance(1)), Found::Ended(Awaited::Published { left: 3 }));
    assert_eq!(waits.ask(instance(1)), Found::Nothing, "and is told once");
    assert_eq!(waits.ask(instance(2)), Found::Waiting);
    assert_eq!(waits.waiting().map(|wait| wait.client.domain.0).collect::<std::vec::Vec<_>>(), [2, 4]);
}

#[test]
fn a_publish_between_the_lookup_and_the_question_is_not_lost() {
    let mut waits = Waits::new();
    waits.enter(wait(instance(1), "echo", 5_000_000), 9).unwrap();
    waits.publish(offered("echo", 1), 1_000_000);
    assert_eq!(waits.due(9_000_000), None, "it has ended already");
    waits.end(DomainId(1), Awaited::TimedOut);
    assert_eq!(waits.ask(instance(1)), Found::Ended(Awaited::Published { left: 4_000 }));
}

#[test]
fn its_time_below_at_and_above() {
    let mut waits = Waits::new();
    for (client, until) in [(1, 30), (2, 10), (3, 20)] {
        waits.enter(wait(instance(client), "echo", until), 9).unwrap();
    }
    assert_eq!((waits.next(), waits.due(9)), (Some(10), None));
    assert_eq!((waits.due(10), waits.next()), (Some(DomainId(2)), Some(20)));
    assert_eq!([waits.due(31), waits.due(31), waits.due(31)], [Some(DomainId(1)), Some(DomainId(3)), None]);
    assert_eq!(waits.next(), None);
    assert_eq!(waits.ask(instance(3)), Found::Ended(Awaited::TimedOut));
    assert_eq!([wait(instance(1), "echo", 5_999).left(2_000), wait(instance(1), "echo", 1).left(2)], [3, 0]);
}

#[test]
fn a_module_has_one_wait_and_it_dies_with_it() {
    let mut waits = Waits::new();
    waits.enter(wait(instance(1), "echo", 10), 9).unwrap();
    waits.enter(wait(instance(1), "other", 20), 9).unwrap();
    assert_eq!(waits.waiting().count(), 1);
    assert_eq!(waits.publish(offered("echo", 1), 0), domains(&[]), "the old one is forgotten");
    let next = Instance { generation: Generation(2), ..instance(1) };
    assert_eq!(waits.ask(next), Found::Nothing, "another instance has none");
    waits.remove(DomainId(1));
    assert_eq!((waits.waiting().count(), waits.next(), waits.ask(instance(1))), (0, None, Found::Nothing));
    for outside in [MAX_MODULES as u16, u16::MAX] {
        waits.remove(DomainId(outside));
        assert_eq!(waits.ask(instance(outside)), Found::Nothing);
    }
}

#[test]
fn how_many_wait_for_a_name_below_at_and_above_the_bound() {
    for most in [0, 1, 3, DEFAULT_WAITERS] {
        let mut waits = Waits::new();
        for client in 0..most {
            assert_eq!(waits.enter(wait(instance(client), "echo", 1), most), Ok(()), "{client} of {most}");
        }
        let more = instance(most);
        assert_eq!(waits.enter(wait(more, "echo", 1), most), Err(TooManyWaiters), "{most}");
        if most > 0 {
            assert_eq!(waits.enter(wait(more, "other", 1), most), Ok(()), "each name has its own bound");
            assert_eq!(waits.enter(wait(instance(0), "echo", 1), most), Ok(()), "in the place of its own");
            waits.end(DomainId(0), Awaited::TimedOut);
            assert_eq!(waits.enter(wait(more, "echo", 1), most), Ok(()), "one has ended");
        }
    }
}

#[test]
fn a_wait_in_vain_is_as_one_for_a_name_that_nobody_has() {
    let mut waits = Waits::new();
    waits.enter(wait(instance(1), "echo", 10), 2).unwrap();
    for (client, text) in [(2, "echo"), (3, "nobody"), (4, "echo"), (5, "nobody")] {
        assert_eq!(waits.enter_in_vain(wait(instance(client), text, 20), 2), Ok(()), "{client}");
    }
    for text in ["echo", "nobody"] {
        let told = waits.enter_in_vain(wait(instance(6), text, 20), 2);
        assert_eq!(told, Err(TooManyWaiters), "those who may wait for {text} are not in the count");
    }
    assert_eq!(waits.enter(wait(instance(7), "echo", 10), 2), Ok(()), "nor the other way round");
    assert_eq!(waits.enter(wait(instance(8), "echo", 10), 2), Err(TooManyWaiters));
    for asks in [2, 7, 1] {
        waits.ask(instance(asks));
    }
    let clients = |waits: &mut dyn Iterator<Item = &Wait>| -> std::vec::Vec<_> {
        waits.map(|wait| wait.client.domain.0).collect()
    };
    assert_eq!(clients(&mut waits.asked()), [1, 2, 7]);
    assert_eq!(clients(&mut waits.hoping()), [1, 7]);
    assert_eq!(waits.publish(offered("echo", 1), 0), domains(&[1, 7]));
    assert_eq!((waits.due(19), waits.due(20)), (None, Some(DomainId(2))), "its time ends it");
    assert_eq!(waits.ask(instance(2)), Found::Ended(Awaited::TimedOut));
}

/// A ledger with modules whose inits run, in domains 0, 1, 2, ...
fn starting(names: &[&str]) -> (Ledger, std::vec::Vec<Instance>) {
    let mut ledger = Ledger::new();
    let modules = names.iter().map(|name| started(&mut ledger, name)).collect();
    (ledger, modules)
}

fn system(rights: &str) -> SystemManifest {
    let text = std::format!("name_server = \"n\"\nconsole = \"c\"\nboot = [\"n\"]\nrights = [{rights}]\n");
    toml::from_str(&text).unwrap()
}

fn cycle(waits: &Waits, ledger: &Ledger, system: &SystemManifest) -> Option<Members> {
    waits.cycle(|name| provider(ledger, system, name))
}

#[test]
fn cycles_of_every_length_are_found_when_the_last_wait_closes_them() {
    for length in [1, 2, 3, MAX_MODULES as u8] {
        let mut ledger = Ledger::new();
        let modules: std::vec::Vec<_> =
            (0..length).map(|i| started(&mut ledger, &std::format!("m{i}"))).collect();
        for (i, module) in modules.iter().enumerate() {
            ledger.enter(*module, offered(&std::format!("n{i}"), 1), None).unwrap();
        }
        let mut waits = Waits::new();
        let system = system("");
        for (i, module) in modules.iter().enumerate() {
            assert_eq!(cycle(&waits, &ledger, &system), None, "{i} of {length} wait");
            let next = (i + 1) % modules.len();
            waits.enter(wait(*module, &std::format!("n{next}"), 1), 31).unwrap();
            assert_eq!(cycle(&waits, &ledger, &system), None, "{i} of {length} do not wait yet");
            assert_eq!(waits.ask(*module), Found::Waiting);
        }
        let members = cycle(&waits, &ledger, &system).unwrap();
        assert_eq!(members, (0..u16::from(length)).map(DomainId).collect::<Members>(), "{length}");
        waits.end(members[0], Awaited::Cycle(Cycle::of([])));
        assert_eq!(cycle(&waits, &ledger, &system), None, "one that has been told waits no more");
    }
}

#[test]
fn who_only_waits_for_a_cycle_is_not_in_it() {
    let (mut ledger, m) = starting(&["a", "b", "c", "d"]);
    for (i, text) in [(0, "na"), (1, "nb"), (2, "nc")] {
        ledger.enter(m[i], offered(text, 1), None).unwrap();
    }
    let mut waits = Waits::new();
    // a waits for b, and b and c for each other; d waits for a.
    for (i, text) in [(0, "nb"), (1, "nc"), (2, "nb"), (3, "na")] {
        waits.enter(wait(m[i], text, 1), 9).unwrap();
        waits.ask(m[i]);
    }
    assert_eq!(cycle(&waits, &ledger, &system("")), Some(domains(&[1, 2])));
}

#[test]
fn a_wait_is_for_who_has_the_name_and_else_for_who_is_expected_to() {
    let (mut ledger, m) = starting(&["a", "b", "c"]);
    let hinted = system(r#"{ module = "a", provides = ["x"] }, { module = "b", provides = ["x", "y"] }"#);
    let x = name("x");
    assert_eq!(provider(&ledger, &hinted, &name("y")), Some(m[1].domain));
    assert_eq!(provider(&ledger, &hinted, &name("z")), None, "nobody is");
    assert_eq!(provider(&ledger, &hinted, &x), None, "two are: either may do");
    ledger.publish(m[0]);
    assert_eq!(
        provider(&ledger, &hinted, &x),
        Some(m[1].domain),
        "the other one can reserve nothing any more"
    );
    let service = ledger.enter(m[2], offered("x", 1), None).unwrap();
    assert_eq!(provider(&ledger, &hinted, &x), Some(m[2].domain), "who has it comes first");
    ledger.publish(m[2]);
    assert_eq!(
        provider(&ledger, &hinted, &x),
        None,
        "what is live is not waited for, in another version neither"
    );
    assert_eq!(expected(&ledger, &hinted, &x), Some(m[2].domain), "and an operator sees who has it");
    ledger.died(m[2].domain);
    assert_eq!(provider(&ledger, &hinted, &x), None, "it is down");
    ledger.start(m[2].domain);
    assert_eq!(provider(&ledger, &hinted, &x), Some(m[2].domain), "and comes again");
    assert_eq!(
        ledger.services_from(0).find(|(_, at, _)| *at == service).map(|(.., offer)| offer),
        Some(offered("x", 1))
    );
    ledger.fail(m[2].domain);
    ledger.died(m[2].domain);
    ledger.remove(m[2].domain);
    assert_eq!(provider(&ledger, &hinted, &x), Some(m[1].domain), "it is unloaded: the hint holds again");
}

#[test]
fn a_publish_opens_a_cycle() {
    let (mut ledger, m) = starting(&["a", "b"]);
    let mut waits = Waits::new();
    let none = system("");
    for (who, has, wants) in [(m[0], "na", "nb"), (m[1], "nb", "na")] {
        ledger.enter(who, offered(has, 1), None).unwrap();
        waits.enter(wait(who, wants, 1), 9).unwrap();
        waits.ask(who);
    }
    assert_eq!(cycle(&waits, &ledger, &none), Some(domains(&[0, 1])));
    ledger.publish(m[1]);
    assert_eq!(cycle(&waits, &ledger, &none), None, "who is live can wait while it serves");
}

#[test]
fn the_ledger_finds_what_is_live_in_a_version_that_fits() {
    let mut ledger = Ledger::new();
    let server = started(&mut ledger, "server");
    let at = ledger.enter(server, offered("x", 2), None).unwrap();
    assert_eq!(ledger.find_live(&name("x"), VersionRange::ANY), None, "it is reserved");
    ledger.publish(server);
    assert_eq!(ledger.find_live(&name("x"), VersionRange::ANY), Some((at, Version(2))));
    assert_eq!(ledger.find_live(&name("x"), ONE), None);
    assert_eq!(ledger.live_offers_of(server.domain).collect::<std::vec::Vec<_>>(), [offered("x", 2)]);
    ledger.stop(server.domain);
    assert_eq!(ledger.find_live(&name("x"), VersionRange::ANY), None, "it is stopping");
    assert_eq!(ledger.live_offers_of(server.domain).count(), 0);
    ledger.died(server.domain);
    let again = Instance { generation: ledger.start(server.domain).unwrap(), ..server };
    let one = ledger.enter(again, offered("x", 1), None).unwrap();
    let four = ledger.enter(again, offered("x", 4), None).unwrap();
    let three = ledger.enter(again, offered("x", 3), None).unwrap();
    ledger.enter(again, offered("y", 5), None).unwrap();
    ledger.publish(again);
    for (versions, found) in [
        (VersionRange::ANY, Some((four, Version(4)))),
        (VersionRange { oldest: Version(1), newest: Version(3) }, Some((three, Version(3)))),
        (ONE, Some((one, Version(1)))),
        (VersionRange::exactly(Version(2)), None),
    ] {
        assert_eq!(ledger.find_live(&name("x"), versions), found, "the newest of {versions:?}");
    }
    let other = live(&mut ledger, "other");
    assert_eq!(ledger.live_offers_of(other.domain).count(), 0);
}

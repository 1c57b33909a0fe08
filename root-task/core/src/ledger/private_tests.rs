//! Tests of the private endpoint: only its peer reaches it, nobody finds it, and it ends with the init.

use ipc_proto::ids::Instance;
use ipc_proto::operator::ServiceState;
use ipc_proto::private::{Ended, PrivateRefusal};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;

use super::tests::{live, offer, offered, started};
use super::*;

/// A disk in its init, the scanner that it names, and somebody else.
fn three(ledger: &mut Ledger) -> [Instance; 3] {
    [started(ledger, "disk"), live(ledger, "partitions"), live(ledger, "prowler")]
}

fn next(ledger: &mut Ledger, of: Instance) -> Instance {
    Instance { domain: of.domain, generation: ledger.start(of.domain).unwrap() }
}

#[test]
fn the_named_peer_is_connected_and_nobody_else() {
    let mut ledger = Ledger::new();
    let [disk, scanner, other] = three(&mut ledger);
    assert_eq!(ledger.accept(scanner, disk), Err(PrivateRefusal::NotOpened), "nothing is open yet");
    ledger.open(disk, scanner.domain).unwrap();
    assert_eq!(ledger.accept(other, disk), Err(PrivateRefusal::NotOpened));
    assert_eq!(ledger.accept(disk, disk), Err(PrivateRefusal::NotOpened));
    let connection = ledger.accept(scanner, disk).unwrap();
    let slot = u64::from(connection.slot);
    assert_eq!((connection.server, connection.generation), (disk.domain, disk.generation));
    assert!(connection.mint.is_some());
    assert_eq!(
        ledger.accept(scanner, disk).unwrap(),
        Connection { mint: None, ..connection },
        "the same again"
    );
    assert_eq!(ledger.server_of(scanner.domain, slot), Some(disk.domain));
    assert_eq!(ledger.private_owner(scanner.domain, slot), Some(disk.domain));
    assert_eq!(ledger.private_client(disk.domain), Some((scanner.domain, connection.slot)));
    assert!(
        ledger.is_client_of(scanner.domain, disk.domain) && !ledger.is_client_of(other.domain, disk.domain)
    );
}

#[test]
fn nobody_finds_it_or_gets_it_by_its_number() {
    let mut ledger = Ledger::new();
    let [disk, scanner, other] = three(&mut ledger);
    let named = ledger.enter(disk, offer(), None).unwrap();
    ledger.open(disk, scanner.domain).unwrap();
    ledger.accept(scanner, disk).unwrap();
    let listed: Vec<_> = ledger.services_from(0).map(|(_, at, _)| at).collect();
    assert_eq!(listed, [named]);
    assert_eq!(ledger.services_of(disk.domain).as_slice(), [named]);
    assert_eq!(ledger.find_live(&offer().name, VersionRange::ANY), None);
    let private = ledger.module(disk.domain).unwrap().private.unwrap().at;
    for client in [other, scanner] {
        assert_eq!(ledger.connect(client, private), Err(Refusal::NotPublished), "{client:?}");
    }
    let again = ledger.enter(disk, offered("other", 1), Some(private)).unwrap();
    assert_ne!(again, private, "nor does a name lead to it");
}

#[test]
fn it_ends_at_publish() {
    let mut ledger = Ledger::new();
    let [disk, scanner, _] = three(&mut ledger);
    let named = ledger.enter(disk, offer(), None).unwrap();
    ledger.open(disk, scanner.domain).unwrap();
    let slot = ledger.accept(scanner, disk).unwrap().slot;
    let private = ledger.module(disk.domain).unwrap().private.unwrap().at;
    assert_eq!(ledger.publish(disk), PublishDecision::Live(heapless::Vec::new()));
    assert_eq!((ledger.exists(private), ledger.exists(named)), (false, true));
    assert_eq!(ledger.server_of(scanner.domain, u64::from(slot)), None);
    assert!(!ledger.is_client_of(scanner.domain, disk.domain));
    assert_eq!(ledger.open(disk, scanner.domain), Err(PrivateRefusal::NotInInit));
    assert_eq!(ledger.accept(scanner, disk), Err(PrivateRefusal::NotOpened));
    assert_eq!(ledger.service_info(named).unwrap().state, ServiceState::Live);
}

#[test]
fn it_ends_at_the_death_and_the_next_instance_has_none() {
    let mut ledger = Ledger::new();
    let [disk, scanner, _] = three(&mut ledger);
    ledger.open(disk, scanner.domain).unwrap();
    let slot = ledger.accept(scanner, disk).unwrap().slot;
    ledger.died(disk.domain).unwrap();
    assert_eq!(ledger.server_of(scanner.domain, u64::from(slot)), None);
    assert!(!ledger.is_client_of(scanner.domain, disk.domain));
    let second = next(&mut ledger, disk);
    assert_eq!(ledger.private_state(disk.domain), None);
    assert_eq!(ledger.open(disk, scanner.domain), Err(PrivateRefusal::NotInInit), "a dead one opens nothing");
    ledger.open(second, scanner.domain).unwrap();
    assert_eq!(ledger.accept(scanner, disk), Err(PrivateRefusal::NotOpened), "a stale badge reaches nothing");
    assert!(ledger.accept(scanner, second).is_ok());
}

#[test]
fn the_peers_next_instance_is_not_the_peer() {
    let mut ledger = Ledger::new();
    let [disk, scanner, other] = three(&mut ledger);
    ledger.open(disk, scanner.domain).unwrap();
    ledger.accept(scanner, disk).unwrap();
    assert_eq!(ledger.opened_to(scanner.domain).as_slice(), [disk.domain]);
    assert_eq!(ledger.opened_to(other.domain).as_slice(), []);
    ledger.died(scanner.domain).unwrap();
    assert_eq!(ledger.private_client(disk.domain), None);
    assert_eq!(ledger.open(disk, scanner.domain), Err(PrivateRefusal::NoPeer), "it does not run");
    let second = next(&mut ledger, scanner);
    assert_eq!(ledger.accept(second, disk), Err(PrivateRefusal::NotOpened));
    assert!(ledger.shut(disk.domain, Ended::PeerGone) && !ledger.shut(disk.domain, Ended::TimedOut));
    assert_eq!(ledger.private_state(disk.domain), Some(Err(Ended::PeerGone)));
    assert_eq!(ledger.opened_to(scanner.domain).as_slice(), []);
    ledger.open(disk, scanner.domain).unwrap();
    assert!(ledger.accept(second, disk).is_ok(), "opened again, to the one that runs");
}

#[test]
fn one_at_a_time_and_for_another_module_in_init() {
    let mut ledger = Ledger::new();
    let [disk, scanner, other] = three(&mut ledger);
    assert_eq!(ledger.open(other, scanner.domain), Err(PrivateRefusal::NotInInit));
    assert_eq!(ledger.open(disk, disk.domain), Err(PrivateRefusal::NoPeer));
    assert_eq!(ledger.open(disk, DomainId(31)), Err(PrivateRefusal::NoPeer));
    ledger.open(disk, scanner.domain).unwrap();
    assert_eq!(ledger.open(disk, other.domain), Err(PrivateRefusal::OpenAlready));
    assert!(ledger.shut(disk.domain, Ended::TimedOut));
    assert_eq!(ledger.accept(scanner, disk), Err(PrivateRefusal::NotOpened), "its time is over");
    ledger.open(disk, other.domain).unwrap();
    assert_eq!(ledger.accept(scanner, disk), Err(PrivateRefusal::NotOpened));
    assert!(ledger.accept(other, disk).is_ok());
}

#[test]
fn a_table_and_a_peer_that_are_full_refuse() {
    let mut ledger = Ledger::new();
    let [disk, ..] = three(&mut ledger);
    let domain = ledger.admit(Name::new("small").unwrap(), 1, false).unwrap();
    let small = Instance { domain, generation: ledger.start(domain).unwrap() };
    ledger.open(disk, domain).unwrap();
    let server = started(&mut ledger, "server");
    let service = ledger.enter(server, offer(), None).unwrap();
    ledger.publish(server);
    let slot = ledger.connect(small, service).unwrap().slot;
    assert_eq!(ledger.accept(small, disk), Err(PrivateRefusal::TooManyConnections));
    ledger.disconnect(domain, slot);
    assert!(ledger.accept(small, disk).is_ok());
    let mut owners = (0..).map(|number| started(&mut ledger, &std::format!("m{number}")));
    let owners: Vec<Instance> = owners.by_ref().take(8).collect();
    let mut entered = 2;
    for owner in &owners {
        for _ in 0..MAX_SERVICES_PER_MODULE {
            entered += usize::from(ledger.enter(*owner, offer(), None).is_ok());
        }
    }
    assert_eq!(entered, MAX_SERVICES);
    let last = owners[7];
    assert_eq!(ledger.open(last, disk.domain), Err(PrivateRefusal::TooManyServices));
    ledger.died(owners[0].domain);
    assert_eq!(ledger.open(last, disk.domain), Ok(()), "beside as many names as a module can have");
}

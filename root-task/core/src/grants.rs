//! What should be in each slot of a module's CSpace.

use ipc_proto::ids::DomainId;
use ipc_proto::operator::{Grant, State};
use ipc_proto::slots;

use crate::ledger::Ledger;

/// What of a domain's capabilities the ledger does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endowment {
    /// It has a locker.
    pub locker: bool,
    /// It has a device.
    pub device: bool,
    /// The device has I/O ports.
    pub ports: bool,
    /// It is the name server, which needs no capability to itself.
    pub is_names: bool,
}

impl Endowment {
    /// What should be in this slot of `domain`'s CSpace; `None` where nothing should.
    pub fn grant(&self, ledger: &Ledger, domain: DomainId, slot: u8) -> Option<Grant> {
        let when = |holds: bool, grant: Grant| holds.then_some(grant);
        match u64::from(slot) {
            slots::FAULT => Some(Grant::Faults),
            slots::SUPERVISOR => Some(Grant::Requests),
            slots::NAMES => when(!self.is_names, Grant::Names),
            slots::RECEIVE => when(ledger.module(domain)?.state() != State::Stopping, Grant::Receive),
            slots::LOCKER => when(self.locker, Grant::Locker),
            slots::IRQ_HANDLER => when(self.device, Grant::Interrupt),
            slots::IO_PORTS => when(self.device && self.ports, Grant::Ports),
            slots::PRIVATE => when(ledger.private_state(domain).is_some(), Grant::Private),
            slots::NOTIFICATION => when(self.device, Grant::Notification),
            slot => Some(Grant::Connection(ledger.module(ledger.server_of(domain, slot)?)?.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::offer;
    use ipc_proto::ids::Instance;
    use ipc_proto::name::Name;

    const NONE: Endowment = Endowment { locker: false, device: false, ports: false, is_names: false };

    fn live(ledger: &mut Ledger, name: &str) -> Instance {
        let domain = ledger.admit(Name::new(name).unwrap(), 4, false).unwrap();
        Instance { domain, generation: ledger.start(domain).unwrap() }
    }

    fn slots_of(endowment: Endowment, ledger: &Ledger, domain: DomainId) -> std::vec::Vec<u8> {
        (0..64).filter(|slot| endowment.grant(ledger, domain, *slot).is_some()).collect()
    }

    #[test]
    fn each_word_of_the_manifest_has_its_slots() {
        let mut ledger = Ledger::new();
        let domain = live(&mut ledger, "a").domain;
        for (endowment, slots) in [
            (NONE, &[1, 2, 3, 4][..]),
            (Endowment { is_names: true, ..NONE }, &[1, 2, 4]),
            (Endowment { locker: true, ..NONE }, &[1, 2, 3, 4, 5]),
            (Endowment { device: true, ..NONE }, &[1, 2, 3, 4, 6, 8]),
            (Endowment { device: true, ports: true, ..NONE }, &[1, 2, 3, 4, 6, 7, 8]),
            (Endowment { ports: true, ..NONE }, &[1, 2, 3, 4]),
        ] {
            assert_eq!(slots_of(endowment, &ledger, domain), slots, "{endowment:?}");
        }
    }

    #[test]
    fn a_connection_is_granted_as_long_as_the_ledger_has_it() {
        let mut ledger = Ledger::new();
        let (server, client) = (live(&mut ledger, "server"), live(&mut ledger, "client"));
        let service = ledger.enter(server, offer(), None).unwrap();
        ledger.publish(server);
        let slot = ledger.connect(client, service).unwrap().slot;
        let name = Name::new("server").unwrap();
        assert_eq!(NONE.grant(&ledger, client.domain, slot), Some(Grant::Connection(name)));
        assert_eq!(NONE.grant(&ledger, client.domain, slot + 1), None);
        ledger.disconnect(client.domain, slot);
        assert_eq!(NONE.grant(&ledger, client.domain, slot), None);
        let starting = ledger.admit(Name::new("starting").unwrap(), 4, false).unwrap();
        let starting = Instance { domain: starting, generation: ledger.start(starting).unwrap() };
        assert_eq!(NONE.grant(&ledger, starting.domain, 9), None);
        ledger.open(starting, client.domain).unwrap();
        assert_eq!(NONE.grant(&ledger, starting.domain, 9), Some(Grant::Private));
        assert!(ledger.stop(server.domain));
        assert_eq!(NONE.grant(&ledger, server.domain, 4), None, "a stopping module does not receive");
    }
}

//! Which slot of its CSpace a client's next connection is put into.
//!
//! A program can go on using the number of a slot whose connection is gone. As long as nothing else is there its calls reach
//! nobody, so what was used comes last, and of that what has been empty for the longest time comes first.
//!
//! **Invariant:** a slot in which the running instance has had a connection has another one only when none is left in which
//! it has never had any, and none that has been empty for longer.

use heapless::Vec;
use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::slots::MAX_CONNECTIONS;

use super::{Ledger, Module};

/// The places among an instance's connections that have become empty, those that were first in front.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Emptied(Vec<u8, { MAX_CONNECTIONS as usize }>);

impl Emptied {
    /// None.
    pub(super) const NONE: Emptied = Emptied(Vec::new());

    /// A connection is entered there.
    pub(super) fn fill(&mut self, index: usize) {
        self.0.retain(|place| usize::from(*place) != index);
    }

    /// The connection there is gone.
    pub(super) fn empty(&mut self, index: usize) {
        // There is room: a place is in it once, until it is used.
        let _ = u8::try_from(index).map(|place| self.0.push(place));
    }

    fn contains(&self, index: usize) -> bool {
        self.0.iter().any(|place| usize::from(*place) == index)
    }
}

impl Module {
    /// What was taken and is gone keeps its place until it is given back: whoever has it would reach another service.
    fn is_free(&self, index: usize) -> bool {
        self.connections.get(index).is_some_and(Option::is_none) && self.taken.get(index) == Some(&0)
    }
}

impl Ledger {
    /// Where `client` holds its connection to a service, or can: and whether it does. `None` where its slots are used up.
    pub(super) fn place_for(&self, client: DomainId, at: ServiceRef) -> Option<(usize, bool)> {
        let module = self.module(client)?;
        let most = usize::from(module.max_connections);
        if let Some(index) = module.connections.iter().take(most).position(|held| *held == Some(at)) {
            return Some((index, true));
        }
        let free = |index: &usize| module.is_free(*index);
        let never_used = (0..most).filter(free).find(|index| !module.emptied.contains(*index));
        let emptied = || module.emptied.0.iter().map(|place| usize::from(*place)).find(free);
        never_used.or_else(emptied).map(|index| (index, false))
    }
}

impl Ledger {
    /// Whether two ledgers say the same of everybody. They may differ in which empty slot is used next, and in the interface of
    /// clients that there are none of: that is all that a connection leaves behind which was entered and could not be made.
    pub fn says_the_same(&self, other: &Ledger) -> bool {
        self.without_traces() == other.without_traces()
    }

    fn without_traces(&self) -> Ledger {
        let mut all = self.clone();
        all.modules.iter_mut().flatten().for_each(|module| module.emptied = Emptied::NONE);
        for service in all
            .services
            .iter_mut()
            .filter_map(|service| service.used.as_mut())
            .filter(|used| used.clients == 0)
        {
            service.known = None;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{name, offer, started};
    use super::*;
    use ipc_proto::ids::Instance;
    use ipc_proto::registrar::Refusal;
    use ipc_proto::slots::FIRST_CONNECTION;

    /// A ledger with a client that has three slots, and who serves whom; each server has one service.
    fn with_client() -> (Ledger, Instance) {
        let mut ledger = Ledger::new();
        let domain = ledger.admit(name("client"), 3, false).unwrap();
        let client = Instance { domain, generation: ledger.start(domain).unwrap() };
        (ledger, client)
    }

    fn serving(ledger: &mut Ledger, text: &str) -> (DomainId, ServiceRef) {
        let server = started(ledger, text);
        let service = ledger.enter(server, offer(), None).unwrap();
        ledger.publish(server);
        (server.domain, service)
    }

    /// In which of its slots, from 0 on, the client is connected to it.
    fn connect(ledger: &mut Ledger, client: Instance, at: ServiceRef) -> Result<u64, Refusal> {
        ledger
            .connect(client, at)
            .map(|connection| u64::from(connection.slot).saturating_sub(FIRST_CONNECTION))
    }

    fn unload(ledger: &mut Ledger, server: DomainId) {
        ledger.died(server);
        ledger.remove(server);
    }

    #[test]
    fn a_slot_is_used_again_when_there_is_no_other_and_what_is_empty_longest_first() {
        let (mut ledger, client) = with_client();
        let servers = ["a", "b", "c", "d"].map(|text| serving(&mut ledger, text));
        let [(a, at_a), (b, at_b), (_, at_c), (_, at_d)] = servers;
        assert_eq!([at_a, at_b].map(|at| connect(&mut ledger, client, at)), [Ok(0), Ok(1)]);
        // They go in the other order: one is unloaded, and one is taken back from the client.
        unload(&mut ledger, b);
        ledger.disconnect(client.domain, FIRST_CONNECTION as u8);
        assert_eq!(connect(&mut ledger, client, at_c), Ok(2), "nothing was there yet");
        assert_eq!(connect(&mut ledger, client, at_d), Ok(1), "this is empty longer");
        assert_eq!(connect(&mut ledger, client, at_a), Ok(0));
        let (_, more) = serving(&mut ledger, "b");
        assert_eq!(connect(&mut ledger, client, more), Err(Refusal::TooManyConnections));
        unload(&mut ledger, a);
        assert_eq!(connect(&mut ledger, client, more), Ok(0));
    }

    #[test]
    fn a_service_that_is_dropped_leaves_its_clients_slots_empty() {
        let (mut ledger, client) = with_client();
        let (_, at) = serving(&mut ledger, "a");
        connect(&mut ledger, client, at).unwrap();
        ledger.free_service(at);
        assert_eq!(ledger.connections_of(client.domain).count(), 0);
        let (_, other) = serving(&mut ledger, "b");
        assert_eq!(connect(&mut ledger, client, other), Ok(1));
    }

    #[test]
    fn the_next_instance_has_used_none_of_them() {
        let (mut ledger, client) = with_client();
        let (_, at) = serving(&mut ledger, "a");
        connect(&mut ledger, client, at).unwrap();
        ledger.disconnect(client.domain, FIRST_CONNECTION as u8);
        ledger.died(client.domain);
        let next = Instance { generation: ledger.start(client.domain).unwrap(), ..client };
        assert_eq!(connect(&mut ledger, next, at), Ok(0));
    }
}

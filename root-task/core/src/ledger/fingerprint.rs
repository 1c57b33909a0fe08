//! What the ledger says of everybody but a few, in one number: to see whether anything has changed.

use core::hash::{Hash, Hasher};

use ipc_proto::ids::DomainId;
use ipc_proto::name::Name;

use super::Ledger;

impl Ledger {
    /// Hashes every module but those named, and what it offers. The numbers that the ledger gives to the next module in a
    /// free place are not in it.
    pub fn hash_all_but(&self, except: &[Name], state: &mut impl Hasher) {
        for (domain, module) in self.iter().filter(|(_, module)| !except.contains(&module.name)) {
            (domain, module).hash(state);
            self.owned_by(domain).for_each(|service| service.hash(state));
        }
    }

    fn owned_by(&self, domain: DomainId) -> impl Iterator<Item = impl Hash> {
        (0_u16..).zip(&self.services).filter(move |(_, service)| service.is_owned_by(domain))
    }
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use super::super::tests::offer;
    use super::*;
    use ipc_proto::ids::Instance;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn hash(ledger: &Ledger) -> u64 {
        let mut state = DefaultHasher::new();
        ledger.hash_all_but(&[name("prisoner")], &mut state);
        state.finish()
    }

    fn start(ledger: &mut Ledger, text: &str) -> Instance {
        let domain = ledger.admit(name(text), 4, false).unwrap();
        Instance { domain, generation: ledger.start(domain).unwrap() }
    }

    #[test]
    fn it_is_the_same_as_long_as_only_the_excepted_change() {
        let mut ledger = Ledger::new();
        let server = start(&mut ledger, "server");
        let service = ledger.enter(server, offer(), None).unwrap();
        ledger.publish(server);
        let before = hash(&ledger);
        let prisoner = start(&mut ledger, "prisoner");
        ledger.enter(prisoner, offer(), None).unwrap();
        assert_eq!(hash(&ledger), before, "it was loaded and has reserved a name");
        ledger.connect(prisoner, service).unwrap();
        assert_ne!(hash(&ledger), before, "the server has a client more");
        ledger.died(prisoner.domain);
        ledger.remove(prisoner.domain);
        assert_eq!(hash(&ledger), before, "nothing of it is left");
    }

    #[test]
    fn every_change_of_others_shows() {
        let mut ledger = Ledger::new();
        let server = start(&mut ledger, "server");
        let mut seen = vec![hash(&ledger)];
        let mut changed = |ledger: &Ledger, what: &str| {
            assert!(!seen.contains(&hash(ledger)), "{what}");
            seen.push(hash(ledger));
        };
        ledger.enter(server, offer(), None).unwrap();
        changed(&ledger, "a reservation");
        ledger.publish(server);
        changed(&ledger, "a publish");
        ledger.stop(server.domain);
        changed(&ledger, "a stop");
        ledger.died(server.domain);
        changed(&ledger, "a death");
        ledger.start(server.domain);
        changed(&ledger, "a restart");
        start(&mut ledger, "other");
        changed(&ledger, "another module");
    }
}

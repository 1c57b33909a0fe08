//! The interfaces that modules of this process have offered, so that a listing has their names and those of their methods.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ipc_proto::ids::DomainId;
use ipc_proto::interface::{DESCRIBE, Interface, MethodInfo};
use ipc_proto::passing::Declaration;

use crate::world::World;

/// An interface in words.
#[derive(Clone, Copy)]
struct Known {
    name: &'static str,
    methods: &'static [MethodInfo],
}

/// By their hashes. Whatever is offered says so before it can be called: a run's words are the same beside others.
static KNOWN: Mutex<BTreeMap<u64, Known>> = Mutex::new(BTreeMap::new());

/// A module offers this interface. The runtime says so.
pub fn offers<I: Interface>() {
    let known = Known { name: I::NAME, methods: I::METHODS };
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(I::HASH, known);
}

fn known(hash: u64) -> Option<Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).copied()
}

/// A declaration of a service's interface, in words.
pub(crate) fn declared(words: [u64; 4]) -> Option<String> {
    let Declaration { interface, .. } = Declaration::from_words(words)?;
    let name = known(interface).map(|known| format!(" `{}`", known.name));
    Some(format!("declares the interface{} of a service", name.unwrap_or_default()))
}

impl World {
    /// What a method is called that has this label, of the service that a slot leads to; its number, where its server has not
    /// said of which interface it is, or that one has no such method.
    pub(crate) fn method_of(&self, client: DomainId, slot: u64, label: u64) -> String {
        let mut connections = self.ledger.connections_of(client);
        let service = connections.find(|(at, _)| u64::from(*at) == slot).map(|(_, service)| service);
        let known = service.and_then(|service| self.ledger.interface_of(service)).and_then(known);
        let has = |method: &&MethodInfo| u64::from(method.label) == label;
        match known {
            Some(_) if label == u64::from(DESCRIBE) => "`describe`".to_owned(),
            Some(Known { methods, .. }) => match methods.iter().find(has) {
                Some(method) => format!("`{}`", method.name),
                None => format!("method {label:#x}"),
            },
            None => format!("method {label:#x}"),
        }
    }
}

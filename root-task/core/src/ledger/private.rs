//! The endpoint that a module opens during its init to one peer: an entry of the service table without a name.
//!
//! **Invariant:** there is a connection to a module that has not published only where that module itself has named the
//! peer, in this init, and the peer has asked for it. It ends with the init.

use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::operator::State;
use ipc_proto::private::{Ended, PrivateRefusal};

use super::connections::{Connection, slot_of};
use super::{Ledger, MAX_MODULES};

/// What a module has opened in the init of its running instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Private {
    pub(super) at: ServiceRef,
    /// Who may call, or why nobody may any more.
    peer: Result<Instance, Ended>,
}

impl Ledger {
    /// Opens the private endpoint of `owner` to `peer`'s running instance: one at a time.
    ///
    /// # Errors
    /// [`PrivateRefusal`]; nothing has changed.
    pub fn open(&mut self, owner: Instance, peer: DomainId) -> Result<(), PrivateRefusal> {
        let in_init = |ledger: &Ledger| {
            ledger.module(owner.domain).is_some_and(|module| module.state() == State::Starting)
        };
        if !self.is_running(owner) || !in_init(self) {
            return Err(PrivateRefusal::NotInInit);
        }
        let generation = self.module(peer).ok_or(PrivateRefusal::NoPeer)?.generation;
        let peer = Instance { domain: peer, generation };
        if peer.domain == owner.domain || !self.is_running(peer) {
            return Err(PrivateRefusal::NoPeer);
        }
        let at = match self.module(owner.domain).and_then(|module| module.private) {
            Some(Private { peer: Ok(_), .. }) => return Err(PrivateRefusal::OpenAlready),
            Some(Private { at, peer: Err(_) }) => at,
            None => self.make_service(owner.domain, None).ok_or(PrivateRefusal::TooManyServices)?,
        };
        if let Some(module) = self.module_mut(owner.domain) {
            module.private = Some(Private { at, peer: Ok(peer) });
        }
        Ok(())
    }

    /// Connects `peer` to what `owner` has opened to it, once. Where the answer says that a capability has to be minted
    /// and the kernel refuses, [`Ledger::disconnect`] takes the connection back.
    ///
    /// # Errors
    /// [`PrivateRefusal`]; nothing has changed.
    pub fn accept(&mut self, peer: Instance, owner: Instance) -> Result<Connection, PrivateRefusal> {
        if !self.is_running(peer) || !self.is_running(owner) {
            return Err(PrivateRefusal::NotOpened);
        }
        let private = self.module(owner.domain).and_then(|module| module.private);
        let at = match private {
            Some(Private { at, peer: Ok(named) }) if named == peer => at,
            _ => return Err(PrivateRefusal::NotOpened),
        };
        let (index, held) = self.place_for(peer.domain, at).ok_or(PrivateRefusal::TooManyConnections)?;
        if !held {
            self.enter_connection(peer.domain, index, at, owner.domain);
        }
        let mint = if held { None } else { self.badge_of(peer.domain, at) };
        Ok(Connection { slot: slot_of(index), server: owner.domain, generation: owner.generation, mint })
    }

    /// Whether the peer of `owner`'s private endpoint can call it, or why not; `None` where there is no such endpoint.
    pub fn private_state(&self, owner: DomainId) -> Option<Result<Instance, Ended>> {
        Some(self.module(owner)?.private?.peer)
    }

    /// Who is connected to `owner`'s private endpoint, and in which slot.
    pub fn private_client(&self, owner: DomainId) -> Option<(DomainId, u8)> {
        let at = self.module(owner)?.private?.at;
        self.clients_of(at).first().copied()
    }

    /// Whose private endpoint a call on `slot` of `client`'s CSpace reaches, if it is one.
    pub fn private_owner(&self, client: DomainId, slot: u64) -> Option<DomainId> {
        let at = self.connection_in(client, slot)?;
        self.used(at).filter(|used| used.offer.is_none()).map(|used| used.owner)
    }

    /// Who has opened a private endpoint to this module.
    pub fn opened_to(&self, peer: DomainId) -> heapless::Vec<DomainId, MAX_MODULES> {
        let names = |private: &Private| private.peer.is_ok_and(|named| named.domain == peer);
        let all = self.iter().filter(|(_, module)| module.private.as_ref().is_some_and(names));
        all.map(|(owner, _)| owner).collect()
    }

    /// Nobody may call `owner`'s private endpoint any more, though its init goes on. `false` where that is so already.
    pub fn shut(&mut self, owner: DomainId, why: Ended) -> bool {
        let private = self.module_mut(owner).and_then(|module| module.private.as_mut());
        let Some(private) = private.filter(|private| private.peer.is_ok()) else { return false };
        private.peer = Err(why);
        true
    }

    /// The private endpoint of `owner` is gone, and its peer's connection. The root task has taken the capability back.
    pub fn close(&mut self, owner: DomainId) {
        let Some(Private { at, .. }) = self.module_mut(owner).and_then(|module| module.private.take()) else {
            return;
        };
        self.free_service(at);
    }
}

//! Connections that a module has put up for the server of another one, until that takes them.
//!
//! **Invariant:** what is put up reaches nobody. Taken, it is a connection like any other: made for who takes it, within its
//! own rights, and only as long as the giver itself still has what it gives. Its slot leads to that service, of that interface, or
//! to nothing until it is given back: who has taken it does not reach what another client has passed later.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::losses::bit;
use ipc_proto::operator::ServiceState;
use ipc_proto::passing::{MAX_PASSED, MAX_TAKEN, PassRefusal, Token};

use super::connections::{Connection, index_of};
use super::services::Used;
use super::{Ledger, MAX_MODULES, MAX_SERVICES_PER_MODULE};

/// What a module has put up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PutUp([Option<Waiting>; MAX_PASSED as usize]);

/// A connection that is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Waiting {
    token: Token,
    at: ServiceRef,
    /// On which service the call is made with which it is sent: whoever offers that may take it, whichever instance runs then.
    to: ServiceRef,
}

impl PutUp {
    /// Nothing.
    pub(super) const NOTHING: PutUp = PutUp([None; MAX_PASSED as usize]);
}

impl Ledger {
    /// Puts connections of `giver`'s up for the server of its connection in slot `to`, in place of all that it has put up
    /// before. Gives the token of the first; the others have the numbers behind it.
    ///
    /// # Errors
    /// [`PassRefusal`]; nothing has changed.
    pub fn put_up(&mut self, giver: Instance, to: u64, slots: &[u8]) -> Result<Token, PassRefusal> {
        if !self.is_running(giver) {
            return Err(PassRefusal::NoPeer);
        }
        let to = self.connection_in(giver.domain, to).ok_or(PassRefusal::NoPeer)?;
        let server = self.owner_of(to).filter(|server| *server != giver.domain);
        let server = server.ok_or(PassRefusal::NoPeer)?;
        let next = self.module(giver.domain).map(|module| module.next_token);
        let (first, mut waiting) = (next.ok_or(PassRefusal::NoPeer)?, PutUp::NOTHING);
        let mut token = first;
        let mut places = waiting.0.iter_mut();
        for slot in slots {
            let at = self.connection_in(giver.domain, u64::from(*slot));
            let is_passed = |used: &Used| used.offer.is_some() && used.owner != server;
            let at =
                at.filter(|at| self.used(*at).is_some_and(is_passed)).ok_or(PassRefusal::NotConnected)?;
            let place = places.next().ok_or(PassRefusal::TooMany)?;
            *place = Some(Waiting { token, at, to });
            token = token.behind(1);
        }
        if let Some(module) = self.module_mut(giver.domain) {
            (module.put_up, module.next_token) = (waiting, token);
        }
        Ok(first)
    }

    /// Which service `giver` has put up for `taker` under this token, where it still has its connections to both.
    pub fn put_up_for(&self, taker: DomainId, giver: Instance, token: Token) -> Option<ServiceRef> {
        if !self.is_running(giver) {
            return None;
        }
        // Another module can have the number of one that was unloaded; no service has that of another.
        let offers = |to| self.owner_of(to) == Some(taker);
        let has = |at| self.connections_of(giver.domain).any(|(_, held)| held == at);
        let is_it = |waiting: &&Waiting| waiting.token == token && offers(waiting.to);
        let waiting = self.module(giver.domain)?.put_up.0.iter().flatten().find(is_it)?;
        (has(waiting.at) && has(waiting.to)).then_some(waiting.at)
    }

    /// Connects `taker` to what was put up for it, as [`Ledger::connect`], in a slot that stays its until it gives it back.
    ///
    /// # Errors
    /// [`PassRefusal`]; nothing has changed.
    pub fn take(&mut self, taker: Instance, at: ServiceRef) -> Result<Connection, PassRefusal> {
        let place = self.place_for(taker.domain, at);
        if place.is_some_and(|(index, _)| self.taken(taker.domain, index) == MAX_TAKEN) {
            return Err(PassRefusal::NotGivenBack);
        }
        let (connection, index) = self.reach(taker, at).map_err(PassRefusal::Service)?;
        let times = self.taken(taker.domain, index);
        self.set_taken(taker.domain, index, times.saturating_add(1));
        Ok(connection)
    }

    /// `who` gives back what it has taken into this slot, once: `true` where that was the last time and it has not looked that
    /// service up itself, so that the root task takes the connection from it.
    pub fn give_back(&mut self, who: Instance, slot: u8) -> bool {
        let Some(index) = index_of(slot.into()) else { return false };
        let times = self.taken(who.domain, index);
        if times == 0 || !self.is_running(who) {
            return false;
        }
        self.set_taken(who.domain, index, times.saturating_sub(1));
        times == 1 && !self.looked_up(who.domain, index)
    }

    /// Whether what this slot leads to was chosen by somebody else: it was taken, and never looked up.
    pub fn is_taken(&self, client: DomainId, slot: u64) -> bool {
        index_of(slot).is_some_and(|index| self.taken(client, index) > 0 && !self.looked_up(client, index))
    }

    /// Whether `client` has looked up a service of this module: it is connected, and not only by what others have passed.
    pub fn has_looked_up(&self, client: DomainId, server: DomainId) -> bool {
        let leads_there = |at| self.owner_of(at) == Some(server);
        self.connections_of(client).any(|(slot, at)| leads_there(at) && !self.is_taken(client, slot.into()))
    }

    fn taken(&self, who: DomainId, index: usize) -> u8 {
        self.module(who).and_then(|module| module.taken.get(index)).copied().unwrap_or(0)
    }

    fn set_taken(&mut self, who: DomainId, index: usize, times: u8) {
        if let Some(taken) = self.module_mut(who).and_then(|module| module.taken.get_mut(index)) {
            *taken = times;
        }
    }

    fn looked_up(&self, who: DomainId, index: usize) -> bool {
        self.module(who).is_some_and(|module| module.looked_up & bit(index) != 0)
    }

    pub(super) fn set_looked_up(&mut self, who: DomainId, index: usize, itself: bool) {
        if let Some(module) = self.module_mut(who) {
            module.looked_up =
                if itself { module.looked_up | bit(index) } else { module.looked_up & !bit(index) };
        }
    }

    /// The services that a module has reserved again, and that are of another interface than they were.
    pub fn altered(&self, domain: DomainId) -> Vec<ServiceRef, { MAX_SERVICES_PER_MODULE as usize }> {
        let is_altered = |at: &ServiceRef| {
            let used = self.used(*at).filter(|used| used.state == ServiceState::Reserved);
            used.is_some_and(|used| used.published.is_some() && used.published != used.interface)
        };
        self.services_of(domain).into_iter().filter(is_altered).collect()
    }

    /// Those who have taken a connection to a service and have not given it back, with the slot of each.
    pub fn takers_of(&self, at: ServiceRef) -> Vec<(DomainId, u8), MAX_MODULES> {
        let has_taken = |client: DomainId, slot: u8| {
            index_of(slot.into()).is_some_and(|index| self.taken(client, index) > 0)
        };
        self.clients_of(at).into_iter().filter(|(client, slot)| has_taken(*client, *slot)).collect()
    }

    /// What has this token was taken: nobody takes it again.
    pub fn strike_off(&mut self, giver: DomainId, token: Token) {
        if let Some(module) = self.module_mut(giver) {
            for place in &mut module.put_up.0 {
                *place = place.filter(|waiting| waiting.token != token);
            }
        }
    }

    /// Nothing is put up by this module any more.
    pub(super) fn withdraw(&mut self, giver: DomainId) {
        if let Some(module) = self.module_mut(giver) {
            module.put_up = PutUp::NOTHING;
        }
    }
}

//! Connections that a module has put up for the server of another one, until that takes them.
//!
//! **Invariant:** what is put up reaches nobody. Taken, it is a connection like any other: made for who takes it, within its
//! own rights, and only as long as the giver itself still has what it gives.

use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::passing::{MAX_PASSED, PassRefusal, Token};

use super::Ledger;

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
        if self.used(to).is_none_or(|used| used.owner == giver.domain) {
            return Err(PassRefusal::NoPeer);
        }
        let (first, mut waiting) = (self.next_token, PutUp::NOTHING);
        let mut token = first;
        let mut places = waiting.0.iter_mut();
        for slot in slots {
            let at = self.connection_in(giver.domain, u64::from(*slot));
            let at = at.filter(|at| self.offer_of(*at).is_some()).ok_or(PassRefusal::NotConnected)?;
            let place = places.next().ok_or(PassRefusal::TooMany)?;
            *place = Some(Waiting { token, at, to });
            token = token.behind(1);
        }
        self.next_token = token;
        if let Some(module) = self.module_mut(giver.domain) {
            module.put_up = waiting;
        }
        Ok(first)
    }

    /// Which service `giver` has put up for `taker` under this token, where it still has a connection to it.
    pub fn put_up_for(&self, taker: DomainId, giver: Instance, token: Token) -> Option<ServiceRef> {
        if !self.is_running(giver) {
            return None;
        }
        // Another module can have the number of one that was unloaded; no service has that of another.
        let offers = |to| self.used(to).is_some_and(|used| used.owner == taker);
        let is_it = |waiting: &&Waiting| waiting.token == token && offers(waiting.to);
        let at = self.module(giver.domain)?.put_up.0.iter().flatten().find(is_it)?.at;
        self.connections_of(giver.domain).any(|(_, held)| held == at).then_some(at)
    }

    /// It was taken: nobody takes it again.
    pub fn taken(&mut self, giver: DomainId, token: Token) {
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

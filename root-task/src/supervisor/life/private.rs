//! A module in its init is called back by the one peer that it has named: its private endpoint, from the request to its end.
//!
//! The endpoint is one of the module's home, beside the one that its clients call: those of an earlier instance wait
//! there until it has published. What the ledger knows of it is a service without a name, so that rescue, deadlines and
//! revokes find the peer's calls as they find all others.

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::label::Status;
use ipc_proto::private::{Answer, Ended, PrivateRefusal, Request};
use root_task_core::alarms::What;
use sel4::cap;

use crate::arch;
use crate::say;
use crate::supervisor::end::rescue::{Domains, Fate, Served};
use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// A module asks for its private endpoint, or for another one's that was opened to it.
    pub(in crate::supervisor) fn private_asked(&mut self, who: Instance, request: Request) -> Response {
        let answered = match request {
            Request::Open { slot, micros } => self.open_private(who, slot, micros),
            Request::Accept { client } => self.accept_private(who, client),
            Request::State => Ok(match self.ledger.private_state(who.domain) {
                Some(Ok(_)) => Answer::Opened,
                Some(Err(why)) => Answer::Ended(why),
                None => Answer::Refused(PrivateRefusal::NotOpened),
            }),
        };
        answer(&answered.unwrap_or_else(Answer::Refused))
    }

    fn open_private(&mut self, who: Instance, slot: u8, micros: u64) -> Result<Answer, PrivateRefusal> {
        let granted = self.ledger.module(who.domain).map(|module| self.system.longest_wait_of(&module.name));
        if granted.is_none_or(|granted| micros > granted) {
            return Err(PrivateRefusal::TooLong);
        }
        let peer = self.ledger.server_of(who.domain, u64::from(slot)).ok_or(PrivateRefusal::NoPeer)?;
        self.ledger.open(who, peer)?;
        if self.let_listen(who.domain).is_err() {
            self.ledger.close(who.domain);
            return Err(PrivateRefusal::OutOfMemory);
        }
        let at = self.timer.now().saturating_add(micros.saturating_mul(1000));
        // There is always room: each module has one of the supervisor's own.
        let _ = self.alarms.set(What::PrivateOver(who), at);
        self.set_timer();
        Ok(Answer::Opened)
    }

    /// Gives a module the capability to receive at its private endpoint, and the signal that says that nobody will call.
    fn let_listen(&mut self, id: DomainId) -> sel4::Result<()> {
        let Some(room) = self.room_mut(id).filter(|room| !room.private) else { return Ok(()) };
        let Some(domain) = room.domain.as_mut() else { return Err(sel4::Error::InvalidCapability) };
        domain.let_be_signalled(&room.home)?;
        domain.let_listen(room.home.make_private()?)?;
        room.private = true;
        Ok(())
    }

    fn accept_private(&mut self, who: Instance, client: u64) -> Result<Answer, PrivateRefusal> {
        let owner = self.ledger.client_of(client).ok_or(PrivateRefusal::NotOpened)?;
        let connection = self.ledger.accept(who, owner)?;
        let endpoint = self.room(owner.domain).map(|room| room.home.private());
        let domain = self.room(who.domain).and_then(|room| room.domain.as_ref());
        if let (Some(badge), Some(endpoint), Some(domain)) = (connection.mint, endpoint, domain)
            && domain.let_send(u64::from(connection.slot), endpoint, badge).is_err()
        {
            self.ledger.disconnect(who.domain, connection.slot);
            return Err(PrivateRefusal::OutOfMemory);
        }
        Ok(Answer::Accepted { slot: connection.slot })
    }

    /// The endpoint that the calls of a client on this slot go to.
    pub(in crate::supervisor) fn endpoint_of(
        &self,
        client: DomainId,
        server: DomainId,
    ) -> Option<cap::Endpoint> {
        let room = self.room(server)?;
        let is_private = room.private
            && self
                .standing(client)
                .is_some_and(|call| self.ledger.private_owner(client, call.slot) == Some(server));
        Some(if is_private { room.home.private() } else { room.home.endpoint() })
    }

    /// Answers whoever is inside a call to a module's private endpoint, or waits there. Gives the peer, if it is
    /// that, and its call where the module had received it.
    fn answer_peer(&mut self, id: DomainId, next: Generation) -> Option<(DomainId, Served)> {
        let endpoint = self.room(id).filter(|room| room.private)?.home.private();
        let stands = |supervisor: &Self, (peer, slot): &(DomainId, u8)| {
            supervisor.standing(*peer).is_some_and(|call| call.slot == u64::from(*slot))
        };
        let peer = self.ledger.private_client(id).filter(|peer| stands(self, peer));
        // Nobody will receive what waits there, on whatever copy of the peer's capability it came.
        self.turn_away(endpoint);
        let peer = peer?;
        if !stands(self, &peer) {
            return Some((peer.0, Served::default()));
        }
        let fate =
            Fate { interrupted: (self.running_generation(id), next), queued: Some(Status::NotDelivered) };
        Some((peer.0, self.answer_callers(id, &[peer.0].into_iter().collect(), fate)))
    }

    /// Nobody may call it any more, though its init goes on: it is told so where it receives.
    pub(in crate::supervisor) fn shut_private(&mut self, id: DomainId, why: Ended) {
        if !self.ledger.shut(id, why) {
            return;
        }
        let generation = self.running_generation(id);
        self.answer_peer(id, generation);
        if let Some((peer, slot)) = self.ledger.private_client(id) {
            self.take_connection(peer, slot);
        }
        self.alarms.cancel(What::PrivateOver(Instance { domain: id, generation }));
        if let Some(Err(error)) = self.room(id).map(|room| room.home.tell_peer_gone()) {
            say!(
                "supervisor: domain {id} was not told of its peer ({error:?}), which is a bug of the root task"
            );
        }
    }

    /// The init is over, by a publish or by a death: its private endpoint is gone with everything that leads to it. `next`
    /// is the generation that takes its place for a call that it had. Gives the peer, if that was inside a call.
    pub(in crate::supervisor) fn end_private(
        &mut self,
        id: DomainId,
        next: Generation,
    ) -> Option<(DomainId, Served)> {
        let endpoint = self.room(id).filter(|room| room.private)?.home.private();
        let peer = self.answer_peer(id, next);
        // What the module receives with, what its peer calls with, and whatever the two have passed on of that. Fails only
        // for a slot that does not exist.
        let _ = arch::root_slot(endpoint).revoke();
        if let Some(room) = self.room_mut(id) {
            room.private = false;
        }
        let client = self.ledger.private_client(id);
        self.ledger.close(id);
        if let Some((client, _)) = client {
            self.lose_window_between(client, id);
        }
        if let Some(module) = self.ledger.module(id) {
            self.alarms.cancel(What::PrivateOver(Instance { domain: id, generation: module.generation }));
        }
        peer
    }

    /// Whoever stands on a call to a dying module, beside its peer: that one is answered, since nobody takes its place.
    pub(in crate::supervisor) fn callers_but_peer(
        &mut self,
        id: DomainId,
        callers: &Domains,
    ) -> Option<(Domains, Served)> {
        let (peer, served) = self.end_private(id, Generation::NONE)?;
        Some((callers.iter().copied().filter(|caller| *caller != peer).collect(), served))
    }
}

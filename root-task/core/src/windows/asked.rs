//! What a request for a window comes to, and which window goes with a connection: what is decided by the ledger, too.

use ipc_proto::ids::DomainId;
use ipc_proto::window::WindowRefusal;

use super::{Window, Windows};
use crate::ledger::Ledger;

impl Windows {
    /// A client wants to share `pages` with the server of the connection in `slot`; `kib` is what it may have. Gives the window
    /// that there is, or one that is to be made: as [`Windows::plan`].
    ///
    /// # Errors
    /// [`WindowRefusal`].
    pub fn open(
        &self,
        ledger: &Ledger,
        (client, slot): (DomainId, u8),
        pages: u8,
        kib: u32,
    ) -> Result<(usize, Window), WindowRefusal> {
        let server = ledger.server_of(client, u64::from(slot)).ok_or(WindowRefusal::NotConnected)?;
        let (number, window) = self.plan(client, server, pages, kib)?;
        match ledger.runs(client) && ledger.runs(server) {
            true => Ok((number, window)),
            false => Err(WindowRefusal::NotConnected),
        }
    }

    /// A server wants to know where the memory is that it shares with the client whose call had this badge: the window, with its
    /// number. Where it is not on the server's side yet, it is from then on ([`Window::found`]).
    ///
    /// # Errors
    /// [`WindowRefusal`].
    pub fn shared_with(
        &self,
        ledger: &Ledger,
        server: DomainId,
        badge: u64,
    ) -> Result<(usize, Window), WindowRefusal> {
        let window = ledger.client_of(badge).and_then(|client| self.between(client.domain, server));
        window.filter(|(_, window)| window.is_shared()).ok_or(WindowRefusal::NotConnected)
    }

    /// A call was taken back that `server` had received from `client`, and it goes on: the number of the window that is lost by
    /// that, so that what the server writes still is none of the client's next call.
    pub fn lost_with_call(&self, client: DomainId, server: DomainId) -> Option<usize> {
        self.between(client, server).filter(|(_, window)| window.is_shared()).map(|(number, _)| number)
    }

    /// A connection of `client` to `server` was taken back: the number of the window that is lost by that, since it was the
    /// last one.
    pub fn lost_with_connection(&self, ledger: &Ledger, client: DomainId, server: DomainId) -> Option<usize> {
        if ledger.is_client_of(client, server) {
            return None;
        }
        self.between(client, server).map(|(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use ipc_proto::ids::{Instance, ServiceRef};
    use ipc_proto::window::MAX_PAGES;

    use super::*;
    use crate::ledger::tests::{offered, started};

    /// A server with two services, to each of which a client is connected.
    struct Two {
        ledger: Ledger,
        windows: Windows,
        server: DomainId,
        client: DomainId,
        slots: [u8; 2],
        services: [ServiceRef; 2],
    }

    fn two() -> Two {
        let mut ledger = Ledger::new();
        let [server, client] = ["server", "client"].map(|name| started(&mut ledger, name));
        let services = ["one", "other"].map(|name| ledger.enter(server, offered(name, 1), None).unwrap());
        ledger.publish(server);
        let slots = services.map(|service| ledger.connect(client, service).unwrap().slot);
        let (server, client) = (server.domain, client.domain);
        Two { ledger, windows: Windows::new(), server, client, slots, services }
    }

    impl Two {
        fn open(&mut self, slot: u8, pages: u8) -> Result<usize, WindowRefusal> {
            let (number, window) = self.windows.open(&self.ledger, (self.client, slot), pages, 64)?;
            self.windows.set(number, window.opened());
            Ok(number)
        }

        fn badge(&self) -> u64 {
            self.ledger.badge_of(self.client, self.services[0]).unwrap().to_word()
        }

        fn server_has(&self, badge: u64) -> Result<u8, WindowRefusal> {
            self.windows.shared_with(&self.ledger, self.server, badge).map(|(_, window)| window.pages)
        }

        fn lose(&mut self, number: usize, gone: DomainId) {
            let window = self.windows.get(number).unwrap().lost(&[gone]);
            self.windows.set(number, window);
        }
    }

    #[test]
    fn a_window_is_of_the_two_whatever_connection_it_was_asked_for_on() {
        let mut two = two();
        assert_eq!(two.server_has(two.badge()), Err(WindowRefusal::NotConnected), "none was asked for");
        let [one, other] = two.slots;
        assert_eq!((two.open(one, 3), two.open(other, 3)), (Ok(0), Ok(0)));
        assert_eq!(two.open(other, 2), Err(WindowRefusal::OtherSize));
        assert_eq!(two.open(one, 0), Err(WindowRefusal::Size));
        assert_eq!(two.open(one, MAX_PAGES + 1), Err(WindowRefusal::Size));
        assert_eq!(two.open(other + 1, 3), Err(WindowRefusal::NotConnected), "no such connection");
        assert_eq!(two.server_has(two.badge()), Ok(3));
        let client = two.windows.shared_with(&two.ledger, two.client, two.badge());
        assert_eq!(client.map(drop), Err(WindowRefusal::NotConnected), "the client is not its own server");
    }

    #[test]
    fn it_is_lost_with_the_last_connection() {
        let mut two = two();
        let [one, other] = two.slots;
        let number = two.open(one, 1).unwrap();
        two.ledger.disconnect(two.client, one);
        assert_eq!(two.windows.lost_with_connection(&two.ledger, two.client, two.server), None);
        two.ledger.disconnect(two.client, other);
        assert_eq!(two.windows.lost_with_connection(&two.ledger, two.client, two.server), Some(number));
        assert_eq!(two.windows.lost_with_connection(&two.ledger, two.server, two.client), None);
    }

    #[test]
    fn nobody_shares_memory_with_the_dead() {
        let mut two = two();
        let [one, _] = two.slots;
        let number = two.open(one, 1).unwrap();
        two.lose(number, two.server);
        two.ledger.died(two.server).unwrap();
        assert_eq!(two.open(one, 1), Err(WindowRefusal::NotConnected), "the server is dead");
        two.ledger.start(two.server).unwrap();
        assert_eq!(two.open(one, 1), Ok(number), "its next instance runs");
    }

    #[test]
    fn a_badge_leads_to_the_memory_of_the_one_who_had_it_only() {
        let mut two = two();
        let [one, _] = two.slots;
        let badge = two.badge();
        let number = two.open(one, 1).unwrap();
        assert_eq!(two.server_has(badge), Ok(1));
        let found = two.windows.get(number).unwrap().found();
        two.windows.set(number, found);
        two.lose(number, two.client);
        assert_eq!(two.server_has(badge), Err(WindowRefusal::NotConnected), "the memory is lost");
        two.ledger.died(two.client).unwrap();
        let client = Instance { domain: two.client, generation: two.ledger.start(two.client).unwrap() };
        assert_eq!(two.open(one, 1), Err(WindowRefusal::NotConnected), "a new client has no connection");
        let slot = two.ledger.connect(client, two.services[0]).unwrap().slot;
        assert_eq!(two.open(slot, 1), Ok(number));
        assert_eq!(two.server_has(badge), Err(WindowRefusal::NotConnected), "an older client's badge");
        assert_eq!(two.server_has(two.badge()), Ok(1));
        assert_eq!(two.server_has(!0), Err(WindowRefusal::NotConnected), "no badge at all");
    }
}

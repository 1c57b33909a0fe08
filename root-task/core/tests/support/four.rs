//! Somebody who passes connections on, those who take them, and who keeps what is behind them.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]
#![allow(dead_code, reason = "each of those who use it needs another part of it")]

use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::names;
use ipc_proto::passing::{Answer, PassRefusal, Request, Token};
use ipc_proto::version::VersionRange;
use name_server_core::NameServer;
use root_task_core::steps;

use crate::closed_system::World;

/// Somebody who has a service and is connected to an agent, that agent, another agent, and who keeps the services.
pub struct Four {
    pub world: World,
    pub names: NameServer,
    pub keeper: Instance,
    pub giver: Instance,
    pub agent: Instance,
    pub other: Instance,
    /// The giver's connections: to the agent, to the service that it may have, and to the one that it may not.
    pub to: u8,
    pub public: u8,
    pub secret: u8,
    pub services: [ServiceRef; 2],
}

impl Four {
    pub fn new() -> Four {
        let (mut world, mut names) = World::new();
        let keeper = world.started("keeper");
        let services = ["public", "secret"].map(|name| world.reserved(&mut names, keeper, name, 3));
        let agent = world.started("outsider");
        world.reserved(&mut names, agent, "other", 1);
        let other = world.started("insider");
        let giver = world.started("free");
        for who in [keeper, agent, other, giver] {
            steps::publish(&mut world, who);
        }
        let [to, public, secret] = ["other", "public", "secret"].map(|name| {
            match world.lookup(&mut names, giver, name, VersionRange::ANY, 0) {
                names::Answer::Found { slot, .. } => slot,
                found => panic!("{name}: {found:?}"),
            }
        });
        Four { world, names, keeper, giver, agent, other, to, public, secret, services }
    }

    pub fn put_up(&mut self, to: u8, slots: &[u8]) -> Result<Token, PassRefusal> {
        let slots = slots.iter().copied().collect();
        match steps::pass(&mut self.world, self.giver, &Request::PutUp { to, slots })? {
            Answer::PutUp(token) => Ok(token),
            answer => panic!("{answer:?}"),
        }
    }

    /// `who` takes what `from` has sent to it.
    pub fn take(&mut self, who: Instance, from: Instance, token: Token) -> Result<u8, PassRefusal> {
        let (client, versions) = (self.world.badge(from), VersionRange::ANY);
        self.take_with(who, client, token, versions)
    }

    pub fn take_with(
        &mut self,
        who: Instance,
        client: u64,
        token: Token,
        versions: VersionRange,
    ) -> Result<u8, PassRefusal> {
        match steps::pass(&mut self.world, who, &Request::Take { client, token, versions, interface: None })?
        {
            Answer::Taken { slot } => Ok(slot),
            answer => panic!("{answer:?}"),
        }
    }

    /// `who` gives back what it has taken into this slot. Gives what the supervisor has taken from whom for that.
    pub fn give_back(&mut self, who: Instance, slot: u8) -> Vec<(DomainId, u8)> {
        self.world.taken.clear();
        let answer = steps::pass(&mut self.world, who, &Request::GiveBack { slot });
        assert_eq!(answer, Ok(Answer::GivenBack));
        for (client, slot) in self.world.taken.clone() {
            self.world.ledger.disconnect(client, slot);
        }
        self.world.taken.clone()
    }

    pub fn held(&self, who: Instance) -> Vec<(u8, ServiceRef)> {
        self.world.ledger.connections_of(who.domain).collect()
    }
}

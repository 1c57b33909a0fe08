//! What is done in which order at a request, a publish or a death, and what is asked first: the supervisor's steps, over a
//! trait for what they have it do.
//!
//! The tables (ledger, waits, alarms) decide by themselves; what holds between them is decided here. The supervisor
//! carries these steps out on the kernel; the host's tests, the simulated system and the model check run the same ones.

mod death;
mod deferred;
mod passing;
mod publish;
mod registrar;
mod waits;

use ipc_proto::ids::DomainId;
use ipc_proto::registrar::Refusal;
use ipc_proto::waits::Answer;

use crate::alarms::Alarms;
use crate::ledger::{Connection, Ledger};
use crate::system::SystemManifest;
use crate::waits::Waits;

pub use death::{
    Demand, Next, after_reaping, cancel_restart, fate_of_callers, forget, is_to_restart, leaves,
    restart_on_demand, restarts_at_once,
};
pub use deferred::{Held, Locker, callers_in, hand_out};
pub use passing::pass;
pub use publish::{Published, cancel_stop, publish, release};
pub use registrar::{entries, registrar};
pub use waits::{ask, has_published, look_at_waits};

/// What the supervisor knows, for the length of one step.
pub struct Tables<'a> {
    /// See [`Ledger`].
    pub ledger: &'a mut Ledger,
    /// See [`Waits`].
    pub waits: &'a mut Waits,
    /// See [`Alarms`].
    pub alarms: &'a mut Alarms,
    /// See [`SystemManifest`].
    pub system: &'a SystemManifest,
}

/// What the steps have the supervisor do. None of it comes back to the steps.
pub trait Effects {
    /// What it knows.
    fn tables(&mut self) -> Tables<'_>;

    /// The moment, in nanoseconds of its clock.
    fn now(&self) -> u64;

    /// The alarms have changed: the timer is set to the next one.
    fn set_timer(&mut self);

    /// Whether a module stands on its question how its wait has ended.
    fn is_awaiting(&self, client: DomainId) -> bool;

    /// Keeps the module whose question is in hand until its wait has ended. `false` where there is no room for that,
    /// and where it does not wait for the answer.
    fn keep_awaiting(&mut self, client: DomainId) -> bool;

    /// Answers a module that was kept; with `None` it is not there any more, and only its room is given back.
    fn answer_awaiting(&mut self, client: DomainId, answer: Option<&Answer>);

    /// Makes the capability of a new connection.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was made.
    fn mint(&mut self, client: DomainId, connection: &Connection) -> Result<(), Refusal>;

    /// A module is live: its clients' capabilities reach it, where they did not since it had failed.
    fn reopen(&mut self, server: DomainId);

    /// Answers those of these clients who stand on a call to a service that is not offered any more, or not as it was, in the
    /// slot of each.
    fn answer_clients(&mut self, clients: &[(DomainId, u8)]);

    /// Takes a client's capability back, and forgets the connection.
    fn take_connection(&mut self, client: DomainId, slot: u8);
}

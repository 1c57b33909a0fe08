//! What the root task holds for a loaded module.

use heapless::Vec;
use ipc_proto::manifest::Request;
use ipc_proto::slots::MAX_CONNECTIONS;
use ipc_proto::supervisor::Args;
use root_task_core::allowance::Allowance;
use root_task_core::elf_plan::Code;
use root_task_core::files::Files;
use root_task_core::hang::Unanswering;
use root_task_core::init_clock::InitClock;
use root_task_core::restart::History;

use super::clock::quotas::Usage;
use super::end::autopsy::Died;
use super::waiter::{Asks, Waiter};
use crate::domain::Domain;
use crate::domain::building::Building;
use crate::file::File;
use crate::home::Home;
use crate::window::Annex;

/// Slots of a CSpace that hold connections.
pub type Connections = Vec<u8, { MAX_CONNECTIONS as usize }>;

/// What the root task holds for a loaded module, beside what the ledger knows of it.
pub struct Room {
    pub home: Home,
    pub domain: Option<Domain>,
    /// What it needs to have windows, where it has had one.
    pub annex: Option<Annex>,
    /// The instance that is being made.
    pub building: Option<Building>,
    /// Of which file its instances are made; `request` and `code` are of the newest one's.
    pub files: Files<File>,
    pub request: Request,
    pub code: Code<File>,
    pub allowance: Allowance,
    pub usage: Usage,
    pub args: Args,
    /// Who waits for the end of a load, a release, a crash or a push.
    pub waiter: Option<Asks>,
    /// How often the module has died since that one waits.
    pub died_since: u8,
    /// The held module itself, inside its publish.
    pub held: Option<Waiter>,
    /// The module itself, inside its wait for a name.
    pub awaits: Option<Waiter>,
    /// The death of the instance that waits to be reaped.
    pub death: Option<Died>,
    /// Where in the log its running instance's first line can be.
    pub log_from: u64,
    /// How long its init may still take, where that has an end.
    pub init: Option<InitClock>,
    /// When it may be examined again because of a call that it has not answered.
    pub examined_until: u64,
    /// Since when it has been found not to answer its calls.
    pub unanswering: Unanswering,
    /// Its restarts.
    pub history: History,
    /// Whether it has failed, so that its clients' calls come to the supervisor.
    pub silenced: bool,
    /// Whether its running instance has a private endpoint to receive at, see `private.rs`.
    pub private: bool,
    /// The slots that held its connections, from its death until it is reaped.
    pub last_connections: Connections,
}

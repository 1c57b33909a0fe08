//! The states of a domain and of a service, as an operator sees them.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Where a domain is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    /// It has a place in the table and no instance yet.
    Loaded,
    /// Its init runs; what it reserves is invisible.
    Starting,
    /// Its init is done, and the operator keeps it from publishing.
    Held,
    /// It has published and serves.
    Live,
    /// It is being unloaded: its names are gone, and the call that it has may finish.
    Stopping,
    /// It is dead, its callers are answered, and it waits to be reaped and, by policy, started again.
    Dead,
    /// It is dead and stays so: its restart policy or budget says no more.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Loaded => "loaded",
            State::Starting => "starting",
            State::Held => "held",
            State::Live => "live",
            State::Stopping => "stopping",
            State::Dead => "dead",
            State::Failed => "failed",
        })
    }
}

/// What a service's entry in the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ServiceState {
    /// Reserved, invisible.
    Reserved,
    /// Published.
    Live,
    /// Its module is being unloaded: no new client finds it.
    Stopping,
    /// Its module died and is being restarted.
    Down,
    /// Its module died too often, and is not started again by itself.
    Failed,
}

impl fmt::Display for ServiceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ServiceState::Reserved => "reserved",
            ServiceState::Live => "live",
            ServiceState::Stopping => "stopping",
            ServiceState::Down => "down",
            ServiceState::Failed => "failed",
        })
    }
}

//! What every module links: its start, its connections, its serve loop, its end.
//!
//! A module is one thread in a protection domain of its own. Its author writes an init function that reserves the
//! names it offers, and a [`Server`]; everything else is here. There is nothing to clean up: whatever a module
//! holds comes back when the supervisor revokes its domain.
//!
//! | file | what it does |
//! |---|---|
//! | [`start`] | from the first instruction to the module's init |
//! | [`init`] | what init may do: connect, reserve, read arguments |
//! | [`waiting`] | lookups that wait for their name |
//! | [`service`] | services by their interface: offered, and reached by its stub |
//! | [`connection`] | calls to other modules, and what can go wrong with them |
//! | [`serve`] | the loop that answers calls |
//! | [`clients`] | what a server keeps for each client |
//! | [`logger`] | the back end of the `log` crate |
//! | [`alarm`] | being woken later |
//! | [`deferred`] | calls that are answered later |
//! | [`losses`] | connections that have lost their server |
//! | [`request`] | calls to the supervisor: publish, log, exit |
//! | [`operator`] | calls that only an operator may make |
//! | [`console`] | the console's receiver, for the module that is granted it |
//! | [`device`] | the device that a module is granted |
//! | [`locker`] | a CNode of the module's own, for capabilities that it is handed |
//! | [`window`] | memory that is shared with a client or a server |
//! | [`bulk`] | the same for the stubs and servers of interfaces |
//! | [`passing`] | connections that are passed on |
//! | [`private`] | being called back by one peer during init |
//! | [`clock`] | the guest's clock |
//! | [`fault`] | faults on purpose |
//! | `sys/` | the one way to the kernel, or to the simulation of a system on a machine that is no target |
//! | `simulation` | modules in that simulation, for their tests (not on the target) |
#![no_std]

pub mod alarm;
pub mod bulk;
mod chain;
pub mod clients;
pub mod clock;
pub mod connection;
pub mod deferred;
#[cfg(target_os = "none")]
pub mod fault;
pub mod init;
pub mod logger;
pub mod losses;
mod macros;
pub mod operator;
pub mod passing;
pub mod private;
pub mod request;
pub mod serve;
pub mod service;
#[cfg(not(target_os = "none"))]
pub mod simulation;
pub mod start;
mod sys;
pub mod waiting;
pub mod window;

pub use clients::Clients;
pub use connection::Connection;
pub use init::{Init, InitError};
pub use ipc_proto;
pub use ipc_proto::call_error::CallError;
pub use ipc_proto::interface::dispatch::Events;
pub use ipc_proto::interface::{Client, Event, Reply};
pub use ipc_proto::manifest::{Manifest, OnLoss, Restart};
pub use ipc_proto::passing::PassError;
pub use losses::Loss;
pub use passing::{Taken, take};
pub use private::{Private, PrivateError, call_back};
pub use serve::{Answer, Request, Server, answer, answer_first};
pub use service::{client, client_as, client_waiting};
#[cfg(not(target_os = "none"))]
pub use sys::fault;
pub use sys::{console, device, locker};
pub use waiting::{WaitError, lookup_waiting};

/// Lets others of the same priority run.
pub fn yield_now() {
    sys::yield_now();
}

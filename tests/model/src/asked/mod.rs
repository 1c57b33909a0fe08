//! A second model, of what modules hold beside the services that they have looked up: connections that were passed on, memory
//! that they share, and calls that are answered later.
//!
//! Its modules have no programs. Whatever a module can ask, it asks at any moment, with each slot, badge and token that it
//! has or had: how often in all says the [`case::Case`]. What decides is called as the target calls it
//! ([`root_task_core::steps`], the ledger, [`root_task_core::windows`], [`ipc_proto::deferred`]). `shell.rs` has the deaths in the
//! order of the supervisor's shell, `effects.rs` the kernel; `passing.rs`, `windows.rs` and `deferred.rs` have what modules ask,
//! and what each of them knows by itself; `rules.rs` says what must hold in each state, from what the modules know.

mod actions;
pub mod case;
mod check;
mod deferred;
mod effects;
mod passing;
mod rules;
mod shell;
pub mod state;
mod windows;

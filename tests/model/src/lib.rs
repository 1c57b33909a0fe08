//! A model of the whole system around the code that runs: the supervisor's steps, its tables, and the name server.
//!
//! What decides is not written a second time: [`root_task_core::steps`], the ledger, the waits, the alarms, the restart
//! policy and [`name_server_core::NameServer`] are called as the target calls them. What this crate adds is what surrounds
//! them: threads and what each stands on (`state.rs`), the kernel as it is assumed to be (`world.rs`), the deaths in the order of
//! the supervisor's shell (`lives.rs`), what modules do ([`case`]), and every order in which all of it can happen
//! (`check.rs`). `rules.rs` says what must hold in each state.
//!
//! A message is a place where anything else can come first: the name server can die at each of its questions, a client
//! between its lookup and its wait. `docs/adr/0027-model-check.md` says what is left out.
//!
//! [`asked`] is another model, of what modules hold beside that: without a name server, and without programs.
#![forbid(unsafe_code)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

pub mod asked;
pub mod case;
mod check;
mod kept;
mod lives;
mod names;
mod rules;
pub mod state;
mod threads;
pub mod visit;
mod world;

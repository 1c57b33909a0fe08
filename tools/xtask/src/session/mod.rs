//! A session with a booted system: the conversation that scripts and tests hold with its shell,
//! and the one that a person holds.

pub mod conversation;
pub mod interactive;
pub mod keys;
mod limits;
mod terminal;
mod trouble;
pub mod unattended;

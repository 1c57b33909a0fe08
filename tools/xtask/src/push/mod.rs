//! Sends a module's file into a running system: which system (`running`), which bytes (`file`), and how they get there over
//! its serial line (`link`), what comes of it (`outcome`), and what the system grants (`grants`).

#[cfg(test)]
mod fake;
pub mod file;
pub mod grants;
pub mod link;
pub mod outcome;
pub mod running;

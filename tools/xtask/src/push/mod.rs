//! Sends a module's file into a running system: which system (`running`), whose line one at a time has (`held`), which bytes
//! (`file`), and how they get there over the line (`link`, and `progress` says how far), what comes of it (`outcome`), what
//! is said of that (`told`), and what the system grants (`grants`).

#[cfg(test)]
mod fake;
pub mod file;
pub mod grants;
pub mod held;
pub mod link;
pub mod outcome;
pub mod progress;
pub mod running;
pub mod told;

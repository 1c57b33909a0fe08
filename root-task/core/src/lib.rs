//! The decisions of the root task: pure, bounded, without a system call.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod alarms;
pub mod allowance;
pub mod archive;
pub mod autopsy;
pub mod dependents;
pub mod elf_plan;
pub mod files;
pub mod followers;
pub mod grants;
pub mod hang;
pub mod init_clock;
pub mod layout;
pub mod ledger;
pub mod log;
pub mod looks;
pub mod meter;
pub mod push;
pub mod restart;
pub mod slots;
pub mod steps;
pub mod system;
pub mod untyped;
pub mod waits;
pub mod wakes;
pub mod windows;

//! The decisions of the root task: pure, bounded, without a system call.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod elf_plan;
pub mod layout;
pub mod ledger;
pub mod slots;
pub mod untyped;

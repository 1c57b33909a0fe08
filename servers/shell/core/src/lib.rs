//! The pure part of the shell: what a key does to the line, and what a line means.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod after;
pub mod command;
pub mod gaps;
pub mod help;
pub mod line;
mod nearest;
mod options;
pub mod pieces;

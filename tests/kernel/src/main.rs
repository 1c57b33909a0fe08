//! A root task that tests the kernel: each mandatory patch, and the semantics that the supervisor builds on.
//!
//! It boots in the supervisor's place on the release kernel, runs every test once, prints a line for each, and halts.
//! `cargo xtask test kernel` boots it on our kernel, where all tests must pass, and on kernels that lack one patch,
//! where exactly that patch's tests must fail.
//!
//! | file | what it does |
//! |---|---|
//! | [`start`], [`console`] | from the first instruction to the list of tests; lines for the one who reads them |
//! | [`kit`], [`page`], [`script`] | objects, memory, and threads whose program is a list of system calls |
//! | [`verdict`] | what a test says |
//! | [`tests`] | one test a file |
#![no_std]
#![no_main]

mod arch;
mod console;
mod kit;
mod page;
mod script;
mod start;
mod tests;
mod verdict;

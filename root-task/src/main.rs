//! The root task: the only program with authority over memory, threads, CNodes, interrupts and devices.
//!
//! It creates, watches, kills and restarts the domains of modules, and keeps the ledger of what they offer to one
//! another. What it decides is decided in `root-task-core`; this crate carries it out.
//!
//! | file | what it does |
//! |---|---|
//! | [`start`], [`boot`] | from the first instruction to the first event |
//! | [`supervisor`] | the event loop, and what each event leads to |
//! | [`event`] | who speaks to the supervisor, and what they can say |
//! | [`domain`] | a protection domain: made, started, frozen, destroyed |
//! | [`home`] | what a module keeps over a restart: its endpoint |
//! | [`bell`] | how the supervisor lets others run before it goes on with work that can wait |
//! | [`memory`], [`scratch`] | untyped memory and slots; a window to fill frames through |
//! | [`timer`] | the supervisor's clock, and one deadline at a time |
//! | [`device_memory`] | the frames of devices |
//! | [`window`] | memory that two modules share |
//! | [`objects`] | what boot makes once and keeps |
//! | [`thread`] | what bell and worker have in common |
//! | [`worker`] | a thread for the kernel's long work, which can be cut off |
//! | [`mod@line`], [`mod@file`], [`shelf`] | the host's serial line, and the files that come over it |
//! | [`audit`] | the kernel's word on everything that is free |
//! | [`console`] | lines for the person at the console |
#![no_std]
#![no_main]

mod arch;
mod audit;
mod bell;
mod boot;
mod console;
mod device_memory;
mod domain;
mod event;
mod file;
mod home;
mod line;
mod memory;
mod objects;
mod report;
mod scratch;
mod shelf;
mod start;
mod supervisor;
mod thread;
mod timer;
mod window;
mod worker;

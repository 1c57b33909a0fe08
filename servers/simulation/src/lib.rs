//! A system without a kernel: modules run as threads of this machine, under plain `cargo test`, and die where a test wants.
//!
//! One thread runs at a time. It goes on to its next kernel call; then the seed says who is next. So a run depends on the
//! modules and the seed alone, and comes again whenever it is wanted. The clock is virtual: it moves by a microsecond for
//! each kernel call, and jumps where everybody waits. A module's code is the same as on the target, down to its manifest;
//! so are the decisions of the supervisor (`root-task/core`) and of the name server (`servers/name-server/core`). Between
//! the two, where the target has seL4, is this crate.
//!
//! ```
//! use ipc_proto::echo::{EchoClient, EchoInterface, EchoServer, Said, Text};
//! use ipc_proto::echo::{Echo, EchoError};
//! use module_rt::simulation::{Programs, System, for_every_death, module};
//! use module_rt::{Connection, Events, Manifest};
//!
//! struct Shouts;
//!
//! impl Echo for Shouts {
//!     fn say(&mut self, text: Text) -> Result<Said, EchoError> {
//!         let text = text.chars().map(|letter| letter.to_ascii_uppercase()).collect();
//!         Ok(Said { generation: module_rt::start::instance().generation, text })
//!     }
//! #   fn words(&mut self, words: [u64; 4]) -> Result<[u64; 4], EchoError> { Ok(words) }
//! #   fn die(&mut self) -> Result<(), EchoError> { Ok(()) }
//! }
//!
//! impl Events for Shouts {}
//!
//! fn works(system: &mut System) {
//!     // A crate that is a module has `simulated()` for that, by `module_rt::module!`.
//!     system.load(module(Manifest::new("shouter"), |init| {
//!         init.offer::<EchoInterface>()?;
//!         Ok(EchoServer(Shouts))
//!     }));
//!     system.run();
//!     if system.state("shouter").is_none() {
//!         return; // It has died before it was live: nobody has ever seen it.
//!     }
//!     let said = system.run_program("caller", |init| {
//!         let shouter: EchoClient<Connection> = init.client()?;
//!         Ok(shouter.say(Text::try_from("hello").unwrap()).unwrap().text)
//!     });
//!     assert_eq!(said.unwrap(), "HELLO");
//! }
//!
//! // Once, with this seed.
//! works(&mut System::new(7));
//! // Again and again, each time with a death of the server at another place.
//! for_every_death("shouter", works);
//! ```
//!
//! # Deaths
//!
//! Every kernel call, and every access to a device, has two places at which something can strike the instance that makes it:
//! before it has any effect, and right after that. Between a request and its answer there are both sides of the server's
//! answer, between reserve and publish both sides of the publish, and so on; a death anywhere between two calls is the same to
//! everybody else as one at the next call. Memory that two share is the exception: in the middle of a copy by one of them, the other one
//! has a place, too. [`Sweep`] goes through all places of a module, [`System::deaths`] strikes at places of the seed's choice,
//! [`System::strike`] at a given one. What can strike is a death, an unload, a restart or a revoke ([`Act`]). Who is called,
//! waits, depends or is connected is answered as by the target's supervisor. Where a run fails it says its seed and what had
//! struck at which place, and [`Sweep::only`] does it again, with everything that happened.
//!
//! # What is simulated
//!
//! Calls by words and by message, deadlines, calls that are answered later (with a locker as large as the module asks for,
//! where nothing says what it is granted), devices that a test makes up ([`System::device`]) with their
//! interrupts, names and versions, rights to names, lookups that wait, publish and every end of an init, logs, arguments,
//! alarms, departures, losses, restart policies with budget and delays, failed modules, unloads in two stages, revokes of one
//! client, memory that is shared and bulk data, deaths of the name server. The tests of this crate name for each the scenario
//! that shows the same on the target.
//!
//! # What is not
//!
//! - The console's receiver, lockers for anything but callers, private endpoints and what operators ask: a run that comes to one
//!   of them fails, and says so. Whoever adds one finds the list in `supervisor.rs`, and what the runtime does on this machine in
//!   `module-rt/src/sys/host/`.
//! - Bounds on messages and lines for a time, stacks and memory, priorities, `hold`, `replace`, reports, and what becomes of
//!   a live server that does not answer in time (its callers are answered; on the target somebody is told of it as well).
//! - An instance loses the processor at its kernel calls and its accesses to a device only, and in the middle of a copy of more
//!   than a word from or to a window; time passes there only: [`work_for`] is for a long computation. A loop over single bytes
//!   has no middle.
//! - Memory is never used up. A window lies at another address in each run. Who has lost it has pages of its own in place of
//!   its, and on the target the same one everywhere: what is written there is found in one place only, and is wiped with all of
//!   them as on the target. Behind the end of what was ever a window a copy is a fault.
//! - What is in a `static` is shared by all instances and outlives them; on the target each has its own. Keep what a server
//!   knows in the server.
//! - When an instance dies its destructors run, and on the target they do not. What they call reaches nobody.
#![forbid(unsafe_code)]

mod asked;
pub mod calls;
mod clock;
mod devices;
mod effects;
mod failure;
mod grants;
mod how;
pub mod interfaces;
mod interrupt;
mod kernel;
mod lives;
mod lockers;
mod module;
mod names;
mod operator;
pub mod panics;
mod random;
mod run;
mod slabs;
mod strikes;
mod supervisor;
mod sweep;
mod system;
mod thread;
mod windows;
mod words;
mod world;

pub use calls::work_for;
pub use devices::Device;
pub use failure::Failure;
pub use how::How;
pub use ipc_proto::ids::Generation;
pub use ipc_proto::operator::State;
pub use module::Module;
pub use root_task_core::allowance::{Allowance, OnHang};
pub use root_task_core::system::SystemManifest;
pub use strikes::{Act, Struck};
pub use sweep::{Found, Sweep, Swept, for_every_death};
pub use system::System;
pub use world::{Died, Logged};

//! What Escrow's programs say to one another: identities, labels, well-known slots, messages, manifests.
//!
//! The same crate is linked by the supervisor, by every module and by the host's tools. It makes no system
//! call. Each interface has a file of its own; [`wire`] turns its messages into message registers and back.
//!
//! | file | what it holds |
//! |---|---|
//! | [`ids`], [`name`], [`version`] | identities: domain, generation, service, name, version |
//! | [`badge`] | how an identity rides in a badge that nobody can forge |
//! | [`label`] | what the label of a message means, and what the kernel's own labels mean |
//! | [`method`] | a method's label, and how long a call of it may take |
//! | [`call_error`] | why a call gave no result |
//! | [`interface`] | an interface as a trait: what stubs and dispatches are written against |
//! | [`wire`] | postcard in message registers |
//! | [`slots`] | where a module finds its capabilities |
//! | [`manifest`] | what a module's ELF file asks for |
//! | [`supervisor`], [`registrar`], [`operator`] | the supervisor's three interfaces |
//! | [`losses`] | which connections have lost their server |
//! | [`waits`] | how a lookup ends that waits, asked of the supervisor |
//! | [`window`], [`private`], [`passing`] | what modules ask the supervisor for between two of them: memory, a call back during init, a connection that is passed on |
//! | [`push`] | what the host's tool and the supervisor say on a serial line |
//! | [`names`], [`echo`] | the name server's interface, and the example's |
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

// What the macros write says `::ipc_proto`, here too.
extern crate self as ipc_proto;

/// Strings and vectors with a bound, for arguments and answers: the version that the wire has.
pub use heapless;

pub mod alarm;
pub mod badge;
pub mod call_error;
pub mod deferred;
pub mod echo;
pub mod ids;
pub mod interface;
pub mod label;
pub mod losses;
pub mod manifest;
pub mod method;
pub mod name;
pub mod names;
pub mod operator;
pub mod passing;
pub mod private;
pub mod push;
pub mod registrar;
pub mod slots;
pub mod supervisor;
pub mod version;
pub mod waits;
pub mod window;
pub mod wire;

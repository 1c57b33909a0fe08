//! A system without a kernel: modules as threads of this machine, of which one runs at a time.
#![forbid(unsafe_code)]

pub mod calls;
mod module;
pub mod panics;

pub use module::Module;

//! What can be read from a dead instance: the way that led to its end, and whether its stack had overflowed.
//!
//! All of it was the module's own: registers and stack say what it wrote there. Nothing here believes a word of it before
//! it has compared it with what the supervisor gave the module: its stack, and its code.

mod stack;
mod walk;

pub use stack::Stack;
pub use walk::{Start, walk};

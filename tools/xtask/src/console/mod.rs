//! What the guest says on its serial line, taken apart: marks, and the turns of a dialogue.

pub mod addresses;
pub mod dialogue;
pub mod marks;

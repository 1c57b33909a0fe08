//! What a fault on purpose can leave in the frame pointer.

/// A chain of frame pointers that leads nowhere: what a report makes of it is of interest on the target only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// A record that is the next one of itself.
    Loop,
    /// A record outside of the stack.
    Outside,
    /// A record at an odd address.
    Unaligned,
    /// A record that returns to where there is data.
    Data,
}

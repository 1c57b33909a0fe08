//! Ways to fault on purpose: on this machine each ends the instance.

/// Ends the instance as an access to address 0 does.
pub fn read_address_zero() -> ! {
    simulation::calls::fault("read address 0")
}

/// Ends the instance as a call of address 0 does.
pub fn jump_to_zero() {
    simulation::calls::fault("called address 0")
}

/// A chain of frame pointers that leads nowhere: of interest on the target only, where there are reports.
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

/// As [`read_address_zero`].
pub fn with_frame_chain(_: Chain) -> ! {
    read_address_zero()
}

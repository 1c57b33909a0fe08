//! Ways to fault on purpose: on this machine each ends the instance.

pub use crate::chain::Chain;

/// Ends the instance as an access to address 0 does.
pub fn read_address_zero() -> ! {
    simulation::calls::fault("read address 0")
}

/// Ends the instance as a call of address 0 does.
pub fn jump_to_zero() {
    simulation::calls::fault("called address 0")
}

/// As [`read_address_zero`].
pub fn with_frame_chain(_: Chain) -> ! {
    read_address_zero()
}

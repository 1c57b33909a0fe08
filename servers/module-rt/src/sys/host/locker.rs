//! The module's locker: callers are put aside in it (`crate::deferred`), and whatever else is done with it ends the run.

pub use ipc_proto::slots::OWN_ENDPOINT;

/// What the kernel says of a locker on the target: here nothing is ever said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockerError {}

/// Ends the run. (On the target: copies a capability from one slot of the locker to another, with all its rights. What else
/// there is for a locker needs the kernel's bindings, and so the target.)
///
/// # Errors
/// None.
pub fn copy(_: u16, _: u16, _: u8) -> Result<(), LockerError> {
    simulation::calls::not_simulated("a locker for anything but callers (`module_rt::locker`)")
}

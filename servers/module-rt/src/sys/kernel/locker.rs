//! The module's locker: a small CNode of its own, for capabilities that it is handed.
//!
//! A module that asks for one in its manifest can copy and revoke what lies in it. It holds no capability to its
//! CSpace proper.

use ipc_proto::slots;
pub use ipc_proto::slots::OWN_ENDPOINT;
use sel4::{AbsoluteCPtr, CPtrWithDepth, CapRights, cap};

/// The slot `index` of the locker, which has 2^`bits` slots.
pub fn slot(index: u16, bits: u8) -> AbsoluteCPtr {
    let locker = cap::CNode::from_bits(slots::LOCKER);
    locker.absolute_cptr(CPtrWithDepth::from_bits_with_depth(u64::from(index), usize::from(bits)))
}

/// Copies a capability from one slot of the locker to another, with all its rights.
///
/// # Errors
/// The kernel's: the source is empty or the destination is not.
pub fn copy(from: u16, to: u16, bits: u8) -> sel4::Result<()> {
    slot(to, bits).copy(&slot(from, bits), CapRights::all())
}

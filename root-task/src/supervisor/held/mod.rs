//! What modules hold beside their domains: devices, and memory that they share.

pub(super) mod devices;
pub(super) mod windows;

//! How instances, modules and capabilities end, and what that means for those who used them.

pub(super) mod autopsy;
pub(super) mod death;
pub(super) mod dependents;
pub(super) mod errands;
pub(super) mod rescue;
pub(super) mod revoke;
pub(super) mod unload;

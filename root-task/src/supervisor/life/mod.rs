//! A module from its load to its publish, and from one instance to the next.

pub(super) mod building;
pub(super) mod failed;
pub(super) mod instance;
pub(super) mod landing;
pub(super) mod load;
pub(super) mod private;
pub(super) mod replace;
pub(super) mod restart;

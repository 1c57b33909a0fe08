//! From the pinned kernel source to an installed prefix.

//! Address spaces: their identifiers. Their tables depend on the kernel's version and are in `version`.

use crate::{AbsoluteCPtr, Result, cap, sys};

impl cap::AsidControl {
    /// Makes a pool of identifiers out of an untyped of a page's size, in the empty slot `dst`.
    ///
    /// Manual: chapter "Address Spaces and Virtual Memory".
    ///
    /// # Errors
    /// [`DeleteFirst`](crate::Error::DeleteFirst): the slot is full, or there are no more pools to be had.
    /// [`InvalidCapability`](crate::Error::InvalidCapability): not an untyped of a page's size, or of a device.
    /// [`RevokeFirst`](crate::Error::RevokeFirst): objects were made out of it.
    pub fn asid_control_make_pool(self, untyped: cap::Untyped, dst: &AbsoluteCPtr) -> Result<()> {
        let (root, index, depth) = (dst.root().cptr(), dst.path().bits(), dst.path().depth_for_kernel());
        #[cfg(target_arch = "aarch64")]
        return sys::arm_asid_control_make_pool(self.cptr(), untyped.cptr(), root, index, depth);
        #[cfg(target_arch = "x86_64")]
        return sys::x86_asid_control_make_pool(self.cptr(), untyped.cptr(), root, index, depth);
    }
}

impl cap::AsidPool {
    /// Gives an address space an identifier, without which nothing can be mapped in it.
    ///
    /// Manual: chapter "Address Spaces and Virtual Memory".
    ///
    /// # Errors
    /// [`DeleteFirst`](crate::Error::DeleteFirst): the pool's 512 identifiers are given out.
    /// [`InvalidCapability`](crate::Error::InvalidCapability): not an address space, or it has one already.
    pub fn asid_pool_assign(self, vspace: cap::VSpace) -> Result<()> {
        #[cfg(target_arch = "aarch64")]
        return sys::arm_asid_pool_assign(self.cptr(), vspace.cptr());
        #[cfg(target_arch = "x86_64")]
        return sys::x86_asid_pool_assign(self.cptr(), vspace.cptr());
    }
}

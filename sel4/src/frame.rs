//! Pages: mapping them into address spaces, and what can be asked of them.

use crate::{Cap, CapRights, CapType, FrameObjectType, Result, VmAttributes, Word, cap, cap_type, sys};

/// Capability types that are pages.
pub trait CapTypeForFrame: CapType {}

/// Capability types that are pages of one size.
pub trait CapTypeForFrameOfFixedSize: CapTypeForFrame {
    /// The size.
    const FRAME_OBJECT_TYPE: FrameObjectType;
}

impl CapTypeForFrame for cap_type::Granule {}
impl CapTypeForFrame for cap_type::LargePage {}
impl CapTypeForFrame for cap_type::HugePage {}
impl CapTypeForFrame for cap_type::UnspecifiedPage {}

impl CapTypeForFrameOfFixedSize for cap_type::Granule {
    const FRAME_OBJECT_TYPE: FrameObjectType = FrameObjectType::Granule;
}
impl CapTypeForFrameOfFixedSize for cap_type::LargePage {
    const FRAME_OBJECT_TYPE: FrameObjectType = FrameObjectType::LargePage;
}
impl CapTypeForFrameOfFixedSize for cap_type::HugePage {
    const FRAME_OBJECT_TYPE: FrameObjectType = FrameObjectType::HugePage;
}

impl<T: CapTypeForFrame> Cap<T> {
    /// Maps the page at address `vaddr` of an address space. A capability maps its page at one place only; copy
    /// it for another.
    ///
    /// Manual: chapter "Address Spaces and Virtual Memory".
    ///
    /// # Errors
    /// [`FailedLookup`](crate::Error::FailedLookup): a table is missing; message register 2 holds how many bits of
    /// the address were left, see [`vspace_levels`](crate::vspace_levels). Or the space has no identifier.
    /// [`DeleteFirst`](crate::Error::DeleteFirst): something is mapped there.
    /// [`InvalidCapability`](crate::Error::InvalidCapability): this capability maps its page already, or `vspace`
    /// is none.
    /// [`InvalidArgument`](crate::Error::InvalidArgument): the address belongs to the kernel.
    /// [`AlignmentError`](crate::Error::AlignmentError): the address is not a multiple of the page's size.
    pub fn frame_map(
        self,
        vspace: cap::VSpace,
        vaddr: usize,
        rights: CapRights,
        attrs: VmAttributes,
    ) -> Result<()> {
        #[cfg(target_arch = "aarch64")]
        return sys::arm_page_map(self.cptr(), vspace.cptr(), vaddr as Word, rights, attrs);
        #[cfg(target_arch = "x86_64")]
        return sys::x86_page_map(self.cptr(), vspace.cptr(), vaddr as Word, rights, attrs);
    }

    /// Takes the page out of the address space in which this capability maps it. Nothing happens if it maps none.
    ///
    /// # Errors
    /// None for a page.
    pub fn frame_unmap(self) -> Result<()> {
        #[cfg(target_arch = "aarch64")]
        return sys::arm_page_unmap(self.cptr());
        #[cfg(target_arch = "x86_64")]
        return sys::x86_page_unmap(self.cptr());
    }

    /// The page's physical address.
    ///
    /// # Errors
    /// None for a page.
    pub fn frame_get_address(self) -> Result<usize> {
        #[cfg(target_arch = "aarch64")]
        let address = sys::arm_page_get_address(self.cptr())?;
        #[cfg(target_arch = "x86_64")]
        let address = sys::x86_page_get_address(self.cptr())?;
        Ok(address as usize)
    }
}

/// Cache maintenance on a part of a page, offsets in bytes. The page must be mapped.
///
/// On seL4 5.0.0 these can crash the kernel when the range is not what it expects: never let another program
/// choose it, and never hand out a page's capability.
#[cfg(target_arch = "aarch64")]
impl<T: CapTypeForFrame> Cap<T> {
    /// Makes written instructions visible to instruction fetches.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): not mapped.
    /// [`InvalidArgument`](crate::Error::InvalidArgument): the range is empty or leaves the page.
    pub fn frame_unify_instruction(self, start: usize, end: usize) -> Result<()> {
        sys::arm_page_unify_instruction(self.cptr(), start as Word, end as Word)
    }

    /// Writes cached data back to memory.
    ///
    /// # Errors
    /// As [`frame_unify_instruction`](Self::frame_unify_instruction).
    pub fn frame_clean_data(self, start: usize, end: usize) -> Result<()> {
        sys::arm_page_clean_data(self.cptr(), start as Word, end as Word)
    }

    /// Forgets cached data, so that memory is read again.
    ///
    /// # Errors
    /// As [`frame_unify_instruction`](Self::frame_unify_instruction).
    pub fn frame_invalidate_data(self, start: usize, end: usize) -> Result<()> {
        sys::arm_page_invalidate_data(self.cptr(), start as Word, end as Word)
    }

    /// Writes cached data back to memory and forgets it.
    ///
    /// # Errors
    /// As [`frame_unify_instruction`](Self::frame_unify_instruction).
    pub fn frame_clean_invalidate_data(self, start: usize, end: usize) -> Result<()> {
        sys::arm_page_clean_invalidate_data(self.cptr(), start as Word, end as Word)
    }
}

//! The first thread: what lies in which slot of its CNode when it starts.

use core::marker::PhantomData;

use crate::{CPtr, CPtrBits, Cap, CapType};

/// A slot of the first thread's CNode, whose capability is of the type `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<T> {
    index: usize,
    ty: PhantomData<T>,
}

impl<T: CapType> Slot<T> {
    /// The slot of that number.
    #[must_use]
    pub const fn from_index(index: usize) -> Self {
        Self { index, ty: PhantomData }
    }

    /// Its number.
    #[must_use]
    pub const fn index(self) -> usize {
        self.index
    }

    /// Its address in the first thread's capability space.
    #[must_use]
    pub const fn cptr_bits(self) -> CPtrBits {
        self.index as CPtrBits
    }

    /// Its address in the first thread's capability space.
    #[must_use]
    pub const fn cptr(self) -> CPtr {
        CPtr::from_bits(self.cptr_bits())
    }

    /// The capability in it.
    #[must_use]
    pub const fn cap(self) -> Cap<T> {
        Cap::from_bits(self.cptr_bits())
    }

    /// Taken for a slot of another type.
    #[must_use]
    pub const fn cast<U: CapType>(self) -> Slot<U> {
        Slot::from_index(self.index)
    }
}

/// The slots that are full from the start.
///
/// Manual: chapter "System Bootstrapping", table of the first thread's CNode.
pub mod slot {
    use super::Slot;
    use crate::{cap_type, sys};

    /// Never holds anything.
    pub const NULL: Slot<cap_type::Null> = Slot::from_index(sys::CAP_NULL);
    /// The first thread itself.
    pub const TCB: Slot<cap_type::Tcb> = Slot::from_index(sys::CAP_INIT_THREAD_TCB);
    /// This CNode.
    pub const CNODE: Slot<cap_type::CNode> = Slot::from_index(sys::CAP_INIT_THREAD_CNODE);
    /// The first thread's address space.
    pub const VSPACE: Slot<cap_type::VSpace> = Slot::from_index(sys::CAP_INIT_THREAD_VSPACE);
    /// The authority over interrupts.
    pub const IRQ_CONTROL: Slot<cap_type::IrqControl> = Slot::from_index(sys::CAP_IRQ_CONTROL);
    /// The authority to make pools of address space identifiers.
    pub const ASID_CONTROL: Slot<cap_type::AsidControl> = Slot::from_index(sys::CAP_ASID_CONTROL);
    /// The pool that the first thread's own address space is from.
    pub const ASID_POOL: Slot<cap_type::AsidPool> = Slot::from_index(sys::CAP_INIT_THREAD_ASID_POOL);
    /// All of the x86's I/O ports; empty elsewhere.
    pub const IO_PORT_CONTROL: Slot<cap_type::IOPortControl> =
        Slot::from_index(crate::version::IO_PORT_CONTROL);
    /// The page that holds the boot information.
    pub const BOOT_INFO_FRAME: Slot<cap_type::Granule> = Slot::from_index(sys::CAP_BOOT_INFO_FRAME);
    /// The page that holds the first thread's IPC buffer.
    pub const IPC_BUFFER: Slot<cap_type::Granule> = Slot::from_index(sys::CAP_INIT_THREAD_IPC_BUFFER);
    /// The authority over scheduling domains.
    pub const DOMAIN: Slot<cap_type::DomainSet> = Slot::from_index(sys::CAP_DOMAIN);
}

//! Capabilities as a program sees them: numbers that lead through its capability space, with a type.

use core::fmt;
use core::marker::PhantomData;

use crate::{AbsoluteCPtr, WORD_SIZE, Word};

/// A capability's address as the kernel has it.
pub type CPtrBits = Word;

/// The address of a capability in this program's capability space, resolved to the full depth.
///
/// Manual: section "Capability Address Lookup".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct CPtr(CPtrBits);

impl CPtr {
    /// From the kernel's number.
    #[must_use]
    #[inline(always)]
    pub const fn from_bits(bits: CPtrBits) -> Self {
        Self(bits)
    }

    /// The kernel's number.
    #[must_use]
    #[inline(always)]
    pub const fn bits(self) -> CPtrBits {
        self.0
    }

    /// Taken for a capability of this type. Nothing is checked: the kernel refuses what does not fit.
    #[must_use]
    #[inline(always)]
    pub const fn cast<T: CapType>(self) -> Cap<T> {
        Cap::from_bits(self.0)
    }
}

/// An address together with how many of its bits are resolved: names a slot, or a CNode below another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CPtrWithDepth {
    bits: CPtrBits,
    depth: usize,
}

impl CPtrWithDepth {
    /// This address, resolved to `depth` bits (0 to 64).
    #[must_use]
    #[inline(always)]
    pub const fn from_bits_with_depth(bits: CPtrBits, depth: usize) -> Self {
        Self { bits, depth }
    }

    /// No bits at all: the root itself.
    #[must_use]
    #[inline(always)]
    pub const fn empty() -> Self {
        Self::from_bits_with_depth(0, 0)
    }

    /// The address.
    #[must_use]
    #[inline(always)]
    pub const fn bits(self) -> CPtrBits {
        self.bits
    }

    /// How many bits are resolved.
    #[must_use]
    #[inline(always)]
    pub const fn depth(self) -> usize {
        self.depth
    }

    /// The depth in the type in which invocations pass it. What is too deep stays too deep, so that the kernel
    /// refuses it.
    #[inline(always)]
    pub(crate) const fn depth_for_kernel(self) -> u8 {
        if self.depth > u8::MAX as usize { u8::MAX } else { self.depth as u8 }
    }
}

impl From<CPtr> for CPtrWithDepth {
    #[inline(always)]
    fn from(cptr: CPtr) -> Self {
        Self::from_bits_with_depth(cptr.bits(), WORD_SIZE)
    }
}

impl<T: CapType> From<Cap<T>> for CPtrWithDepth {
    #[inline(always)]
    fn from(cap: Cap<T>) -> Self {
        cap.cptr().into()
    }
}

/// What a capability is one to. Implemented by the types in [`cap_type`].
pub trait CapType: Copy + 'static {
    /// The type's name, for people.
    const NAME: &'static str;
}

/// A capability of the type `T`: its address in this program's capability space.
///
/// Holding one says nothing about whether the slot is full, or full of that: every invocation finds out.
pub struct Cap<T: CapType> {
    cptr: CPtr,
    ty: PhantomData<T>,
}

impl<T: CapType> Cap<T> {
    /// At this address. Nothing is checked.
    #[must_use]
    #[inline(always)]
    pub const fn from_bits(bits: CPtrBits) -> Self {
        Self { cptr: CPtr::from_bits(bits), ty: PhantomData }
    }

    /// The kernel's number.
    #[must_use]
    #[inline(always)]
    pub const fn bits(self) -> CPtrBits {
        self.cptr.bits()
    }

    /// The address without the type.
    #[must_use]
    #[inline(always)]
    pub const fn cptr(self) -> CPtr {
        self.cptr
    }

    /// Taken for a capability of another type. Nothing is checked: the kernel refuses what does not fit.
    #[must_use]
    #[inline(always)]
    pub const fn cast<U: CapType>(self) -> Cap<U> {
        Cap::from_bits(self.bits())
    }
}

impl<T: CapType> Clone for Cap<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: CapType> Copy for Cap<T> {}

impl<T: CapType> PartialEq for Cap<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cptr == other.cptr
    }
}

impl<T: CapType> Eq for Cap<T> {}

impl<T: CapType> fmt::Debug for Cap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#x})", T::NAME, self.bits())
    }
}

impl cap::CNode {
    /// The slot at this path below this CNode.
    #[must_use]
    #[inline(always)]
    pub fn absolute_cptr(self, path: impl Into<CPtrWithDepth>) -> AbsoluteCPtr {
        AbsoluteCPtr::new(self, path.into())
    }

    /// The slot at this address below this CNode, resolved to `depth` bits.
    #[must_use]
    #[inline(always)]
    pub const fn absolute_cptr_from_bits_with_depth(self, bits: CPtrBits, depth: usize) -> AbsoluteCPtr {
        AbsoluteCPtr::new(self, CPtrWithDepth::from_bits_with_depth(bits, depth))
    }

    /// This CNode itself, as the place in which a retype puts new capabilities.
    #[must_use]
    #[inline(always)]
    pub const fn absolute_cptr_for_self(self) -> AbsoluteCPtr {
        AbsoluteCPtr::new(self, CPtrWithDepth::empty())
    }
}

/// Declares the capability types, and for each the alias of [`Cap`] under the same name in [`cap`].
macro_rules! cap_types {
    ($($(#[$meta:meta])* $name:ident;)*) => {
        /// What capabilities can be to: markers for [`Cap`].
        pub mod cap_type {
            use super::CapType;
            $(
                $(#[$meta])*
                #[derive(Clone, Copy, Debug, PartialEq, Eq)]
                pub struct $name;

                impl CapType for $name {
                    const NAME: &'static str = stringify!($name);
                }
            )*
        }

        /// Capabilities by what they are to.
        pub mod cap {
            use super::{Cap, cap_type};
            $(
                $(#[$meta])*
                pub type $name = Cap<cap_type::$name>;
            )*
        }
    };
}

cap_types! {
    /// Nothing: the slot is empty, or meant to be.
    Null;
    /// Something that the program does not say: any invocation on it is left out.
    Unspecified;
    /// Memory from which objects are made.
    Untyped;
    /// Where threads meet to exchange messages.
    Endpoint;
    /// A word of bits that threads signal and wait for.
    Notification;
    /// A thread.
    Tcb;
    /// A table of capabilities.
    CNode;
    /// The root of an address space: the top table of translations.
    VSpace;
    /// A page of the smallest size, [`GRANULE_SIZE`](crate::GRANULE_SIZE) bytes.
    Granule;
    /// A page of 2 MiB.
    LargePage;
    /// A page of 1 GiB.
    HugePage;
    /// A table of translations of a level that the program does not say.
    UnspecifiedIntermediateTranslationTable;
    /// A page of a size that the program does not say.
    UnspecifiedPage;
    /// The authority to hand out interrupt handlers.
    IrqControl;
    /// The authority over one interrupt.
    IrqHandler;
    /// The authority to make pools of address space identifiers.
    AsidControl;
    /// A pool of address space identifiers.
    AsidPool;
    /// A range of the x86's I/O ports.
    IOPort;
    /// The authority over all of the x86's I/O ports.
    IOPortControl;
    /// The authority to move threads between scheduling domains.
    DomainSet;
    /// One caller who waits for an answer.
    Reply;
    /// The table of translations of the lowest level, whose entries are small pages.
    PageTable;
    /// The table of translations above page tables.
    PageDirectory;
    /// AArch64 on seL4 5.0.0: the table of translations above page directories.
    PageUpperDirectory;
    /// x86-64: the table of translations above page directories.
    Pdpt;
}

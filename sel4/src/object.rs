//! What objects can be made out of untyped memory, and how much of it each takes.

use crate::{Word, sys};

#[cfg(target_arch = "aarch64")]
pub use crate::version::ObjectBlueprintArm;
#[cfg(target_arch = "x86_64")]
pub use crate::version::ObjectBlueprintX86;

/// The machine's own objects.
#[cfg(target_arch = "aarch64")]
pub type ObjectBlueprintArch = ObjectBlueprintArm;

/// The machine's own objects.
#[cfg(target_arch = "x86_64")]
pub type ObjectBlueprintArch = ObjectBlueprintX86;

/// An object to be made: its type, and its size where it has a choice.
///
/// Manual: section "Summary of Object Sizes".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectBlueprint {
    /// Memory, as a part of other memory.
    Untyped {
        /// Its size as a power of two of bytes, 4 to 47.
        size_bits: usize,
    },
    /// An endpoint.
    Endpoint,
    /// A notification.
    Notification,
    /// A table of capabilities.
    CNode {
        /// How many slots it has, as a power of two.
        size_bits: usize,
    },
    /// A thread.
    Tcb,
    /// An object of this machine: a page or a table of translations.
    Arch(ObjectBlueprintArch),
}

impl ObjectBlueprint {
    /// The kernel's number of the type.
    #[must_use]
    pub const fn ty(self) -> Word {
        match self {
            Self::Untyped { .. } => sys::OBJECT_UNTYPED,
            Self::Endpoint => sys::OBJECT_ENDPOINT,
            Self::Notification => sys::OBJECT_NOTIFICATION,
            Self::CNode { .. } => sys::OBJECT_CAP_TABLE,
            Self::Tcb => sys::OBJECT_TCB,
            Self::Arch(arch) => arch.ty(),
        }
    }

    /// The size that the kernel has to be told: `None` for objects that have only one.
    #[must_use]
    pub const fn api_size_bits(self) -> Option<usize> {
        match self {
            Self::Untyped { size_bits } | Self::CNode { size_bits } => Some(size_bits),
            _ => None,
        }
    }

    /// The memory that it takes, as a power of two of bytes; it is aligned to as much.
    #[must_use]
    pub const fn physical_size_bits(self) -> usize {
        match self {
            Self::Untyped { size_bits } => size_bits,
            Self::Endpoint => sys::ENDPOINT_BITS,
            Self::Notification => sys::NOTIFICATION_BITS,
            Self::CNode { size_bits } => size_bits.saturating_add(sys::SLOT_BITS),
            Self::Tcb => sys::TCB_BITS,
            Self::Arch(arch) => arch.physical_size_bits(),
        }
    }
}

impl From<ObjectBlueprintArch> for ObjectBlueprint {
    fn from(arch: ObjectBlueprintArch) -> Self {
        Self::Arch(arch)
    }
}

/// The sizes of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameObjectType {
    /// The smallest: 4 KiB.
    Granule,
    /// 2 MiB.
    LargePage,
    /// 1 GiB. On x86-64 only where the kernel was configured for it.
    HugePage,
}

impl FrameObjectType {
    /// The smallest size.
    pub const GRANULE: Self = Self::Granule;

    /// The size as a power of two of bytes.
    #[must_use]
    pub const fn bits(self) -> usize {
        match self {
            Self::Granule => sys::PAGE_BITS,
            Self::LargePage => sys::LARGE_PAGE_BITS,
            Self::HugePage => sys::HUGE_PAGE_BITS,
        }
    }

    /// The size in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        1_usize.wrapping_shl(self.bits() as u32)
    }

    /// The object to be made.
    #[must_use]
    pub const fn blueprint(self) -> ObjectBlueprint {
        ObjectBlueprint::Arch(match self {
            Self::Granule => ObjectBlueprintArch::SmallPage,
            Self::LargePage => ObjectBlueprintArch::LargePage,
            Self::HugePage => ObjectBlueprintArch::HugePage,
        })
    }
}

//! AArch64's pages and tables of translations on seL4 5.0.0: an object type of its own for each level.

use crate::{Cap, CapType, ObjectBlueprint, Result, VmAttributes, Word, cap, cap_type, sys};

/// The machine's objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectBlueprintArm {
    /// A page of 4 KiB.
    SmallPage,
    /// A page of 2 MiB.
    LargePage,
    /// A page of 1 GiB.
    HugePage,
    /// The root of an address space, level 0: seL4's PageGlobalDirectory.
    VSpace,
    /// The table at level 1.
    PageUpperDirectory,
    /// The table at level 2.
    PageDirectory,
    /// The table at level 3, whose entries are small pages.
    PageTable,
}

impl ObjectBlueprintArm {
    /// The kernel's number of the type.
    #[must_use]
    pub const fn ty(self) -> Word {
        match self {
            Self::SmallPage => sys::OBJECT_SMALL_PAGE,
            Self::LargePage => sys::OBJECT_LARGE_PAGE,
            Self::HugePage => sys::OBJECT_HUGE_PAGE,
            Self::VSpace => sys::OBJECT_PAGE_GLOBAL_DIRECTORY,
            Self::PageUpperDirectory => sys::OBJECT_PAGE_UPPER_DIRECTORY,
            Self::PageDirectory => sys::OBJECT_PAGE_DIRECTORY,
            Self::PageTable => sys::OBJECT_PAGE_TABLE,
        }
    }

    /// The memory that it takes, as a power of two of bytes.
    #[must_use]
    pub const fn physical_size_bits(self) -> usize {
        match self {
            Self::SmallPage => sys::PAGE_BITS,
            Self::LargePage => sys::LARGE_PAGE_BITS,
            Self::HugePage => sys::HUGE_PAGE_BITS,
            Self::VSpace => sys::PAGE_GLOBAL_DIRECTORY_BITS,
            Self::PageUpperDirectory => sys::PAGE_UPPER_DIRECTORY_BITS,
            Self::PageDirectory => sys::PAGE_DIRECTORY_BITS,
            Self::PageTable => sys::PAGE_TABLE_BITS,
        }
    }
}

/// The tables of translations, from the root down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TranslationTableObjectType {
    /// The root, level 0.
    VSpace,
    /// Level 1.
    PageUpperDirectory,
    /// Level 2.
    PageDirectory,
    /// Level 3.
    PageTable,
}

impl TranslationTableObjectType {
    /// The table of that level, 0 being the root; `None` above 3.
    #[must_use]
    pub const fn from_level(level: usize) -> Option<Self> {
        Some(match level {
            0 => Self::VSpace,
            1 => Self::PageUpperDirectory,
            2 => Self::PageDirectory,
            3 => Self::PageTable,
            _ => return None,
        })
    }

    /// The object to be made.
    #[must_use]
    pub const fn blueprint(self) -> ObjectBlueprint {
        ObjectBlueprint::Arch(match self {
            Self::VSpace => ObjectBlueprintArm::VSpace,
            Self::PageUpperDirectory => ObjectBlueprintArm::PageUpperDirectory,
            Self::PageDirectory => ObjectBlueprintArm::PageDirectory,
            Self::PageTable => ObjectBlueprintArm::PageTable,
        })
    }
}

/// Declares mapping and unmapping of one kind of table.
macro_rules! table {
    ($ty:ident, $map:ident, $unmap:ident, $sys_map:ident, $sys_unmap:ident) => {
        impl cap::$ty {
            /// Maps the table, so that it covers address `vaddr` of an address space.
            ///
            /// Manual: chapter "Address Spaces and Virtual Memory".
            ///
            /// # Errors
            /// [`FailedLookup`](crate::Error::FailedLookup): the table above is missing.
            /// [`DeleteFirst`](crate::Error::DeleteFirst): there is one. Others as for pages.
            pub fn $map(self, vspace: cap::VSpace, vaddr: usize, attrs: VmAttributes) -> Result<()> {
                sys::$sys_map(self.cptr(), vspace.cptr(), vaddr as Word, attrs)
            }

            /// Takes the table, and with it everything below, out of its address space.
            ///
            /// # Errors
            /// None for a table of which there is only one capability.
            pub fn $unmap(self) -> Result<()> {
                sys::$sys_unmap(self.cptr())
            }
        }
    };
}

table!(
    PageUpperDirectory,
    page_upper_directory_map,
    page_upper_directory_unmap,
    arm_page_upper_directory_map,
    arm_page_upper_directory_unmap
);
table!(
    PageDirectory,
    page_directory_map,
    page_directory_unmap,
    arm_page_directory_map,
    arm_page_directory_unmap
);
table!(PageTable, page_table_map, page_table_unmap, arm_page_table_map, arm_page_table_unmap);

impl Cap<cap_type::UnspecifiedIntermediateTranslationTable> {
    /// Maps a table of the kind `ty`, so that it covers address `vaddr` of an address space.
    ///
    /// # Errors
    /// As for each kind of table; [`IllegalOperation`](crate::Error::IllegalOperation) for a root.
    pub fn generic_intermediate_translation_table_map(
        self,
        ty: TranslationTableObjectType,
        vspace: cap::VSpace,
        vaddr: usize,
        attrs: VmAttributes,
    ) -> Result<()> {
        match ty {
            TranslationTableObjectType::VSpace => Err(crate::Error::IllegalOperation),
            TranslationTableObjectType::PageUpperDirectory => {
                self.as_a::<cap_type::PageUpperDirectory>().page_upper_directory_map(vspace, vaddr, attrs)
            }
            TranslationTableObjectType::PageDirectory => {
                self.as_a::<cap_type::PageDirectory>().page_directory_map(vspace, vaddr, attrs)
            }
            TranslationTableObjectType::PageTable => {
                self.as_a::<cap_type::PageTable>().page_table_map(vspace, vaddr, attrs)
            }
        }
    }

    const fn as_a<T: CapType>(self) -> Cap<T> {
        self.cast()
    }
}

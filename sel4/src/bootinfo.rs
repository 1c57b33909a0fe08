//! What the kernel tells the first thread: which memory there is, which slots are empty, where things are.

use core::marker::PhantomData;
use core::ops::Range;
use core::ptr;

use crate::init_thread::Slot;
use crate::{CapType, IpcBuffer, Word, cap_type, sys};

/// A run of consecutive slots of the first thread's CNode, whose capabilities are of the type `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRegion<T> {
    start: usize,
    end: usize,
    ty: PhantomData<T>,
}

impl<T: CapType> SlotRegion<T> {
    /// From the first slot to the one after the last.
    #[must_use]
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// How many slots.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The slot of that number in the run, counted from 0.
    #[must_use]
    pub fn index(&self, number: usize) -> Option<Slot<T>> {
        self.range().nth(number).map(Slot::from_index)
    }

    /// All its slots.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = Slot<T>> + use<T> {
        self.range().map(Slot::from_index)
    }
}

/// An untyped that the kernel made at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UntypedDesc {
    paddr: usize,
    size_bits: usize,
    is_device: bool,
}

impl UntypedDesc {
    /// Its physical address.
    #[must_use]
    pub const fn paddr(&self) -> usize {
        self.paddr
    }

    /// Its size as a power of two of bytes.
    #[must_use]
    pub const fn size_bits(&self) -> usize {
        self.size_bits
    }

    /// Whether it is memory of devices: never zeroed, and pages only.
    #[must_use]
    pub const fn is_device(&self) -> bool {
        self.is_device
    }
}

/// A chunk of the additional boot information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInfoExtra {
    /// What it is, by the machine; 0 is padding.
    pub id: Word,
    /// What it holds, without its header.
    pub content: &'static [u8],
}

/// The boot information, where the kernel put it.
///
/// Manual: chapter "System Bootstrapping", section "BootInfo Frame".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInfoPtr(*const u8);

/// Another name of [`BootInfoPtr`]: it is read through this only.
pub type BootInfo = BootInfoPtr;

impl BootInfoPtr {
    /// Takes an address for that of the boot information: the first argument of the first thread.
    ///
    /// # Safety
    /// The kernel must have put it there, with the pages of its additional part behind it, and nobody writes to it.
    #[must_use]
    pub const unsafe fn new(address: *const u8) -> Self {
        Self(address)
    }

    /// Where it is.
    #[must_use]
    pub const fn ptr(&self) -> *const u8 {
        self.0
    }

    /// A value of the machine's layout at an offset; fields are packed, so nothing is aligned.
    fn read<T: Copy>(&self, offset: usize) -> T {
        // SAFETY: offsets are those of the kernel's own headers, or within the length that it states, so they
        // lie within what `new` was promised; only numbers are read, for which any bits will do.
        unsafe { ptr::read_unaligned(self.0.wrapping_add(offset).cast()) }
    }

    pub(crate) fn word_at(&self, offset: usize) -> Word {
        self.read(offset)
    }

    fn region<T: CapType>(&self, offset: usize) -> SlotRegion<T> {
        SlotRegion {
            start: self.word_at(offset.wrapping_add(sys::SLOT_REGION_START)) as usize,
            end: self.word_at(offset.wrapping_add(sys::SLOT_REGION_END)) as usize,
            ty: PhantomData,
        }
    }

    /// The number of this processor.
    #[must_use]
    pub fn node_id(&self) -> usize {
        self.word_at(sys::BOOT_INFO_NODE_ID) as usize
    }

    /// How many processors the kernel uses.
    #[must_use]
    pub fn num_nodes(&self) -> usize {
        self.word_at(sys::BOOT_INFO_NUM_NODES) as usize
    }

    /// Where the first thread's IPC buffer is. Give it to [`set_ipc_buffer`](crate::set_ipc_buffer) once.
    #[must_use]
    pub fn ipc_buffer(&self) -> *mut IpcBuffer {
        ptr::with_exposed_provenance_mut(self.word_at(sys::BOOT_INFO_IPC_BUFFER) as usize)
    }

    /// The slots that are empty.
    #[must_use]
    pub fn empty(&self) -> SlotRegion<cap_type::Null> {
        self.region(sys::BOOT_INFO_EMPTY)
    }

    /// The pages of the first thread's image, from its lowest address on, without gaps.
    #[must_use]
    pub fn user_image_frames(&self) -> SlotRegion<cap_type::Granule> {
        self.region(sys::BOOT_INFO_USER_IMAGE_FRAMES)
    }

    /// The tables of the first thread's address space.
    #[must_use]
    pub fn user_image_paging(&self) -> SlotRegion<cap_type::Unspecified> {
        self.region(sys::BOOT_INFO_USER_IMAGE_PAGING)
    }

    /// The pages of the additional boot information.
    #[must_use]
    pub fn extra_bi_pages(&self) -> SlotRegion<cap_type::Granule> {
        self.region(sys::BOOT_INFO_EXTRA_BI_PAGES)
    }

    /// How many slots the first thread's CNode has, as a power of two.
    #[must_use]
    pub fn init_thread_cnode_size_bits(&self) -> usize {
        match sys::BOOT_INFO_CNODE_SIZE_BITS_SIZE {
            1 => usize::from(self.read::<u8>(sys::BOOT_INFO_CNODE_SIZE_BITS)),
            _ => self.word_at(sys::BOOT_INFO_CNODE_SIZE_BITS) as usize,
        }
    }

    /// The first thread's scheduling domain.
    #[must_use]
    pub fn init_thread_domain(&self) -> Word {
        self.word_at(sys::BOOT_INFO_DOMAIN)
    }

    /// The slots of the untypeds, in the order of [`untyped_list`](Self::untyped_list).
    #[must_use]
    pub fn untyped(&self) -> SlotRegion<cap_type::Untyped> {
        self.region(sys::BOOT_INFO_UNTYPED)
    }

    /// What each untyped is.
    pub fn untyped_list(&self) -> impl ExactSizeIterator<Item = UntypedDesc> + use<> {
        let this = *self;
        let count = self.untyped().len().min(sys::BOOT_INFO_UNTYPED_LIST_LENGTH);
        (0..count).map(move |number| {
            let at = sys::BOOT_INFO_UNTYPED_LIST.wrapping_add(number.wrapping_mul(sys::UNTYPED_DESC_SIZE));
            UntypedDesc {
                paddr: this.word_at(at.wrapping_add(sys::UNTYPED_DESC_PADDR)) as usize,
                size_bits: usize::from(this.read::<u8>(at.wrapping_add(sys::UNTYPED_DESC_SIZE_BITS))),
                is_device: this.read::<u8>(at.wrapping_add(sys::UNTYPED_DESC_IS_DEVICE)) != 0,
            }
        })
    }

    /// The bytes of the additional boot information.
    #[must_use]
    pub fn extra_len(&self) -> usize {
        self.word_at(sys::BOOT_INFO_EXTRA_LEN) as usize
    }

    /// The chunks of the additional boot information.
    pub fn extra(&self) -> impl Iterator<Item = BootInfoExtra> + use<> {
        let this = *self;
        let end = sys::BOOT_INFO_FRAME_SIZE.saturating_add(self.extra_len());
        let mut at = sys::BOOT_INFO_FRAME_SIZE;
        core::iter::from_fn(move || {
            let content = at.checked_add(sys::BOOT_INFO_HEADER_SIZE).filter(|start| *start <= end)?;
            let id = this.word_at(at.wrapping_add(sys::BOOT_INFO_HEADER_ID));
            let len = this.word_at(at.wrapping_add(sys::BOOT_INFO_HEADER_LEN)) as usize;
            let next = at.checked_add(len).filter(|next| *next <= end && *next >= content)?;
            at = next;
            // SAFETY: the chunk lies within the length that the kernel states, which `new` was promised to be
            // readable and written by nobody.
            let content = unsafe {
                core::slice::from_raw_parts(this.0.wrapping_add(content), next.wrapping_sub(content))
            };
            Some(BootInfoExtra { id, content })
        })
    }
}

//! Who has which untyped memory: a buddy allocator that plans, and lets the shell execute each step as it goes.
//!
//! Every untyped of the boot info is the root of a binary tree. A leaf is free, granted or lost; an inner node has
//! been retyped into two untypeds of half its size.
//!
//! **Why merging is put off:** the kernel clears an untyped when it is retyped again after its children are gone,
//! all of it that was used (and each boot-time untyped once, whole). Two halves put together and split again cost
//! a write of the whole parent, inside the kernel. So a free leaf stays a leaf, the last one that came back is the
//! first to be handed out again, and halves are put together only where an allocation would otherwise fail.
//!
//! **Invariant:** live grants never overlap, and free + granted + lost bytes are always the bytes that were added.

mod merge;
mod table;

use core::fmt;

use crate::slots::{OutOfSlots, SlotIndex, SlotRange, Slots};
use table::{NodeId, State, Table};

pub use table::MAX_NODES;

/// The smallest untyped that is handed out, as a power of two of bytes.
pub const MIN_SIZE_BITS: u8 = 8;
/// The largest untyped there can be (`seL4_MaxUntypedBits` of both architectures).
pub const MAX_SIZE_BITS: u8 = 47;

/// Executes what the pool plans. Each call is one step of the kernel's; the pool's books follow its outcome.
pub trait Splitter {
    /// The kernel's reason for refusing.
    type Error;

    /// Retypes the untyped in `parent` into two untypeds of 2^`child_bits` bytes each, in the two slots `children`.
    /// The parent has no other children.
    ///
    /// # Errors
    /// Where the kernel refuses; both slots are then still empty.
    fn split(&mut self, parent: SlotIndex, child_bits: u8, children: SlotRange) -> Result<(), Self::Error>;

    /// Deletes the two untypeds in `children`, which have no children themselves, so that the parent is whole.
    ///
    /// # Errors
    /// Where the kernel refuses. The pool does not use the two again: see [`Pool::lost_bytes`].
    fn merge(&mut self, children: SlotRange) -> Result<(), Self::Error>;
}

/// An untyped capability that the pool looks after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untyped {
    /// The slot of the supervisor's CNode.
    pub slot: SlotIndex,
    /// Its size, as a power of two of bytes.
    pub size_bits: u8,
    /// Its physical address.
    pub paddr: u64,
}

/// The right to use an untyped until it is given back by [`Pool::free`]. Cannot be copied, so it cannot be given
/// back twice.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "memory that is not given back is lost"]
pub struct Grant {
    node: NodeId,
    untyped: Untyped,
}

impl Grant {
    /// What was granted.
    pub fn untyped(&self) -> Untyped {
        self.untyped
    }
}

/// Why an untyped of the boot info is not taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddError {
    /// Smaller than [`MIN_SIZE_BITS`] or larger than [`MAX_SIZE_BITS`]. Leave it.
    Size(u8),
    /// Its end is no address. Leave it.
    Address(u64),
    /// [`MAX_NODES`] are in use. Leave it.
    Full,
}

/// Why there is no memory. Nothing has changed but the shape of the trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocError<E> {
    /// No free untyped is that large, and none can be put together.
    Memory {
        /// 2^n bytes were asked for.
        size_bits: u8,
        /// So many bytes are free, in smaller pieces.
        free_bytes: u64,
    },
    /// The pool's own table of [`MAX_NODES`] untypeds is full.
    Nodes,
    /// No slots for the two halves of a split.
    Slots(OutOfSlots),
    /// The kernel refused a split or a merge.
    Kernel(E),
}

impl<E: fmt::Debug> fmt::Display for AllocError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AllocError::Memory { size_bits, free_bytes } => write!(
                f,
                "a piece of {} KiB is needed, and of the {} KiB of free memory none is that large: unload a module \
                 first",
                (1u64.checked_shl(u32::from(*size_bits)).unwrap_or(u64::MAX)).div_ceil(1024),
                free_bytes / 1024
            ),
            AllocError::Nodes => write!(
                f,
                "memory is cut into {MAX_NODES} pieces, which is the most that the supervisor keeps track of: \
                 unload a module first"
            ),
            AllocError::Slots(error) => error.fmt(f),
            AllocError::Kernel(error) => write!(f, "the kernel refused to cut memory into pieces: {error:?}"),
        }
    }
}

/// The grant is not one of this pool's. Nothing has changed.
#[derive(Debug, PartialEq, Eq)]
pub struct NotGranted(pub Grant);

/// The allocator.
#[derive(Debug)]
pub struct Pool {
    table: Table,
    total_bytes: u64,
    free_bytes: u64,
    lost_bytes: u64,
}

impl Default for Pool {
    fn default() -> Self {
        Pool::new()
    }
}

impl Pool {
    /// A pool without memory.
    pub const fn new() -> Pool {
        Pool { table: Table::new(), total_bytes: 0, free_bytes: 0, lost_bytes: 0 }
    }

    /// Takes up an untyped of the boot info: normal memory, not a device, without children.
    ///
    /// # Errors
    /// [`AddError`]; the untyped stays unused.
    pub fn add(&mut self, untyped: Untyped) -> Result<(), AddError> {
        if !(MIN_SIZE_BITS..=MAX_SIZE_BITS).contains(&untyped.size_bits) {
            return Err(AddError::Size(untyped.size_bits));
        }
        untyped.paddr.checked_add(bytes(untyped.size_bits)).ok_or(AddError::Address(untyped.paddr))?;
        self.table.insert(untyped, None).ok_or(AddError::Full)?;
        self.total_bytes = self.total_bytes.saturating_add(bytes(untyped.size_bits));
        self.free_bytes = self.free_bytes.saturating_add(bytes(untyped.size_bits));
        Ok(())
    }

    /// Grants an untyped of exactly 2^`size_bits` bytes ([`MIN_SIZE_BITS`], where less is asked for): the free one
    /// that came back last, else the lower half of halves of the smallest free one that is larger, else what can
    /// be put together again. Takes two slots for each split.
    ///
    /// # Errors
    /// [`AllocError`] says which bound is reached. Splits that were done before stay: their halves are free.
    pub fn alloc<S: Splitter>(
        &mut self,
        size_bits: u8,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<Grant, AllocError<S::Error>> {
        let size_bits = size_bits.max(MIN_SIZE_BITS);
        let mut leaf = self.find_leaf(size_bits, slots, splitter)?;
        while self.table.size_bits(leaf) > size_bits {
            leaf = self.split(leaf, slots, splitter)?;
        }
        self.table.set_state(leaf, State::Granted);
        self.free_bytes = self.free_bytes.saturating_sub(bytes(size_bits));
        let untyped = self.table.untyped(leaf).ok_or(AllocError::Nodes)?;
        Ok(Grant { node: leaf, untyped })
    }

    /// Takes a grant back. Its objects are gone: the caller has revoked the untyped.
    ///
    /// # Errors
    /// [`NotGranted`] gives a grant back that is none of this pool's: a bug of the caller's.
    pub fn free(&mut self, grant: Grant) -> Result<(), NotGranted> {
        let known = self.table.untyped(grant.node) == Some(grant.untyped);
        if !known || self.table.state(grant.node) != Some(State::Granted) {
            return Err(NotGranted(grant));
        }
        self.table.set_state(grant.node, State::Free);
        self.free_bytes = self.free_bytes.saturating_add(bytes(grant.untyped.size_bits));
        Ok(())
    }

    /// Bytes that are free.
    pub fn free_bytes(&self) -> u64 {
        self.free_bytes
    }

    /// Bytes that are granted.
    pub fn used_bytes(&self) -> u64 {
        self.total_bytes.saturating_sub(self.free_bytes).saturating_sub(self.lost_bytes)
    }

    /// Bytes that are not used again because the kernel refused to put them together. 0 in a healthy system.
    pub fn lost_bytes(&self) -> u64 {
        self.lost_bytes
    }

    /// Bytes that were added.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// The free untypeds. Their sizes add up to [`Pool::free_bytes`]; the kernel can be asked whether each is empty.
    pub fn free_untypeds(&self) -> impl Iterator<Item = Untyped> {
        self.table.leaves(State::Free)
    }

    /// Finds a free leaf of at least 2^`size_bits` bytes, and makes sure of the nodes for splitting it down.
    fn find_leaf<S: Splitter>(
        &mut self,
        size_bits: u8,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<NodeId, AllocError<S::Error>> {
        // Every turn but the last merges a pair, of which there are fewer than nodes.
        for _ in 0..MAX_NODES {
            let Some(leaf) = self.table.best_fit(size_bits) else {
                self.merge_for(size_bits, slots, splitter)?;
                continue;
            };
            let splits = self.table.size_bits(leaf).saturating_sub(size_bits);
            if self.table.free_nodes() >= usize::from(splits).saturating_mul(2) {
                return Ok(leaf);
            }
            if !self.merge_any(slots, splitter)? {
                return Err(AllocError::Nodes);
            }
        }
        Err(AllocError::Nodes)
    }

    /// Splits a free leaf, and gives its lower half.
    fn split<S: Splitter>(
        &mut self,
        parent: NodeId,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<NodeId, AllocError<S::Error>> {
        let whole = self.table.untyped(parent).ok_or(AllocError::Nodes)?;
        let child_bits = whole.size_bits.saturating_sub(1);
        let children = slots.alloc(2).map_err(AllocError::Slots)?;
        if let Err(error) = splitter.split(whole.slot, child_bits, children) {
            let returned = slots.free(children);
            debug_assert!(returned.is_ok(), "they were handed out just now");
            return Err(AllocError::Kernel(error));
        }
        self.table.split(parent, children, child_bits).ok_or(AllocError::Nodes)
    }
}

/// 2^`size_bits`.
fn bytes(size_bits: u8) -> u64 {
    1u64.checked_shl(u32::from(size_bits)).unwrap_or(0)
}

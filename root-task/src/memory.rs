//! Untyped memory and slots of the supervisor's own CSpace: the books of `root-task-core`, and the kernel calls that
//! keep them true.

use core::fmt;

use ipc_proto::operator::MemoryInfo;
use root_task_core::slots::{OutOfSlots, SlotIndex, SlotRange, Slots};
use root_task_core::untyped::{AllocError, Grant, Pool, Splitter};
use sel4::{AbsoluteCPtr, ObjectBlueprint, cap};

use crate::arch;
use crate::objects::SetUpError;
use crate::worker::Step;

/// What there is not enough of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOf {
    /// Memory, or what keeps the books of it.
    Memory(AllocError<sel4::Error>),
    /// Slots.
    Slots(OutOfSlots),
    /// The kernel refused although the books say that there is enough: a bug of the root task.
    Kernel(sel4::Error),
}

impl From<sel4::Error> for OutOf {
    fn from(error: sel4::Error) -> Self {
        OutOf::Kernel(error)
    }
}

impl fmt::Display for OutOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutOf::Memory(error) => error.fmt(f),
            OutOf::Slots(error) => error.fmt(f),
            OutOf::Kernel(error) => {
                write!(f, "the kernel refused ({error:?}), which is a bug of the root task")
            }
        }
    }
}

/// The kernel says that memory is missing after everything was revoked. It is not used again.
#[derive(Clone, Copy, Debug)]
pub struct Leak {
    expected: u64,
    free: u64,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "only {} of its {} bytes came back, which is a bug of the root task",
            self.free, self.expected
        )
    }
}

/// Untyped memory that somebody holds. Its objects, and the capability itself, go with [`Memory::revoke_and_free`].
#[must_use = "memory that is not given back is lost"]
pub struct Untyped {
    grant: Grant,
}

impl Untyped {
    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        bytes(self.grant.untyped().size_bits)
    }

    /// The slot that holds it.
    pub fn slot(&self) -> AbsoluteCPtr {
        arch::slot(u64::from(self.grant.untyped().slot.0))
    }

    /// What has the kernel clear it, by way of an object in the empty slot `spare`, which is to be deleted then.
    pub fn clearing(&self, spare: u64) -> Step {
        Step::Clear(self.grant.untyped().slot, spare)
    }

    /// Makes `count` objects of one kind, in one kernel call, into consecutive slots of the supervisor from
    /// `first` on.
    ///
    /// # Errors
    /// The kernel's.
    pub fn retype(&self, blueprint: &ObjectBlueprint, first: u64, count: usize) -> sel4::Result<()> {
        retype(self.grant.untyped().slot, blueprint, first, count)
    }

    /// Makes one object directly in slot `index` of another CNode of the supervisor's.
    ///
    /// # Errors
    /// The kernel's.
    pub fn retype_into(
        &self,
        blueprint: &ObjectBlueprint,
        cnode: cap::CNode,
        index: u16,
    ) -> sel4::Result<()> {
        let slot = self.grant.untyped().slot;
        untyped_cap(slot).untyped_retype(blueprint, &arch::root_slot(cnode), usize::from(index), 1)
    }
}

pub(crate) fn bytes(size_bits: u8) -> u64 {
    1u64.checked_shl(u32::from(size_bits)).unwrap_or(0)
}

fn untyped_cap(slot: SlotIndex) -> cap::Untyped {
    cap::Untyped::from_bits(u64::from(slot.0))
}

pub(crate) fn retype(
    untyped: SlotIndex,
    blueprint: &ObjectBlueprint,
    first: u64,
    count: usize,
) -> sel4::Result<()> {
    let root = sel4::init_thread::slot::CNODE.cap();
    let first = usize::try_from(first).map_err(|_| sel4::Error::RangeError)?;
    untyped_cap(untyped).untyped_retype(blueprint, &root.absolute_cptr_for_self(), first, count)
}

/// How many bytes of an untyped are free, in the kernel's words: a retype that asks for twice the untyped's size
/// fails, and its error carries what is left (seL4 manual 5.0.0, appendix "Error codes", `NotEnoughMemory`). Nothing
/// changes. `None` where the kernel answers something else.
pub fn free_bytes_by_the_kernel(untyped: SlotIndex, size_bits: u8, spare: SlotRange) -> Option<u64> {
    let root = sel4::init_thread::slot::CNODE.cap().absolute_cptr_for_self();
    let spare = usize::try_from(spare.first.0).ok()?;
    untyped_cap(untyped).untyped_memory_left(usize::from(size_bits), &root, spare).ok()
}

/// Executes the pool's steps, and counts the slots that its pieces take.
struct Kernel<'a> {
    pieces: &'a mut u32,
}

impl Splitter for Kernel<'_> {
    type Error = sel4::Error;

    fn split(&mut self, parent: SlotIndex, child_bits: u8, children: SlotRange) -> sel4::Result<()> {
        let half = ObjectBlueprint::Untyped { size_bits: usize::from(child_bits) };
        retype(parent, &half, u64::from(children.first.0), 2)?;
        *self.pieces = self.pieces.saturating_add(2);
        Ok(())
    }

    fn merge(&mut self, children: SlotRange) -> sel4::Result<()> {
        children.iter().try_for_each(|slot| arch::slot(u64::from(slot.0)).delete())?;
        *self.pieces = self.pieces.saturating_sub(2);
        Ok(())
    }
}

/// All memory and all slots that the root task has.
pub struct Memory {
    pool: Pool,
    slots: Slots,
    /// Two slots that stay empty: where a retype would put what it is not meant to make.
    spare: SlotRange,
    /// Slots that hold pieces of memory, in use or not: the price of cutting memory up, given back when pieces are put
    /// together again.
    pieces: u32,
    /// Bytes and slots that dead instances hold until somebody needs them.
    kept: (u64, u32),
}

impl Memory {
    /// Takes up everything that the kernel left.
    ///
    /// # Errors
    /// [`SetUpError`] where there are not even two slots.
    pub fn new(bootinfo: &sel4::BootInfoPtr) -> Result<Memory, SetUpError> {
        let empty = bootinfo.empty().range();
        let first = u32::try_from(empty.start).unwrap_or(u32::MAX);
        let count = u32::try_from(empty.len()).unwrap_or(u32::MAX);
        let mut slots = Slots::new(first, count);
        let spare = slots.alloc(2).map_err(OutOf::Slots)?;
        let mut pool = Pool::new();
        for (offset, description) in bootinfo.untyped_list().enumerate() {
            let slot = bootinfo.untyped().range().start.saturating_add(offset);
            if !description.is_device() {
                let untyped = root_task_core::untyped::Untyped {
                    slot: SlotIndex(u32::try_from(slot).unwrap_or(u32::MAX)),
                    size_bits: u8::try_from(description.size_bits()).unwrap_or(u8::MAX),
                    paddr: description.paddr() as u64,
                };
                // What is too small for the pool stays unused: less than a page in all.
                let _ = pool.add(untyped);
            }
        }
        Ok(Memory { pool, slots, spare, pieces: 0, kept: (0, 0) })
    }

    /// Consecutive slots.
    ///
    /// # Errors
    /// [`OutOf::Slots`].
    pub fn alloc_slots(&mut self, count: usize) -> Result<SlotRange, OutOf> {
        let asked = u16::try_from(count).unwrap_or(u16::MAX);
        self.slots.alloc(asked).map_err(OutOf::Slots)
    }

    /// Gives slots back, which are empty.
    pub fn free_slots(&mut self, range: SlotRange) {
        let known = self.slots.free(range);
        debug_assert!(known.is_ok(), "slots are given back once, by whoever holds them");
    }

    /// An untyped of 2^`size_bits` bytes, or the smallest that there is where that is more.
    ///
    /// # Errors
    /// [`OutOf::Memory`].
    pub fn alloc_untyped(&mut self, size_bits: u8) -> Result<Untyped, OutOf> {
        let grant = self
            .pool
            .alloc(size_bits, &mut self.slots, &mut Kernel { pieces: &mut self.pieces })
            .map_err(OutOf::Memory)?;
        Ok(Untyped { grant })
    }

    /// Consecutive slots, and an untyped to fill them from: both or neither.
    ///
    /// # Errors
    /// [`OutOf`] memory or slots; nothing is lost.
    pub fn alloc(&mut self, slots: usize, size_bits: u8) -> Result<(SlotRange, Untyped), OutOf> {
        let slots = self.alloc_slots(slots)?;
        match self.alloc_untyped(size_bits) {
            Ok(untyped) => Ok((slots, untyped)),
            Err(error) => {
                self.free_slots(slots);
                Err(error)
            }
        }
    }

    /// Revokes an untyped, which takes every object that was made from it and every capability to those, wherever
    /// they were sent; asks the kernel whether all of it is free; and takes it back.
    ///
    /// # Errors
    /// [`Leak`]: something is left. The memory is kept out of use.
    pub fn revoke_and_free(&mut self, untyped: Untyped) -> Result<(), Leak> {
        let what = untyped.grant.untyped();
        // The only failure is a slot that does not exist; then the question below says so.
        let _ = arch::slot(u64::from(what.slot.0)).revoke();
        let free = free_bytes_by_the_kernel(what.slot, what.size_bits, self.spare).unwrap_or(0);
        if free != bytes(what.size_bits) {
            return Err(Leak { expected: bytes(what.size_bits), free });
        }
        let known = self.pool.free(untyped.grant);
        debug_assert!(known.is_ok(), "the grant came from this pool");
        Ok(())
    }

    /// A dead instance keeps so much until somebody needs it.
    pub fn keep(&mut self, bytes: u64, slots: u32) {
        self.kept = (self.kept.0.saturating_add(bytes), self.kept.1.saturating_add(slots));
    }

    /// It does not any more.
    pub fn give_up(&mut self, bytes: u64, slots: u32) {
        self.kept = (self.kept.0.saturating_sub(bytes), self.kept.1.saturating_sub(slots));
    }

    /// The books.
    pub fn books(&self) -> MemoryInfo {
        let (kept_bytes, kept_slots) = self.kept;
        MemoryInfo {
            free_bytes: self.pool.free_bytes(),
            used_bytes: self.pool.used_bytes().saturating_sub(kept_bytes),
            free_slots: self.slots.free_count(),
            used_slots: self.slots.used().saturating_sub(self.pieces).saturating_sub(kept_slots),
            piece_slots: self.pieces,
            kept_bytes,
            kept_slots,
        }
    }

    /// The free untypeds, for the audit.
    pub fn free_untypeds(&self) -> impl Iterator<Item = root_task_core::untyped::Untyped> {
        self.pool.free_untypeds()
    }

    /// The free slots, for the audit.
    pub fn free_slot_numbers(&self) -> impl Iterator<Item = SlotIndex> {
        self.slots.free_slots()
    }

    /// An empty slot, for trying whether another one is empty.
    pub fn probe(&self) -> u64 {
        u64::from(self.spare.first.0)
    }

    /// Two slots that stay empty.
    pub fn spare(&self) -> SlotRange {
        self.spare
    }
}

//! Putting halves together again, where an allocation would otherwise fail.

use super::table::{NodeId, State};
use super::{AllocError, MIN_SIZE_BITS, Pool, Splitter, bytes};
use crate::slots::{SlotRange, Slots};

impl Pool {
    /// Merges one pair on the way to a free untyped of 2^`size_bits` bytes or more: in the smallest tree that can
    /// become one.
    ///
    /// # Errors
    /// [`AllocError::Memory`] where there is none; [`AllocError::Kernel`].
    pub(super) fn merge_for<S: Splitter>(
        &mut self,
        size_bits: u8,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<(), AllocError<S::Error>> {
        let none = AllocError::Memory { size_bits, free_bytes: self.free_bytes };
        let Some(tree) = self.table.idle_split(size_bits) else { return Err(none) };
        self.merge_lowest(tree, slots, splitter)
    }

    /// Merges any one pair, to get its nodes and slots back. `false` where there is none.
    ///
    /// # Errors
    /// [`AllocError::Kernel`].
    pub(super) fn merge_any<S: Splitter>(
        &mut self,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<bool, AllocError<S::Error>> {
        let Some(tree) = self.table.idle_split(MIN_SIZE_BITS) else { return Ok(false) };
        self.merge_lowest(tree, slots, splitter)?;
        Ok(true)
    }

    /// Puts everything together that can be. Not needed for allocation, and it makes the next one dear; for a
    /// proof that every untyped of the boot info is whole again.
    ///
    /// # Errors
    /// [`AllocError::Kernel`]; what was merged before stays merged.
    pub fn merge_all<S: Splitter>(
        &mut self,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<(), AllocError<S::Error>> {
        while self.merge_any(slots, splitter)? {}
        Ok(())
    }

    fn merge_lowest<S: Splitter>(
        &mut self,
        tree: NodeId,
        slots: &mut Slots,
        splitter: &mut S,
    ) -> Result<(), AllocError<S::Error>> {
        let (parent, left, right) = self.table.lowest_split(tree).ok_or(AllocError::Nodes)?;
        let half = self.table.untyped(left).ok_or(AllocError::Nodes)?;
        let children = SlotRange { first: half.slot, count: 2 };
        if let Err(error) = splitter.merge(children) {
            for lost in [left, right] {
                self.table.set_state(lost, State::Lost);
            }
            let lost = bytes(half.size_bits).saturating_mul(2);
            self.free_bytes = self.free_bytes.saturating_sub(lost);
            self.lost_bytes = self.lost_bytes.saturating_add(lost);
            return Err(AllocError::Kernel(error));
        }
        self.table.join(parent, left, right);
        let returned = slots.free(children);
        debug_assert!(returned.is_ok(), "a split takes its two slots together");
        Ok(())
    }
}

//! Slots, named by a CNode and a path below it, and what can be done with the capability in one.

use crate::sys;
use crate::{CPtrWithDepth, CapRights, Result, Word, cap};

/// A slot of some capability space: the CNode at its root, and the path from there.
///
/// The destination of every operation is `self`, as in rust-sel4. All of them are described in the manual's
/// section "CNode Operations" and in the API reference under `CNode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsoluteCPtr {
    root: cap::CNode,
    path: CPtrWithDepth,
}

impl AbsoluteCPtr {
    /// The slot at this path below this CNode.
    #[must_use]
    #[inline(always)]
    pub const fn new(root: cap::CNode, path: CPtrWithDepth) -> Self {
        Self { root, path }
    }

    /// The CNode from which the path leads.
    #[must_use]
    #[inline(always)]
    pub const fn root(&self) -> cap::CNode {
        self.root
    }

    /// The path.
    #[must_use]
    #[inline(always)]
    pub const fn path(&self) -> CPtrWithDepth {
        self.path
    }

    /// Deletes every capability derived from the one in this slot, which itself stays.
    ///
    /// Takes about 200 to 260 instructions for each; the kernel lets interrupts in between.
    ///
    /// # Errors
    /// [`FailedLookup`](crate::Error::FailedLookup): the path leads nowhere.
    pub fn revoke(self) -> Result<()> {
        sys::cnode_revoke(self.root.cptr(), self.path.bits(), self.path.depth_for_kernel())
    }

    /// Empties this slot. The object goes with its last capability. An empty slot stays empty without an error.
    ///
    /// # Errors
    /// [`FailedLookup`](crate::Error::FailedLookup): the path leads nowhere.
    pub fn delete(self) -> Result<()> {
        sys::cnode_delete(self.root.cptr(), self.path.bits(), self.path.depth_for_kernel())
    }

    /// Takes every queued message back that was sent with the badge of the endpoint capability in this slot:
    /// their senders go on, a Call with an error.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): not a badged endpoint capability with all rights.
    pub fn cancel_badged_sends(self) -> Result<()> {
        sys::cnode_cancel_badged_sends(self.root.cptr(), self.path.bits(), self.path.depth_for_kernel())
    }

    /// Copies the capability in `src` into this slot, with at most these rights.
    ///
    /// # Errors
    /// [`DeleteFirst`](crate::Error::DeleteFirst): this slot is full.
    /// [`FailedLookup`](crate::Error::FailedLookup): `src` is empty, or a path leads nowhere.
    /// [`IllegalOperation`](crate::Error::IllegalOperation): a capability of that kind cannot be copied (a
    /// waiting caller, the authority over interrupts).
    /// [`RevokeFirst`](crate::Error::RevokeFirst): an untyped out of which objects were made.
    pub fn copy(self, src: &Self, rights: CapRights) -> Result<()> {
        sys::cnode_copy(
            self.root.cptr(),
            self.path.bits(),
            self.path.depth_for_kernel(),
            src.root.cptr(),
            src.path.bits(),
            src.path.depth_for_kernel(),
            rights,
        )
    }

    /// Copies the capability in `src` into this slot, with at most these rights, and with a badge (endpoints and
    /// notifications), a guard (CNodes, see [`CNodeCapData`](crate::CNodeCapData)) or a narrower range.
    ///
    /// A badge must fit into [`BADGE_BITS`](crate::BADGE_BITS) bits: the kernel cuts off what does not, and a debug
    /// kernel stops.
    ///
    /// # Errors
    /// Those of [`copy`](Self::copy), and [`IllegalOperation`](crate::Error::IllegalOperation): `src` is badged
    /// already, or the guard or the range does not fit.
    pub fn mint(self, src: &Self, rights: CapRights, badge: Word) -> Result<()> {
        sys::cnode_mint(
            self.root.cptr(),
            self.path.bits(),
            self.path.depth_for_kernel(),
            src.root.cptr(),
            src.path.bits(),
            src.path.depth_for_kernel(),
            rights,
            badge,
        )
    }

    /// Moves the capability in `src` into this slot.
    ///
    /// # Errors
    /// [`DeleteFirst`](crate::Error::DeleteFirst): this slot is full.
    /// [`FailedLookup`](crate::Error::FailedLookup): `src` is empty, or a path leads nowhere.
    pub fn move_(self, src: &Self) -> Result<()> {
        sys::cnode_move(
            self.root.cptr(),
            self.path.bits(),
            self.path.depth_for_kernel(),
            src.root.cptr(),
            src.path.bits(),
            src.path.depth_for_kernel(),
        )
    }

    /// Moves the capability in `src` into this slot and gives it another guard on the way (CNodes, see
    /// [`CNodeCapData`](crate::CNodeCapData)). Moving gives no badge: that takes [`mint`](Self::mint).
    ///
    /// # Errors
    /// Those of [`move_`](Self::move_), and [`IllegalOperation`](crate::Error::IllegalOperation): an endpoint or
    /// a notification.
    pub fn mutate(self, src: &Self, badge: Word) -> Result<()> {
        sys::cnode_mutate(
            self.root.cptr(),
            self.path.bits(),
            self.path.depth_for_kernel(),
            src.root.cptr(),
            src.path.bits(),
            src.path.depth_for_kernel(),
            badge,
        )
    }

    /// Moves the capability in `pivot` into this slot and the one in `src` into `pivot`, in one step. A CNode gets
    /// the guard `badge` or `pivot_badge` on the way.
    ///
    /// # Errors
    /// [`DeleteFirst`](crate::Error::DeleteFirst): this slot is full and is not `src`.
    /// [`FailedLookup`](crate::Error::FailedLookup): a path leads nowhere, or `pivot` or `src` is empty.
    /// [`IllegalOperation`](crate::Error::IllegalOperation): `pivot` is one of the other two slots, or one of the
    /// capabilities is to an endpoint or a notification: the kernel does not rotate those.
    pub fn rotate(self, badge: Word, pivot: &Self, pivot_badge: Word, src: &Self) -> Result<()> {
        sys::cnode_rotate(
            self.root.cptr(),
            self.path.bits(),
            self.path.depth_for_kernel(),
            badge,
            pivot.root.cptr(),
            pivot.path.bits(),
            pivot.path.depth_for_kernel(),
            pivot_badge,
            src.root.cptr(),
            src.path.bits(),
            src.path.depth_for_kernel(),
        )
    }

    /// Moves the caller whom this thread has not answered yet into this slot, so that it can be answered later.
    ///
    /// # Errors
    /// [`DeleteFirst`](crate::Error::DeleteFirst): this slot is full.
    /// [`FailedLookup`](crate::Error::FailedLookup): the path leads nowhere.
    pub fn save_caller(self) -> Result<()> {
        sys::cnode_save_caller(self.root.cptr(), self.path.bits(), self.path.depth_for_kernel())
    }
}

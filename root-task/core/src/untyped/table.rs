//! The bounded table of the pool's tree nodes, with one list of free leaves per size threaded through it.
//!
//! A node takes 32 bytes and the table 20 KiB, so that it can be made on the root task's stack.

use core::num::NonZeroU16;

use super::{MAX_SIZE_BITS, Untyped};
use crate::slots::{SlotIndex, SlotRange};

/// The most untypeds that the pool keeps track of: those of the boot info, and two for each split.
pub const MAX_NODES: usize = 640;

const SIZES: usize = MAX_SIZE_BITS as usize + 1;

/// A place in the table: its index plus one, so that "none" takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(NonZeroU16);

impl NodeId {
    fn new(index: u16) -> Option<NodeId> {
        index.checked_add(1).and_then(NonZeroU16::new).map(NodeId)
    }

    fn index(self) -> usize {
        usize::from(self.0.get()).saturating_sub(1)
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not in use.
    Vacant,
    /// A leaf, free.
    Free,
    /// A leaf, granted.
    Granted,
    /// A leaf that is not used again.
    Lost,
    /// Split in two.
    Split,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    untyped: Untyped,
    state: State,
    parent: Option<NodeId>,
    /// How many leaves below it, or itself, are granted or lost.
    busy: u16,
    /// Split: the lower half. Free, vacant: the next of its list.
    first: Option<NodeId>,
    /// Split: the upper half. Free: the one before it in its list.
    second: Option<NodeId>,
}

const VACANT: Node = Node {
    untyped: Untyped { slot: SlotIndex(0), size_bits: 0, paddr: 0 },
    state: State::Vacant,
    parent: None,
    busy: 0,
    first: None,
    second: None,
};

const _: () = assert!(size_of::<Node>() <= 32);

/// The table.
#[derive(Debug)]
pub(super) struct Table {
    nodes: [Node; MAX_NODES],
    /// Nodes from here on were never used.
    fresh: u16,
    vacant: Option<NodeId>,
    free_nodes: usize,
    heads: [Option<NodeId>; SIZES],
}

impl Table {
    pub(super) const fn new() -> Table {
        Table {
            nodes: [VACANT; MAX_NODES],
            fresh: 0,
            vacant: None,
            free_nodes: MAX_NODES,
            heads: [None; SIZES],
        }
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.index())
    }

    pub(super) fn state(&self, id: NodeId) -> Option<State> {
        self.node(id).map(|node| node.state)
    }

    pub(super) fn untyped(&self, id: NodeId) -> Option<Untyped> {
        self.node(id).map(|node| node.untyped)
    }

    pub(super) fn size_bits(&self, id: NodeId) -> u8 {
        self.node(id).map_or(0, |node| node.untyped.size_bits)
    }

    pub(super) fn free_nodes(&self) -> usize {
        self.free_nodes
    }

    /// All leaves in that state, in the order of the table.
    pub(super) fn leaves(&self, state: State) -> impl Iterator<Item = Untyped> {
        self.nodes.iter().filter(move |node| node.state == state).map(|node| node.untyped)
    }

    /// Takes up a new free leaf; `None` where the table is full.
    pub(super) fn insert(&mut self, untyped: Untyped, parent: Option<NodeId>) -> Option<NodeId> {
        let id = match self.vacant {
            Some(id) => {
                self.vacant = self.node(id)?.first;
                id
            }
            None if usize::from(self.fresh) < MAX_NODES => {
                let id = NodeId::new(self.fresh)?;
                self.fresh = self.fresh.saturating_add(1);
                id
            }
            None => return None,
        };
        self.free_nodes = self.free_nodes.saturating_sub(1);
        *self.node_mut(id)? = Node { untyped, parent, ..VACANT };
        self.set_state(id, State::Free);
        Some(id)
    }

    /// Forgets a node; it is in no list of free leaves.
    fn remove(&mut self, id: NodeId) {
        let vacant = self.vacant;
        if let Some(node) = self.node_mut(id) {
            *node = Node { first: vacant, ..VACANT };
            self.vacant = Some(id);
            self.free_nodes = self.free_nodes.saturating_add(1);
        }
    }

    /// Changes what a node is, and keeps the lists and the counts of busy leaves.
    pub(super) fn set_state(&mut self, id: NodeId, state: State) {
        let Some(node) = self.node_mut(id) else { return };
        let was = core::mem::replace(&mut node.state, state);
        if was == State::Free {
            self.unlink(id);
        }
        if state == State::Free {
            self.link(id);
        }
        match (is_busy(was), is_busy(state)) {
            (false, true) => self.count_busy(id, |busy| busy.saturating_add(1)),
            (true, false) => self.count_busy(id, |busy| busy.saturating_sub(1)),
            _ => {}
        }
    }

    fn count_busy(&mut self, id: NodeId, change: impl Fn(u16) -> u16) {
        let mut at = Some(id);
        while let Some(node) = at.and_then(|id| self.node_mut(id)) {
            node.busy = change(node.busy);
            at = node.parent;
        }
    }

    fn link(&mut self, id: NodeId) {
        let size = usize::from(self.size_bits(id));
        let Some(head) = self.heads.get_mut(size) else { return };
        let next = head.replace(id);
        if let Some(node) = self.node_mut(id) {
            (node.first, node.second) = (next, None);
        }
        if let Some(node) = next.and_then(|next| self.node_mut(next)) {
            node.second = Some(id);
        }
    }

    fn unlink(&mut self, id: NodeId) {
        let Some(&Node { first: next, second: before, untyped, .. }) = self.node(id) else { return };
        match before.and_then(|before| self.node_mut(before)) {
            Some(before) => before.first = next,
            None => {
                if let Some(head) = self.heads.get_mut(usize::from(untyped.size_bits)) {
                    *head = next;
                }
            }
        }
        if let Some(node) = next.and_then(|next| self.node_mut(next)) {
            node.second = before;
        }
    }

    /// The free leaf to use for 2^`size_bits` bytes: of the smallest size that is large enough, the last that was
    /// freed.
    pub(super) fn best_fit(&self, size_bits: u8) -> Option<NodeId> {
        self.heads.iter().skip(usize::from(size_bits)).find_map(|head| *head)
    }

    /// Splits a free leaf whose halves are in `children`; gives the lower half. `None`, and no change, where the
    /// table is full.
    pub(super) fn split(&mut self, parent: NodeId, children: SlotRange, child_bits: u8) -> Option<NodeId> {
        let whole = self.untyped(parent)?;
        let half = 1u64.checked_shl(u32::from(child_bits))?;
        let (left_slot, right_slot) = (children.get(0)?, children.get(1)?);
        let upper = whole.paddr.checked_add(half)?;
        if self.free_nodes < 2 {
            return None;
        }
        // The upper half first: the lower one is then the first to be handed out.
        let right = Untyped { slot: right_slot, size_bits: child_bits, paddr: upper };
        let right = self.insert(right, Some(parent))?;
        let left = Untyped { slot: left_slot, size_bits: child_bits, paddr: whole.paddr };
        let left = self.insert(left, Some(parent))?;
        self.set_state(parent, State::Split);
        let node = self.node_mut(parent)?;
        (node.first, node.second) = (Some(left), Some(right));
        Some(left)
    }

    /// Of the split nodes without a busy leaf, the smallest of at least 2^`size_bits` bytes.
    pub(super) fn idle_split(&self, size_bits: u8) -> Option<NodeId> {
        (0u16..)
            .zip(&self.nodes)
            .filter(|(_, node)| node.state == State::Split && node.busy == 0)
            .filter(|(_, node)| node.untyped.size_bits >= size_bits)
            .min_by_key(|(_, node)| node.untyped.size_bits)
            .and_then(|(index, _)| NodeId::new(index))
    }

    /// From an idle split node down to one whose halves are both leaves: the node, and its halves.
    pub(super) fn lowest_split(&self, from: NodeId) -> Option<(NodeId, NodeId, NodeId)> {
        let mut at = from;
        // Every step halves the size.
        for _ in 0..SIZES {
            let node = self.node(at).filter(|node| node.state == State::Split)?;
            let (left, right) = (node.first?, node.second?);
            at = match (self.state(left)?, self.state(right)?) {
                (State::Split, _) => left,
                (_, State::Split) => right,
                _ => return Some((at, left, right)),
            };
        }
        None
    }

    /// Makes a split node whose halves are free leaves a free leaf itself.
    pub(super) fn join(&mut self, parent: NodeId, left: NodeId, right: NodeId) {
        for half in [left, right] {
            self.unlink(half);
            self.remove(half);
        }
        self.set_state(parent, State::Free);
    }
}

fn is_busy(state: State) -> bool {
    matches!(state, State::Granted | State::Lost)
}

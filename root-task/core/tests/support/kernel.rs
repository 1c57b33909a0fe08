//! Stands in for the kernel in tests of the untyped pool: refuses what the kernel would refuse.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeMap;

use root_task_core::slots::{SlotIndex, SlotRange, Slots};
use root_task_core::untyped::{AllocError, Grant, MAX_SIZE_BITS, Pool, Splitter, Untyped};

/// Stands in for the kernel: knows which slot holds which untyped, and refuses what the kernel would refuse.
#[derive(Default)]
pub struct Kernel {
    pub caps: BTreeMap<SlotIndex, Cap>,
    pub refuse_after: Option<usize>,
    pub splits: usize,
    pub merges: usize,
}

/// An untyped capability.
pub struct Cap {
    pub size_bits: u8,
    pub parent: Option<SlotIndex>,
    pub children: usize,
}

impl Kernel {
    fn refuses(&mut self) -> bool {
        match &mut self.refuse_after {
            Some(0) => true,
            Some(n) => {
                *n -= 1;
                false
            }
            None => false,
        }
    }
}

impl Splitter for Kernel {
    type Error = &'static str;

    fn split(&mut self, parent: SlotIndex, child_bits: u8, children: SlotRange) -> Result<(), &'static str> {
        if self.refuses() {
            return Err("refused");
        }
        let whole = self.caps.get_mut(&parent).unwrap();
        assert_eq!((whole.size_bits, whole.children), (child_bits + 1, 0), "only a whole untyped is split");
        whole.children = 2;
        assert_eq!(children.count, 2);
        for slot in children.iter() {
            let old =
                self.caps.insert(slot, Cap { size_bits: child_bits, parent: Some(parent), children: 0 });
            assert!(old.is_none(), "the slot is taken");
        }
        self.splits += 1;
        Ok(())
    }

    fn merge(&mut self, children: SlotRange) -> Result<(), &'static str> {
        if self.refuses() {
            return Err("refused");
        }
        for slot in children.iter() {
            let cap = self.caps.remove(&slot).unwrap();
            assert_eq!(cap.children, 0, "only an untyped without children is deleted");
            self.caps.get_mut(&cap.parent.unwrap()).unwrap().children -= 1;
        }
        self.merges += 1;
        Ok(())
    }
}

/// A pool, its slots, and the kernel that executes what it plans.
pub struct System {
    pub pool: Pool,
    pub slots: Slots,
    pub kernel: Kernel,
}

impl System {
    /// With one untyped of each of these sizes.
    pub fn new(roots: &[u8]) -> System {
        let mut system =
            System { pool: Pool::new(), slots: Slots::new(1000, 4096), kernel: Kernel::default() };
        let mut paddr = 0x4000_0000;
        for (slot, &size_bits) in (0..).map(SlotIndex).zip(roots) {
            system.pool.add(Untyped { slot, size_bits, paddr }).unwrap();
            system.kernel.caps.insert(slot, Cap { size_bits, parent: None, children: 0 });
            paddr += 1u64 << MAX_SIZE_BITS.min(40);
        }
        system
    }

    /// Allocates.
    pub fn alloc(&mut self, size_bits: u8) -> Result<Grant, AllocError<&'static str>> {
        self.pool.alloc(size_bits, &mut self.slots, &mut self.kernel)
    }

    /// Everything that was given is back, in one piece each.
    pub fn is_whole(&mut self, roots: &[u8]) {
        self.pool.merge_all(&mut self.slots, &mut self.kernel).unwrap();
        assert_eq!(self.pool.free_bytes(), self.pool.total_bytes());
        assert_eq!((self.pool.used_bytes(), self.pool.lost_bytes()), (0, 0));
        assert_eq!(self.slots.used(), 0);
        assert_eq!(self.kernel.caps.len(), roots.len());
        let mut sizes: Vec<_> = self.pool.free_untypeds().map(|untyped| untyped.size_bits).collect();
        sizes.sort_unstable();
        let mut expected = roots.to_vec();
        expected.sort_unstable();
        assert_eq!(sizes, expected);
    }
}

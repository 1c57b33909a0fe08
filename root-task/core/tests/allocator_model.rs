//! Pool and slots under any order of allocations, returns, merges and refusals of the kernel: nothing overlaps, every byte is
//! free, granted or lost, and what could be handed out is handed out.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/kernel.rs"]
mod kernel;

use kernel::{Cap, System};
use proptest::prelude::*;
use proptest::sample::Index;
use root_task_core::slots::{SlotIndex, Slots};
use root_task_core::untyped::{AllocError, Grant, MAX_NODES, MIN_SIZE_BITS, Untyped};

/// One step.
#[derive(Clone, Debug)]
enum Step {
    Alloc(u8),
    Free(Index),
    MergeAll,
    /// Another untyped of the boot info.
    Add(u8),
    /// The kernel refuses what it is asked for after so many steps of its own, until the next of these.
    Refuse(Option<usize>),
    /// Slots that others take, and give back.
    TakeSlots(u16),
    GiveSlots(Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (6u8..20).prop_map(Step::Alloc),
        8 => any::<Index>().prop_map(Step::Free),
        1 => Just(Step::MergeAll),
        1 => (8u8..20).prop_map(Step::Add),
        1 => prop::option::of(0usize..6).prop_map(Step::Refuse),
        1 => (1u16..20).prop_map(Step::TakeSlots),
        1 => any::<Index>().prop_map(Step::GiveSlots),
    ]
}

/// The bytes of an untyped.
fn extent(untyped: &Untyped) -> (u64, u64) {
    (untyped.paddr, untyped.paddr + (1 << untyped.size_bits))
}

/// What a test knows beside the pool.
struct Run {
    system: System,
    roots: Vec<Untyped>,
    live: Vec<Grant>,
    others: Vec<root_task_core::slots::SlotRange>,
    /// Pieces that a refused merge has cost.
    lost: u64,
}

impl Run {
    fn new(roots: &[u8], slots: u32) -> Run {
        let mut run = Run { system: System::new(&[]), roots: vec![], live: vec![], others: vec![], lost: 0 };
        run.system.slots = Slots::new(1000, slots);
        roots.iter().for_each(|size_bits| run.add(*size_bits));
        run
    }

    fn add(&mut self, size_bits: u8) {
        let number = self.roots.len() as u32;
        let (slot, paddr) = (SlotIndex(number), u64::from(number) << 40);
        let root = Untyped { slot, size_bits, paddr };
        if self.system.pool.add(root).is_ok() {
            self.system.kernel.caps.insert(slot, Cap { size_bits, parent: None, children: 0 });
            self.roots.push(root);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Alloc(size_bits) => self.alloc(*size_bits),
            Step::Free(which) if !self.live.is_empty() => {
                let grant = self.live.swap_remove(which.index(self.live.len()));
                self.system.pool.free(grant).unwrap();
            }
            Step::MergeAll => {
                let System { pool, slots, kernel } = &mut self.system;
                let merged = pool.merge_all(slots, kernel);
                assert!(merged.is_ok() || self.system.kernel.refuse_after == Some(0));
            }
            Step::Add(size_bits) => self.add(*size_bits),
            Step::Refuse(after) => self.system.kernel.refuse_after = *after,
            Step::TakeSlots(count) => self.others.extend(self.system.slots.alloc(*count)),
            Step::GiveSlots(which) if !self.others.is_empty() => {
                let range = self.others.swap_remove(which.index(self.others.len()));
                self.system.slots.free(range).unwrap();
            }
            Step::Free(_) | Step::GiveSlots(_) => {}
        }
    }

    fn alloc(&mut self, size_bits: u8) {
        let wanted = size_bits.max(MIN_SIZE_BITS);
        match self.system.alloc(size_bits) {
            Ok(grant) => {
                let new = grant.untyped();
                assert_eq!(new.size_bits, wanted);
                assert_eq!(new.paddr % (1 << wanted), 0);
                let cap = &self.system.kernel.caps[&new.slot];
                assert_eq!((cap.size_bits, cap.children), (wanted, 0), "the kernel has it so");
                self.live.push(grant);
            }
            Err(AllocError::Memory { free_bytes, .. }) => {
                assert_eq!(free_bytes, self.system.pool.free_bytes());
                assert!(
                    !self.has_room(wanted),
                    "there was a piece of 2^{wanted}, or one could be put together"
                );
            }
            Err(AllocError::Slots(out)) => assert!(out.asked == 2 && self.system.slots.alloc(2).is_err()),
            Err(AllocError::Kernel(_)) => assert_eq!(self.system.kernel.refuse_after, Some(0)),
            Err(AllocError::Nodes) => assert!(self.system.kernel.caps.len() > MAX_NODES - 2 * 48),
        }
    }

    /// Whether a piece of that size, where buddies put it, has no byte that is granted or lost.
    fn has_room(&self, size_bits: u8) -> bool {
        let free: Vec<(u64, u64)> =
            self.system.pool.free_untypeds().map(|untyped| extent(&untyped)).collect();
        let is_free = |start: u64| {
            let end = start + (1 << size_bits);
            let within = |(from, to): &&(u64, u64)| *from < end && start < *to;
            let covered: u64 =
                free.iter().filter(within).map(|(from, to)| to.min(&end) - from.max(&start)).sum();
            covered == 1 << size_bits
        };
        let large = self.roots.iter().filter(|root| root.size_bits >= size_bits);
        large.map(extent).any(|(start, end)| (start..end).step_by(1 << size_bits).any(is_free))
    }

    fn check(&mut self) {
        let pool = &self.system.pool;
        let total: u64 = self.roots.iter().map(|root| 1u64 << root.size_bits).sum();
        let granted: u64 = self.live.iter().map(|grant| 1u64 << grant.untyped().size_bits).sum();
        let free: Vec<Untyped> = pool.free_untypeds().collect();
        let free_bytes: u64 = free.iter().map(|untyped| 1u64 << untyped.size_bits).sum();
        assert_eq!((pool.total_bytes(), pool.used_bytes(), pool.free_bytes()), (total, granted, free_bytes));
        assert_eq!(free_bytes + granted + pool.lost_bytes(), total, "every byte is free, granted or lost");
        assert!(pool.lost_bytes() >= self.lost, "what is lost stays so");
        self.lost = pool.lost_bytes();
        let mut pieces: Vec<_> = free.iter().copied().chain(self.live.iter().map(Grant::untyped)).collect();
        pieces.sort_by_key(|untyped| untyped.paddr);
        for pair in pieces.windows(2) {
            assert!(extent(&pair[0]).1 <= pair[1].paddr, "{:?} overlaps {:?}", pair[0], pair[1]);
        }
        for piece in &pieces {
            let cap = &self.system.kernel.caps[&piece.slot];
            assert_eq!(
                (cap.size_bits, cap.children),
                (piece.size_bits, 0),
                "{piece:?} is whole in the kernel"
            );
        }
        // Each slot that is taken holds a piece, or somebody else has it.
        let others: u32 = self.others.iter().map(|range| u32::from(range.count)).sum();
        let pieces = self.system.kernel.caps.len() - self.roots.len();
        assert_eq!(self.system.slots.used(), pieces as u32 + others);
    }
}

proptest! {
    #[test]
    fn every_byte_is_free_granted_or_lost(
        roots in prop::collection::vec(8u8..22, 1..6),
        slots in prop_oneof![Just(4096u32), 2u32..40],
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut run = Run::new(&roots, slots);
        for step in &steps {
            run.step(step);
            run.check();
        }
        let lost = run.system.pool.lost_bytes();
        run.system.kernel.refuse_after = None;
        for grant in run.live.drain(..) {
            run.system.pool.free(grant).unwrap();
        }
        for range in run.others.drain(..) {
            run.system.slots.free(range).unwrap();
        }
        let System { pool, slots, kernel } = &mut run.system;
        pool.merge_all(slots, kernel).unwrap();
        run.check();
        prop_assert_eq!(run.system.pool.lost_bytes(), lost);
        if lost == 0 {
            let roots: Vec<u8> = run.roots.iter().map(|root| root.size_bits).collect();
            run.system.is_whole(&roots);
        }
    }

    /// Small pieces of a large root, so that the table of nodes is what is short.
    #[test]
    fn a_full_table_of_nodes_is_no_dead_end(frees in prop::collection::vec(any::<Index>(), 1..200)) {
        let mut run = Run::new(&[20, 12], 4096);
        while run.live.len() < MAX_NODES {
            let before = run.live.len();
            run.alloc(MIN_SIZE_BITS);
            if run.live.len() == before {
                break;
            }
        }
        for which in &frees {
            run.step(&Step::Free(*which));
            run.alloc(MIN_SIZE_BITS + 1);
        }
        run.check();
    }
}

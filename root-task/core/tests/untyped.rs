//! Tests of the buddy allocator: every bound and every refusal of the kernel. `allocator_model.rs` has any order of steps.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/kernel.rs"]
mod kernel;

use kernel::{Cap, Kernel, System};
use root_task_core::slots::{SlotIndex, Slots};
use root_task_core::untyped::{
    AddError, AllocError, MAX_NODES, MAX_SIZE_BITS, MIN_SIZE_BITS, NotGranted, Pool, Untyped,
};

#[test]
fn sizes_below_at_and_above_the_bounds() {
    for (size_bits, expected) in [
        (MIN_SIZE_BITS - 1, Err(AddError::Size(MIN_SIZE_BITS - 1))),
        (MIN_SIZE_BITS, Ok(())),
        (MAX_SIZE_BITS, Ok(())),
        (MAX_SIZE_BITS + 1, Err(AddError::Size(MAX_SIZE_BITS + 1))),
    ] {
        assert_eq!(Pool::new().add(Untyped { slot: SlotIndex(1), size_bits, paddr: 0 }), expected);
    }
    let beyond = Untyped { slot: SlotIndex(1), size_bits: 12, paddr: u64::MAX - 4095 };
    assert_eq!(Pool::new().add(beyond), Err(AddError::Address(beyond.paddr)));
    let mut system = System::new(&[16]);
    for size_bits in [0, MIN_SIZE_BITS - 1, MIN_SIZE_BITS] {
        assert_eq!(system.alloc(size_bits).unwrap().untyped().size_bits, MIN_SIZE_BITS);
    }
    assert!(system.alloc(16).is_err());
    assert!(system.alloc(u8::MAX).is_err());
}

#[test]
fn the_node_table_below_at_and_above_the_bound() {
    let mut pool = Pool::new();
    for i in 0..MAX_NODES as u32 {
        assert_eq!(
            pool.add(Untyped { slot: SlotIndex(i), size_bits: 12, paddr: u64::from(i) << 12 }),
            Ok(())
        );
    }
    let one_more = Untyped { slot: SlotIndex(5000), size_bits: 12, paddr: 1 << 40 };
    assert_eq!(pool.add(one_more), Err(AddError::Full));
    let (mut slots, mut kernel) = (Slots::new(6000, 100), Kernel::default());
    assert_eq!(pool.alloc(11, &mut slots, &mut kernel), Err(AllocError::Nodes));
    let grant = pool.alloc(12, &mut slots, &mut kernel).unwrap();
    assert_eq!(pool.used_bytes(), 4096);
    pool.free(grant).unwrap();
}

#[test]
fn a_deep_split_wants_all_its_nodes_before_it_starts() {
    for (free_nodes, fits) in [(5, false), (6, true), (7, true)] {
        let mut roots = vec![12; MAX_NODES - 1 - free_nodes];
        roots.push(30);
        let mut system = System::new(&roots);
        // Three splits, of two nodes each.
        assert_eq!(
            system.alloc(27).map(|grant| grant.untyped().size_bits),
            if fits { Ok(27) } else { Err(AllocError::Nodes) }
        );
        assert_eq!(system.kernel.splits, if fits { 3 } else { 0 });
    }
}

#[test]
fn nodes_come_back_from_idle_halves() {
    let mut system = System::new(&[18, 30]);
    let mut grants = Vec::new();
    let refused = loop {
        match system.alloc(MIN_SIZE_BITS) {
            Ok(grant) => grants.push(grant),
            Err(error) => break error,
        }
    };
    assert_eq!(refused, AllocError::Nodes);
    assert!(grants.len() > MAX_NODES / 2 - 40, "{}", grants.len());
    assert_eq!(
        system.alloc(29).unwrap_err(),
        AllocError::Nodes,
        "all halves are in use or beside one that is"
    );
    for grant in grants.drain(..) {
        system.pool.free(grant).unwrap();
    }
    assert_eq!(system.kernel.merges, 0);
    let large = system.alloc(29).unwrap();
    assert!(system.kernel.merges > 0, "the nodes for the split come from somewhere");
    system.pool.free(large).unwrap();
    system.is_whole(&[18, 30]);
}

#[test]
fn the_slots_for_a_split_below_and_at_the_bound() {
    let mut system = System::new(&[14]);
    system.slots = Slots::new(1000, 3);
    let error = system.alloc(12).unwrap_err();
    assert!(matches!(error, AllocError::Slots(out) if (out.asked, out.free) == (2, 1)), "{error}");
    assert_eq!(system.pool.free_bytes(), 1 << 14, "what was split is free");
    system.slots = Slots::new(1000, 4);
    let mut system = System { pool: Pool::new(), ..system };
    system.kernel = Kernel::default();
    system.pool.add(Untyped { slot: SlotIndex(0), size_bits: 14, paddr: 0 }).unwrap();
    system.kernel.caps.insert(SlotIndex(0), Cap { size_bits: 14, parent: None, children: 0 });
    assert!(system.alloc(12).is_ok());
}

#[test]
fn the_smallest_root_that_is_large_enough_is_split() {
    let mut system = System::new(&[28, 17, 20]);
    let grant = system.alloc(18).unwrap();
    assert_eq!(system.kernel.splits, 2);
    assert_eq!(grant.untyped().paddr, 0x4000_0000 + (2u64 << 40), "the lower half of the root of 2^20");
    let exact = system.alloc(17).unwrap();
    assert_eq!(exact.untyped().slot, SlotIndex(1), "no split where one fits");
    assert_eq!(system.kernel.splits, 2);
    system.pool.free(exact).unwrap();
    system.pool.free(grant).unwrap();
}

#[test]
fn a_cycle_of_load_and_unload_neither_splits_nor_merges() {
    let mut system = System::new(&[28]);
    let first = system.alloc(17).unwrap();
    let place = first.untyped();
    system.pool.free(first).unwrap();
    let splits = system.kernel.splits;
    for _ in 0..1000 {
        let grant = system.alloc(17).unwrap();
        assert_eq!(grant.untyped(), place);
        system.pool.free(grant).unwrap();
    }
    assert_eq!((system.kernel.splits, system.kernel.merges), (splits, 0));
}

#[test]
fn halves_are_put_together_where_nothing_else_is_left() {
    let mut system = System::new(&[16]);
    let grants: Vec<_> = (0..16).map(|_| system.alloc(12).unwrap()).collect();
    let error = system.alloc(12).unwrap_err();
    assert_eq!(error, AllocError::Memory { size_bits: 12, free_bytes: 0 });
    for grant in grants {
        system.pool.free(grant).unwrap();
    }
    let whole = system.alloc(16).unwrap();
    assert_eq!(whole.untyped().slot, SlotIndex(0));
    assert_eq!(system.kernel.merges, 15);
    assert_eq!(system.slots.used(), 0);
    system.pool.free(whole).unwrap();
}

#[test]
fn too_little_memory_is_a_sentence() {
    let mut system = System::new(&[16, 16]);
    assert_eq!(
        system.alloc(17).unwrap_err().to_string(),
        "a piece of 128 KiB is needed, and of the 128 KiB of free memory none is that large: unload a module first"
    );
}

#[test]
fn a_refused_split_changes_nothing() {
    for after in 0..4 {
        let mut system = System::new(&[16]);
        system.kernel.refuse_after = Some(after);
        assert_eq!(system.alloc(12).unwrap_err(), AllocError::Kernel("refused"));
        assert_eq!(system.pool.free_bytes(), 1 << 16);
        assert_eq!(system.slots.used() as usize, 2 * after);
        system.kernel.refuse_after = None;
        system.is_whole(&[16]);
    }
}

#[test]
fn a_refused_merge_loses_the_pair_and_says_so() {
    let mut system = System::new(&[16]);
    let grant = system.alloc(12).unwrap();
    system.pool.free(grant).unwrap();
    system.kernel.refuse_after = Some(0);
    assert_eq!(system.alloc(16).unwrap_err(), AllocError::Kernel("refused"));
    assert_eq!((system.pool.lost_bytes(), system.pool.free_bytes()), (8192, (1 << 16) - 8192));
    assert_eq!(system.pool.used_bytes(), 0);
    system.kernel.refuse_after = None;
    assert!(matches!(system.alloc(16).unwrap_err(), AllocError::Memory { .. }), "it is not tried again");
    let free: u64 = system.pool.free_untypeds().map(|untyped| 1u64 << untyped.size_bits).sum();
    assert_eq!(free, system.pool.free_bytes());
}

#[test]
fn a_grant_of_another_pool_is_given_back() {
    let mut one = System::new(&[16]);
    let mut other = System::new(&[16, 16]);
    let theirs = other.alloc(12).unwrap();
    let NotGranted(theirs) = one.pool.free(theirs).unwrap_err();
    other.pool.free(theirs).unwrap();
    // A pool in which the same untyped is there, and free.
    let mut twin = System::new(&[16]);
    let mine = one.alloc(16).unwrap();
    let NotGranted(mine) = twin.pool.free(mine).unwrap_err();
    assert_eq!(twin.pool.free_bytes(), 1 << 16);
    one.pool.free(mine).unwrap();
}

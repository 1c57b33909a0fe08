//! Whatever numbers stand in the headers of a module's file: the ELF plan does not panic, and what it accepts is safe to
//! execute. Arbitrary bytes and changes of any are tried in `tests/fuzz`.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/elf_file.rs"]
mod elf_file;
#[path = "support/safe_plan.rs"]
mod safe_plan;

use elf_file::{ElfFile, Header, R, RW, RX};
use proptest::prelude::*;
use root_task_core::elf_plan::{ElfPlan, Limits, Machine};
use root_task_core::layout::{MODULE_BASE, MODULE_END, PAGE_SIZE};
use safe_plan::is_safe;

const MACHINE: Machine = Machine::X86_64;

fn right() -> ElfFile {
    ElfFile::right(MACHINE, "echo")
}

fn page(index: u64) -> u64 {
    MODULE_BASE + index * PAGE_SIZE
}

/// Values that are at the edge of something.
fn edges() -> impl Strategy<Value = u64> {
    let near = [
        0,
        56,
        64,
        PAGE_SIZE,
        MODULE_BASE - PAGE_SIZE,
        MODULE_BASE,
        MODULE_END - PAGE_SIZE,
        MODULE_END,
        0x60_0000,
        1 << 32,
        0x7fff_ffff_e000,
        1 << 63,
        u64::MAX,
    ];
    (prop::sample::select(near.to_vec()), prop_oneof![Just(0), -2i64..=2])
        .prop_map(|(edge, offset)| edge.wrapping_add_signed(offset))
        .boxed()
        .prop_union(any::<u64>().boxed())
        .or((0u64..512).prop_map(page).boxed())
}

fn any_header() -> impl Strategy<Value = Header> {
    // Most are loaded, and small: a file with an impossible header is refused before the others matter.
    let kind = prop_oneof![3 => Just(1u32), 1 => 0u32..8];
    let size = |most| prop_oneof![3 => 0..most, 1 => edges()];
    let offset = prop_oneof![2 => Just(0), 1 => edges()];
    (kind, 0u32..8, edges(), offset, size(600), size(3 * PAGE_SIZE)).prop_map(
        |(kind, flags, vaddr, offset, file_size, memory_size)| Header {
            kind,
            flags,
            vaddr,
            offset,
            file_size,
            memory_size,
        },
    )
}

proptest! {
    /// Every eight bytes in turn become a number at the edge of something.
    #[test]
    fn extreme_fields_do_no_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), edges()), 1..4)) {
        let mut bytes = right().write();
        for (at, value) in changes {
            let at = at.index(bytes.len() / 8) * 8;
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        }
        if let Ok(plan) = ElfPlan::check(&bytes, &Limits::new(MACHINE, None)) {
            is_safe(&plan, &bytes);
        }
    }

    #[test]
    fn arbitrary_segments_do_no_harm(
        headers in prop::collection::vec(any_header(), 0..4),
        entry in edges(),
        keep in any::<bool>(),
    ) {
        let mut file = right();
        if !keep {
            file.headers.clear();
            file.entry = entry;
        }
        file.headers.extend(headers);
        let bytes = file.write();
        if let Ok(plan) = ElfPlan::check(&bytes, &Limits::new(MACHINE, None)) {
            is_safe(&plan, &bytes);
        }
    }

    /// Right files of all shapes are accepted.
    #[test]
    fn right_files_are_accepted(
        sizes in prop::collection::vec((1u64..5 * PAGE_SIZE, 0u64..64, prop::sample::select(vec![R, RX, RW])), 0..7),
        stack in 1u32..=12,
        locker in 0u8..=11,
    ) {
        let mut file = right().with_manifest("echo", |manifest| {
            manifest.stack_bytes = stack * 4096;
            manifest.locker_bits = locker;
            manifest.memory_bytes = 4 << 20;
        });
        file.headers.truncate(1);
        let mut vaddr = page(1);
        for (memory_size, file_size, flags) in sizes {
            let file_size = file_size.min(memory_size);
            file.headers.push(Header { memory_size, file_size, ..Header::load(vaddr, flags) });
            vaddr += memory_size.next_multiple_of(PAGE_SIZE);
        }
        let bytes = file.write();
        let plan = ElfPlan::check(&bytes, &Limits::new(MACHINE, None)).unwrap();
        is_safe(&plan, &bytes);
        prop_assert_eq!(plan.segments.len(), file.headers.len());
    }
}

//! What the root task takes for granted when it executes an ELF plan.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeSet;

use ipc_proto::manifest::{MAX_MEMORY, MAX_STACK};
use root_task_core::elf_plan::{Code, ElfPlan, FrameUse, MAX_SEGMENTS, Permissions};
use root_task_core::layout::{IPC_BUFFER, MODULE_BASE, MODULE_END, PAGE_SIZE, STACK_TOP};

/// Stops where it does not hold.
pub fn is_safe(plan: &ElfPlan, file: &[u8]) {
    segments_are_safe(plan, file);
    let frames: Vec<_> = plan.frames().collect();
    assert_eq!(frames.len(), usize::from(plan.frame_count));
    let mut pages = BTreeSet::new();
    let mut copied = 0;
    for frame in &frames {
        assert!(frame.vaddr.is_multiple_of(PAGE_SIZE));
        assert!(pages.insert(frame.vaddr), "{:#x} is mapped twice", frame.vaddr);
        let source = file.get(frame.source.clone()).unwrap();
        assert!(source.len() <= 4096);
        copied += source.len();
        let end = match frame.used_as {
            FrameUse::Segment => MODULE_END,
            FrameUse::Stack => STACK_TOP,
            FrameUse::IpcBuffer => IPC_BUFFER + PAGE_SIZE,
        };
        assert!(frame.vaddr >= MODULE_BASE && frame.vaddr < end);
        assert!(frame.used_as != FrameUse::Stack || frame.vaddr >= STACK_TOP - u64::from(MAX_STACK));
        if frame.used_as != FrameUse::Segment {
            assert!(source.is_empty() && frame.permissions == Permissions::ReadWrite);
        }
    }
    let in_file: usize = plan.segments.iter().map(|segment| segment.file_size).sum();
    assert_eq!(copied, in_file, "each byte of a segment goes to one frame");
    let at_entry = frames.iter().find(|frame| (frame.vaddr..frame.vaddr + PAGE_SIZE).contains(&plan.entry));
    assert_eq!(at_entry.unwrap().permissions, Permissions::ReadExecute);
    assert!(plan.needed_bytes >= frames.len() as u64 * PAGE_SIZE);
    assert!(plan.needed_bytes <= u64::from(plan.request.memory_bytes));
    assert!(plan.request.memory_bytes <= MAX_MEMORY);
    let untyped = 1u64 << plan.untyped_bits;
    assert!(plan.needed_bytes <= untyped && untyped / 2 < plan.needed_bytes);
    let code = Code::of(plan, file);
    for segment in plan.segments.iter().filter(|segment| segment.file_size > 0) {
        let bytes = &file.get(segment.file_offset..).unwrap().first_chunk::<1>().unwrap()[..];
        assert_eq!(code.has(segment.vaddr, bytes), segment.permissions == Permissions::ReadExecute);
    }
}

fn segments_are_safe(plan: &ElfPlan, file: &[u8]) {
    assert!(!plan.segments.is_empty() && plan.segments.len() <= MAX_SEGMENTS);
    for (index, segment) in plan.segments.iter().enumerate() {
        assert!(segment.vaddr >= MODULE_BASE && segment.end() <= MODULE_END && segment.vaddr < segment.end());
        assert!(
            segment.file_offset.checked_add(segment.file_size).unwrap()
                <= file.len().max(segment.file_offset)
        );
        assert!(segment.file_size as u64 <= segment.memory_size);
        for other in plan.segments.iter().skip(index + 1) {
            assert!(segment.end() <= other.vaddr || other.end() <= segment.vaddr, "{segment:?} {other:?}");
        }
    }
}

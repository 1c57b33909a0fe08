//! Tests of the ELF plan: what a right file comes to, and each bound.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/elf_file.rs"]
mod elf_file;

use elf_file::{ElfFile, Header, R, RW, RX};
use ipc_proto::name::Name;
use object::elf;
use root_task_core::elf_plan::{
    ElfError, ElfPlan, Frame, FrameUse, Limits, MAX_PROGRAM_HEADERS, MAX_SECTIONS, MAX_SEGMENTS, Machine,
    Permissions,
};
use root_task_core::layout::{self, IPC_BUFFER, MODULE_BASE, MODULE_END, PAGE_SIZE, STACK_TOP};

const MACHINE: Machine = Machine::Aarch64;
/// The objects of an instance beside frames and locker.
const OBJECTS: u64 = 4 * 4096 + 2048 + 1024;

fn right() -> ElfFile {
    ElfFile::right(MACHINE, "echo")
}

fn check(file: &ElfFile) -> Result<ElfPlan, ElfError> {
    ElfPlan::check(&file.write(), &Limits::new(MACHINE, None))
}

fn page(index: u64) -> u64 {
    MODULE_BASE + index * PAGE_SIZE
}

#[test]
fn a_right_file_comes_to_its_frames() {
    let mut file = right().with_manifest("echo", |manifest| manifest.stack_bytes = 2 * 4096);
    file.headers[1].memory_size = PAGE_SIZE + 1;
    let plan = check(&file).unwrap();
    let frame = |vaddr, permissions, source, used_as| Frame { vaddr, permissions, source, used_as };
    let (rx, rw) = (Permissions::ReadExecute, Permissions::ReadWrite);
    assert_eq!(
        plan.frames().collect::<Vec<_>>(),
        [
            frame(page(0), rx, 0..64, FrameUse::Segment),
            frame(page(1), rw, 0..64, FrameUse::Segment),
            frame(page(2), rw, 64..64, FrameUse::Segment),
            frame(STACK_TOP - 2 * PAGE_SIZE, rw, 0..0, FrameUse::Stack),
            frame(STACK_TOP - PAGE_SIZE, rw, 0..0, FrameUse::Stack),
            frame(IPC_BUFFER, rw, 0..0, FrameUse::IpcBuffer),
        ]
    );
    assert_eq!((plan.entry, plan.frame_count), (MODULE_BASE, 6));
    assert_eq!((plan.needed_bytes, plan.untyped_bits), (6 * 4096 + OBJECTS, 16));
}

#[test]
fn a_segment_of_many_pages_takes_each_page_from_its_place_in_the_file() {
    let mut bytes = right().write();
    let len = 2 * PAGE_SIZE + 100;
    bytes.resize(usize::try_from(len).unwrap(), 0);
    let mut file = right();
    file.headers[0] = Header { file_size: len, memory_size: 4 * PAGE_SIZE, ..Header::load(page(0), RX) };
    file.headers[1] = Header::load(page(4), R);
    let mut with_tail = file.write();
    with_tail.resize(bytes.len(), 0);
    let plan = ElfPlan::check(&with_tail, &Limits::new(MACHINE, None)).unwrap();
    let sources: Vec<_> = plan.frames().take(5).map(|frame| frame.source).collect();
    assert_eq!(sources, [0..4096, 4096..8192, 8192..8292, 8292..8292, 0..64]);
    assert_eq!(plan.segments[1].permissions, Permissions::Read);
}

#[test]
fn the_manifests_name_must_be_the_files() {
    let file = right().write();
    let called = |name| Limits::new(MACHINE, Some(Name::new(name).unwrap()));
    assert!(ElfPlan::check(&file, &called("echo")).is_ok());
    let error = ElfPlan::check(&file, &called("shell")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file is called shell, and its manifest says echo: a module has the name of its file"
    );
    // In the place of a module it may have that one's name.
    let replaces = |name| Limits { replaces: Some(Name::new(name).unwrap()), ..called("echo-2") };
    assert!(ElfPlan::check(&file, &replaces("echo")).is_ok());
    assert_eq!(
        ElfPlan::check(&file, &replaces("shell")).unwrap_err().to_string(),
        "the file is called echo-2, and its manifest says echo: a module has the name of its file"
    );
}

#[test]
fn segments_below_at_and_above_the_bound() {
    for count in [MAX_SEGMENTS - 1, MAX_SEGMENTS, MAX_SEGMENTS + 1] {
        let mut file = right();
        file.headers = (0..count as u64).map(|i| Header::load(page(i), RX)).collect();
        let expected = if count <= MAX_SEGMENTS { Ok(count) } else { Err(ElfError::Segments) };
        assert_eq!(check(&file).map(|plan| plan.segments.len()), expected);
    }
}

#[test]
fn program_headers_below_at_and_above_the_bound() {
    for count in [MAX_PROGRAM_HEADERS - 1, MAX_PROGRAM_HEADERS, MAX_PROGRAM_HEADERS + 1] {
        let mut file = right();
        file.headers.resize(usize::from(count), Header::of_kind(elf::PT_NOTE.0));
        let expected =
            if count <= MAX_PROGRAM_HEADERS { None } else { Some(ElfError::ProgramHeaders(count)) };
        assert_eq!(check(&file).err(), expected);
    }
}

#[test]
fn sections_below_at_and_above_the_bound() {
    for count in [MAX_SECTIONS - 1, MAX_SECTIONS, MAX_SECTIONS + 1] {
        let mut file = right();
        file.more_sections = usize::from(count) - 3;
        let expected = if count <= MAX_SECTIONS { None } else { Some(ElfError::Sections(count)) };
        assert_eq!(check(&file).err(), expected);
    }
}

#[test]
fn the_window_below_at_and_above_its_end() {
    for (size, expected) in [
        (MODULE_END - page(1) - 1, None),
        (MODULE_END - page(1), None),
        (MODULE_END - page(1) + 1, Some(ElfError::ReservedSpace { at: page(1), end: MODULE_END + 1 })),
    ] {
        let mut file = right().with_manifest("echo", |manifest| manifest.memory_bytes = 4 << 20);
        file.headers[1].memory_size = size;
        assert_eq!(check(&file).err(), expected);
    }
    let mut file = right();
    file.headers[1].vaddr = MODULE_BASE - PAGE_SIZE;
    assert_eq!(
        check(&file).err(),
        Some(ElfError::OutsideWindow { at: MODULE_BASE - PAGE_SIZE, end: MODULE_BASE })
    );
}

#[test]
fn the_quota_below_at_and_above() {
    // Connections 17 to 48 take a CSpace of 64 slots instead of 32.
    let needs = (2 + 4 + 1) * 4096 + OBJECTS + 1024 + (1 << (3 + 5)) + (1 << layout::ENDPOINT_BITS);
    for (allows, fits) in [(needs - 1, false), (needs, true), (needs + 1, true)] {
        let file = right().with_manifest("echo", |manifest| {
            manifest.memory_bytes = u32::try_from(allows).unwrap();
            manifest.locker_bits = 3;
            manifest.connections = 17;
        });
        let plan = check(&file);
        assert_eq!(plan.is_ok(), fits, "{allows}");
        match plan {
            Ok(plan) => assert_eq!((plan.needed_bytes, plan.untyped_bits), (needs, 16)),
            Err(error) => {
                assert_eq!(error, ElfError::Quota { needs, allows: u32::try_from(allows).unwrap() })
            }
        }
    }
}

#[test]
fn the_entry_below_at_and_above_the_code() {
    for (entry, fits) in [(page(1) - 1, false), (page(1), true), (page(2) - 1, true), (page(2), false)] {
        let mut file = right();
        file.entry = entry;
        file.headers = vec![Header::load(page(0), R), Header::load(page(1), RX), Header::load(page(2), RW)];
        assert_eq!(check(&file).err(), (!fits).then_some(ElfError::Entry { entry }));
    }
}

#[test]
fn a_segment_without_bytes_in_the_file_needs_no_offset_in_it() {
    let mut file = right();
    file.headers[1] = Header { file_size: 0, offset: 0x12_3456, ..Header::load(page(1), RW) };
    assert!(check(&file).is_ok());
    file.headers[1].file_size = 1;
    assert!(matches!(check(&file), Err(ElfError::BeyondFile { .. })));
}

#[test]
fn empty_segments_are_left_out() {
    let mut file = right();
    file.headers.push(Header { file_size: 0, memory_size: 0, ..Header::load(0, RW | RX) });
    assert_eq!(check(&file).unwrap().segments.len(), 2);
    file.headers.drain(..2);
    assert_eq!(check(&file), Err(ElfError::NothingToLoad));
}

#[test]
fn a_section_whose_name_only_starts_like_the_manifests_is_none() {
    let mut bytes = right().write();
    let at = bytes.windows(17).position(|window| window == b".escrow.manifest\0").unwrap();
    bytes[at + 16] = b'2';
    assert_eq!(ElfPlan::check(&bytes, &Limits::new(MACHINE, None)), Err(ElfError::NoManifest));
}

//! One malformed file for each rule that a module's file must keep.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it expects"
)]

use object::elf;
use root_task_core::elf_plan::{MAX_PROGRAM_HEADERS, MAX_SECTIONS, MAX_SEGMENTS, Machine};
use root_task_core::layout::{MODULE_BASE, MODULE_END, PAGE_SIZE, USER_END, WINDOW_END};

use crate::elf_file::{ElfFile, Header, RW, RX};

/// The other machine.
fn other(machine: Machine) -> Machine {
    match machine {
        Machine::Aarch64 => Machine::X86_64,
        Machine::X86_64 => Machine::Aarch64,
    }
}

/// A page for segment number `index`.
fn page(index: usize) -> u64 {
    MODULE_BASE + index as u64 * PAGE_SIZE
}

/// All files for a machine, by the names under which they are loaded.
pub fn files(machine: Machine) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = headers(machine);
    files.extend(segments(machine));
    files.extend(manifests(machine));
    files
}

fn headers(machine: Machine) -> Vec<(&'static str, Vec<u8>)> {
    let change = |name: &'static str, change: &dyn Fn(&mut ElfFile)| {
        let mut file = ElfFile::right(machine, name);
        change(&mut file);
        (name, file.write())
    };
    let mut cut = ElfFile::right(machine, "bad-truncated").write();
    cut.truncate(cut.len() - 100);
    let mut headless = ElfFile::right(machine, "bad-truncated-header").write();
    headless.truncate(40);
    let mut format = ElfFile::right(machine, "bad-format").write();
    format[54] = 32; // e_phentsize
    let mut offset = ElfFile::right(machine, "bad-header-offset").write();
    offset[32..40].copy_from_slice(&(u64::MAX - 8).to_le_bytes()); // e_phoff
    vec![
        ("bad-zero-bytes", Vec::new()),
        ("bad-not-elf", b"#!/bin/sh\necho hello\n".to_vec()),
        ("bad-truncated", cut),
        ("bad-truncated-header", headless),
        ("bad-header-offset", offset),
        ("bad-format", format),
        change("bad-class", &|file| file.is_64 = false),
        change("bad-endianness", &|file| file.big_endian = true),
        change("bad-wrong-machine", &|file| file.machine = other(machine).number()),
        change("bad-unknown-machine", &|file| file.machine = 0xbeef),
        change("bad-type", &|file| file.kind = elf::ET_DYN.0),
        change("bad-no-segment", &|file| file.headers.clear()),
        change("bad-many-headers", &|file| {
            file.headers.resize(usize::from(MAX_PROGRAM_HEADERS) + 1, Header::of_kind(elf::PT_NOTE.0));
        }),
        change("bad-many-sections", &|file| file.more_sections = usize::from(MAX_SECTIONS) - 2),
        change("bad-many-segments", &|file| {
            file.headers = (0..=MAX_SEGMENTS).map(|i| Header::load(page(i), RX)).collect();
        }),
        change("bad-interpreter", &|file| file.headers.push(Header::of_kind(elf::PT_INTERP.0))),
        change("bad-dynamic", &|file| file.headers.push(Header::of_kind(elf::PT_DYNAMIC.0))),
        change("bad-thread-local", &|file| file.headers.push(Header::of_kind(elf::PT_TLS.0))),
        change("bad-entry", &|file| file.entry = page(1)),
        change("bad-no-manifest", &|file| file.manifest = None),
    ]
}

fn segments(machine: Machine) -> Vec<(&'static str, Vec<u8>)> {
    // In each file the second segment is the bad one.
    let second = |name: &'static str, vaddr: u64, change: &dyn Fn(&mut Header)| {
        let mut file = ElfFile::right(machine, name);
        let mut header = Header::load(vaddr, RW);
        change(&mut header);
        file.headers[1] = header;
        (name, file.write())
    };
    let next = page(1);
    let mut overlap = ElfFile::right(machine, "bad-overlap");
    overlap.headers[0].memory_size = PAGE_SIZE + 1;
    vec![
        second("bad-file-size", next, &|segment| {
            segment.file_size = 64;
            segment.memory_size = 63;
        }),
        second("bad-beyond-file", next, &|segment| segment.file_size = PAGE_SIZE),
        second("bad-far-offset", next, &|segment| segment.offset = u64::MAX - PAGE_SIZE + 1),
        second("bad-kernel-space", 0xffff_ff80_0000_0000, &|_| ()),
        second("bad-user-end", USER_END, &|_| ()),
        second("bad-wrap-around", u64::MAX - PAGE_SIZE + 1, &|_| ()),
        second("bad-huge", next, &|segment| segment.memory_size = u64::MAX),
        second("bad-reserved-space", MODULE_END, &|_| ()),
        second("bad-ipc-buffer", WINDOW_END - PAGE_SIZE, &|_| ()),
        second("bad-into-guard", next, &|segment| segment.memory_size = MODULE_END - page(1) + 1),
        second("bad-below-window", MODULE_BASE - PAGE_SIZE, &|_| ()),
        second("bad-null-page", 0, &|_| ()),
        second("bad-above-window", WINDOW_END, &|_| ()),
        second("bad-unaligned", next + 0x10, &|_| ()),
        second("bad-unaligned-file", next, &|segment| segment.offset = 0x10),
        second("bad-wx", next, &|segment| segment.flags = RW | RX),
        ("bad-overlap", overlap.write()),
    ]
}

fn manifests(machine: Machine) -> Vec<(&'static str, Vec<u8>)> {
    let change = |name: &'static str, change: fn(&mut ipc_proto::manifest::Manifest)| {
        (name, ElfFile::right(machine, name).with_manifest(name, change).write())
    };
    let mut short = ElfFile::right(machine, "bad-manifest");
    short.manifest = Some(b"ESCROWM1".to_vec());
    let mut large = ElfFile::right(machine, "bad-quota");
    large.headers[1].memory_size = 1 << 20;
    vec![
        ("bad-manifest", short.write()),
        change("bad-magic", |manifest| manifest.magic = *b"ESCROWM0"),
        change("bad-name", |manifest| manifest.name[..8].copy_from_slice(b"Bad name")),
        change("bad-wrong-name", |manifest| manifest.name[3] = b'x'),
        change("bad-restart", |manifest| manifest.restart = 3),
        change("bad-priority", |manifest| manifest.priority = 101),
        change("bad-stack", |manifest| manifest.stack_bytes = 13 * 4096),
        change("bad-memory", |manifest| manifest.memory_bytes = (4 << 20) + 1),
        change("bad-locker", |manifest| manifest.locker_bits = 12),
        change("bad-device", |manifest| manifest.device = 3),
        change("bad-connections", |manifest| manifest.connections = 49),
        change("bad-flags", |manifest| manifest.flags = 2),
        change("bad-deadline", |manifest| manifest.deadline_micros = 999),
        ("bad-quota", large.write()),
    ]
}

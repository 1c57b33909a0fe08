//! Each file of tests/malformed is what it is said to be, and is refused with exactly the text beside it.
//!
//! `BLESS=1 cargo test -p root-task-core --test malformed` writes the files and the texts anew. Read the difference:
//! the texts are what people see.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/elf_file.rs"]
mod elf_file;
#[path = "support/rules.rs"]
mod rules;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ipc_proto::name::Name;
use root_task_core::elf_plan::{ElfError, ElfPlan, Limits, Machine};

fn folder(machine: Machine) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/malformed")).join(machine.name())
}

fn refused(machine: Machine, name: &str, file: &[u8]) -> ElfError {
    let called = Some(Name::new(name).unwrap());
    match ElfPlan::check(file, &Limits::new(machine, called)) {
        Ok(plan) => panic!("{name} is accepted: {plan:?}"),
        Err(error) => error,
    }
}

#[test]
fn each_file_gives_exactly_its_text() {
    for machine in [Machine::Aarch64, Machine::X86_64] {
        let folder = folder(machine);
        let mut expected_files = BTreeSet::new();
        for (name, built) in rules::files(machine) {
            let (file, text) =
                (folder.join(name).with_extension("elf"), folder.join(name).with_extension("expected"));
            let says = format!("{}\n", refused(machine, name, &built));
            if std::env::var_os("BLESS").is_some() {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&file, &built).unwrap();
                fs::write(&text, &says).unwrap();
            }
            assert!(fs::read(&file).unwrap() == built, "{} is not what its rule builds", file.display());
            assert_eq!(fs::read_to_string(&text).unwrap(), says, "{}", text.display());
            expected_files.extend([file, text]);
        }
        let there: BTreeSet<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(there, expected_files, "nothing lies there without a rule");
    }
}

#[test]
fn no_two_files_give_the_same_reason() {
    let mut seen = BTreeSet::new();
    for (name, file) in rules::files(Machine::Aarch64) {
        assert!(seen.insert(refused(Machine::Aarch64, name, &file).to_string()), "{name}");
    }
}

/// The names of all variants: a new one does not compile until it stands here, and then wants a file.
fn variant(error: &ElfError) -> &'static str {
    match error {
        ElfError::Empty => "Empty",
        ElfError::Truncated { .. } => "Truncated",
        ElfError::BeyondAnyFile { .. } => "BeyondAnyFile",
        ElfError::NotElf => "NotElf",
        ElfError::Class(_) => "Class",
        ElfError::Endianness(_) => "Endianness",
        ElfError::Format => "Format",
        ElfError::Machine { .. } => "Machine",
        ElfError::Type(_) => "Type",
        ElfError::NothingToLoad => "NothingToLoad",
        ElfError::ProgramHeaders(_) => "ProgramHeaders",
        ElfError::Segments => "Segments",
        ElfError::Sections(_) => "Sections",
        ElfError::Interpreter => "Interpreter",
        ElfError::Dynamic => "Dynamic",
        ElfError::ThreadLocal => "ThreadLocal",
        ElfError::FileSize { .. } => "FileSize",
        ElfError::BeyondFile { .. } => "BeyondFile",
        ElfError::KernelSpace { .. } => "KernelSpace",
        ElfError::ReservedSpace { .. } => "ReservedSpace",
        ElfError::OutsideWindow { .. } => "OutsideWindow",
        ElfError::Unaligned { .. } => "Unaligned",
        ElfError::WriteAndExecute { .. } => "WriteAndExecute",
        ElfError::Overlap { .. } => "Overlap",
        ElfError::Entry { .. } => "Entry",
        ElfError::NoManifest => "NoManifest",
        ElfError::Manifest(_) => "Manifest",
        ElfError::WrongName { .. } => "WrongName",
        ElfError::Quota { .. } => "Quota",
    }
}

/// How many variants [`variant`] lists.
const VARIANTS: usize = 29;

#[test]
fn each_reason_has_a_file() {
    let files = rules::files(Machine::X86_64);
    let seen: BTreeSet<_> =
        files.iter().map(|(name, file)| variant(&refused(Machine::X86_64, name, file))).collect();
    assert_eq!(seen.len(), VARIANTS, "{seen:?}");
}

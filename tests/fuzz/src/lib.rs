//! What the fuzz targets share: where their inputs lie, and changes of those inputs.
//!
//! Bolero runs a target on its inputs and on random bytes. Random bytes are hardly ever an ELF file; a change of one
//! often still is, so each target is run on changes, too.
#![forbid(unsafe_code)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

// Named here so that `cargo bolero`'s build of this library's own test program links its engine.
pub use bolero;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestError, TestRunner};

/// How many random inputs a target is run on: the bulk of them is refused at its first byte, so that more find nothing.
/// `BOLERO_RANDOM_ITERATIONS` sets another number.
pub const RANDOM: usize = 500;
/// How many changed inputs: about a second for the slowest target. `PROPTEST_CASES` raises it.
pub const CHANGED: u32 = 4000;

/// The folder of a target: `corpus`, and `crashes` where something was found that is not mended yet. Bolero takes it for
/// the target's name.
pub fn folder(target: &str) -> String {
    format!("{}/inputs/{target}", env!("CARGO_MANIFEST_DIR"))
}

/// The committed inputs of a target.
pub fn inputs(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(folder(target)).join("corpus");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry of the corpus").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("an input")).collect()
}

/// A change of an input. Places are parts of a length that is known only when the change is made.
#[derive(Clone, Debug)]
enum Change {
    Byte(Index, u8),
    /// Eight bytes at a multiple of eight, little-endian.
    Word(Index, u64),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Cut(Index),
    /// So many bytes of another input, from there to here.
    Copy(Index, Index, usize),
}

fn any_change() -> impl Strategy<Value = Change> {
    // Numbers at the edge of something: of a type, of the module window, of the user's half.
    let edges = [
        0,
        1,
        64,
        4096,
        0x3f_f000,
        0x40_0000,
        0x5f_0000,
        0x60_0000,
        1 << 32,
        0x7fff_ffff_e000,
        1 << 63,
        u64::MAX,
    ];
    let near = (select(edges.to_vec()), prop_oneof![Just(0), -2_i64..=2])
        .prop_map(|(edge, offset): (u64, i64)| edge.wrapping_add_signed(offset));
    let place = any::<Index>;
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        2 => (place(), near).prop_map(|(at, word)| Change::Word(at, word)),
        1 => (place(), prop::collection::vec(any::<u8>(), 1..20)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (place(), 1_usize..20).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => place().prop_map(Change::Cut),
        2 => (place(), place(), 1_usize..600).prop_map(|(to, from, count)| Change::Copy(to, from, count)),
    ]
}

impl Change {
    fn make(&self, bytes: &mut Vec<u8>, other: &[u8]) {
        let len = bytes.len();
        let within = |at: &Index| at.index(len + 1);
        match self {
            Change::Byte(at, byte) if len > 0 => bytes[at.index(len)] = *byte,
            Change::Word(at, word) if len >= 8 => {
                let at = at.index(len / 8) * 8;
                bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
            }
            Change::Insert(at, new) => drop(bytes.splice(within(at)..within(at), new.iter().copied())),
            Change::Remove(at, count) => drop(bytes.drain(within(at)..(within(at) + count).min(len))),
            Change::Cut(at) => bytes.truncate(within(at)),
            Change::Copy(to, from, count) => {
                let source = other.iter().skip(from.index(other.len() + 1)).take(*count);
                for (place, byte) in bytes.iter_mut().skip(within(to)).zip(source) {
                    *place = *byte;
                }
            }
            Change::Byte(..) | Change::Word(..) => {}
        }
    }
}

/// Committed inputs of a target, each with a few changes.
fn changed(target: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let inputs = inputs(target);
    assert!(!inputs.is_empty(), "{target} has no inputs to change");
    let changes = prop::collection::vec(any_change(), 0..8);
    (select(inputs.clone()), select(inputs), changes).prop_map(|(mut bytes, other, changes)| {
        changes.iter().for_each(|change| change.make(&mut bytes, &other));
        bytes
    })
}

/// Runs `holds` on changed inputs of a target. One that it fails on is made small and left in the folder `crashes`, so that
/// the target itself fails on it until it is mended; then move it to `corpus`.
pub fn check_changed(target: &str, holds: impl Fn(&[u8])) {
    let default = Config { failure_persistence: None, ..Config::default() };
    let cases = default.cases.max(CHANGED);
    let outcome = TestRunner::new(Config { cases, ..default }).run(&changed(target), |bytes| {
        holds(&bytes);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Abort(why)) => panic!("{target}: {why}"),
        Err(TestError::Fail(why, bytes)) => {
            let folder = PathBuf::from(folder(target)).join("crashes");
            let mut hash = DefaultHasher::new();
            bytes.hash(&mut hash);
            let file = folder.join(format!("{:016x}", hash.finish()));
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(&file, &bytes))
                .expect("the input is written");
            panic!("{target}: {why}\nthe input is in {}", file.display());
        }
    }
}

/// Defines a target and the test of its changed inputs: `target!(elf_plan, "elf-plan", is_safe)`.
#[macro_export]
macro_rules! target {
    ($name:ident, $folder:literal, $holds:path) => {
        #[test]
        fn $name() {
            $crate::bolero::check!(name = $crate::folder($folder))
                .with_iterations($crate::RANDOM)
                .for_each(|input: &[u8]| $holds(input));
        }

        #[test]
        fn changed_inputs() {
            $crate::check_changed($folder, $holds);
        }
    };
}

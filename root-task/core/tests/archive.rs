//! Tests of the boot archive: what the build writes is read back, and nothing that is not a tar file does harm.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::name::{Name, NameError};
use proptest::prelude::*;
use root_task_core::archive::{Archive, ArchiveError, MAX_ENTRIES};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn tar_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn numbered(count: usize) -> Vec<u8> {
    let files: Vec<_> = (0..count).map(|i| (format!("m{i}"), vec![i as u8; i])).collect();
    tar_of(&files)
}

/// Sets the checksum of a header that was changed, so that what is tested is not the checksum.
fn seal(tar: &mut [u8], block: usize) {
    let Some(header) = tar.get_mut(block * 512..(block + 1) * 512) else { return };
    header[148..156].fill(b' ');
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

#[test]
fn files_are_found_by_name() {
    let tar = tar_of(&[("echo".into(), vec![7; 513]), ("empty".into(), vec![]), ("system".into(), vec![1])]);
    let archive = Archive::open(&tar).unwrap();
    assert_eq!(archive.find(&name("echo")), Some([7u8; 513].as_slice()));
    assert_eq!(archive.find(&name("empty")), Some([].as_slice()));
    assert_eq!(archive.find(&name("ech")), None);
    let names: Vec<_> = archive.entries().map(|entry| entry.name).collect();
    assert_eq!(names, [name("echo"), name("empty"), name("system")]);
}

#[test]
fn files_below_at_and_above_the_bound() {
    for count in [1, MAX_ENTRIES - 1, MAX_ENTRIES] {
        assert_eq!(Archive::open(&numbered(count)).map(|archive| archive.entries().count()), Ok(count));
    }
    assert_eq!(Archive::open(&numbered(MAX_ENTRIES + 1)).unwrap_err(), ArchiveError::TooMany);
}

#[test]
fn what_is_refused_says_why() {
    let text = |tar: &[u8]| Archive::open(tar).unwrap_err().to_string();
    assert_eq!(
        text(&[]),
        "the boot archive is not a whole tar file (archive contains no data): build the image again"
    );
    let whole = numbered(3);
    assert_eq!(
        text(&whole[..whole.len() - 1024]),
        "the boot archive is not a whole tar file (archive does not end with two zero blocks): build the image again"
    );
    assert_eq!(
        text(&tar_of(&[("a".into(), vec![]), ("a".into(), vec![])])),
        "the boot archive has two files called a: leave one out"
    );
    assert_eq!(
        text(&tar_of(&[("a".into(), vec![]), ("dir/echo".into(), vec![])])),
        "file 2 of the boot archive has no valid name: a name has only the characters a-z, 0-9 and -"
    );
    assert_eq!(
        Archive::open(&tar_of(&[("a".repeat(33), vec![])])).unwrap_err(),
        ArchiveError::Name { file: 1, error: NameError::TooLong }
    );
    let mut many = numbered(MAX_ENTRIES + 1);
    many.truncate(5);
    assert!(text(&many).contains("not a whole tar file"));
}

#[test]
fn a_size_beyond_the_archive_is_refused() {
    for size in ["77777777777\0", "00000002001\0", "-0000000001\0", "\u{7f}\u{7f}         \0"] {
        let mut tar = numbered(2);
        tar[124..136].copy_from_slice(&size.as_bytes()[..12]);
        seal(&mut tar, 0);
        assert!(matches!(Archive::open(&tar), Err(ArchiveError::Corrupt(_))), "{size:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let _ = Archive::open(&bytes);
    }

    #[test]
    fn what_is_written_is_read(
        files in prop::collection::btree_map("[a-z][a-z0-9-]{0,31}", prop::collection::vec(any::<u8>(), 0..1500), 1..20)
    ) {
        let files: Vec<_> = files.into_iter().collect();
        let tar = tar_of(&files);
        let archive = Archive::open(&tar).unwrap();
        for (file, bytes) in &files {
            prop_assert_eq!(archive.find(&name(file)), Some(bytes.as_slice()));
        }
        prop_assert_eq!(archive.entries().count(), files.len());
    }

    /// Headers with any contents and a valid checksum.
    #[test]
    fn hostile_headers_do_no_harm(
        changes in prop::collection::vec((0usize..6, 0usize..512, any::<u8>()), 0..40),
        cut in 0usize..8,
    ) {
        let mut tar = numbered(3);
        for (block, at, byte) in &changes {
            if let Some(place) = tar.get_mut(block * 512 + at) {
                *place = *byte;
            }
        }
        for (block, _, _) in &changes {
            seal(&mut tar, *block);
        }
        tar.truncate(tar.len().saturating_sub(cut * 512));
        if let Ok(archive) = Archive::open(&tar) {
            let total: usize = archive.entries().map(|entry| entry.bytes.len()).sum();
            prop_assert!(total <= tar.len());
        }
    }

    /// Name and prefix filled to their ends, which is as long as a path gets.
    #[test]
    fn the_longest_paths_do_no_harm(name in 99usize..=100, prefix in 153usize..=155, byte in 1u8..) {
        let mut tar = numbered(1);
        tar[..name].fill(byte);
        tar[345..345 + prefix].fill(byte);
        seal(&mut tar, 0);
        prop_assert!(Archive::open(&tar).is_err());
    }
}

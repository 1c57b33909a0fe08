//! Whatever bytes the boot archive has: each file that is found lies in it, no two share a byte or a name, and a name finds
//! what going through all of them finds.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use root_task_core::archive::{Archive, MAX_ENTRIES};

fuzz_tests::target!(archive, "archive", holds);

fn holds(bytes: &[u8]) {
    let archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(error) => return assert!(!error.to_string().is_empty(), "{error:?} is told in words"),
    };
    let entries: Vec<_> = archive.entries().collect();
    assert!(entries.len() <= MAX_ENTRIES);
    let whole = bytes.as_ptr_range();
    let mut free_from = whole.start;
    for entry in &entries {
        let place = entry.bytes.as_ptr_range();
        assert!(whole.start <= place.start && place.end <= whole.end, "{} lies outside", entry.name);
        if !entry.bytes.is_empty() {
            assert!(free_from <= place.start, "{} overlaps the one before it", entry.name);
            free_from = place.end;
        }
        assert_eq!(
            archive.find(&entry.name).map(<[u8]>::as_ptr_range),
            Some(place),
            "{} is found",
            entry.name
        );
        assert_eq!(
            entries.iter().filter(|other| other.name == entry.name).count(),
            1,
            "{} twice",
            entry.name
        );
    }
}

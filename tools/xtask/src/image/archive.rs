//! The boot archive: a tar file behind a header of 16 bytes, as a segment of the root task.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use object::elf::PF_R;
use tar::{Builder, EntryType, Header};

use super::elf::{PAGE, Program, Segment};

/// What the header begins with; the length of the tar file follows, as a little-endian word.
pub const MAGIC: &[u8; 8] = b"ESCROWAR";

/// A segment with the archive, at the first page boundary behind the program.
///
/// # Errors
/// Where two files have one name, or a name does not fit the format.
pub fn segment(program: &Program, files: &[(String, Vec<u8>)]) -> Result<Segment> {
    let tar = tar(files)?;
    let mut data = Vec::with_capacity(tar.len().saturating_add(16));
    data.extend_from_slice(MAGIC);
    data.extend_from_slice(&(tar.len() as u64).to_le_bytes());
    data.extend_from_slice(&tar);
    let start = program
        .virtual_end()
        .checked_next_multiple_of(PAGE)
        .context("there is no room for the boot archive behind the root task")?;
    let size = data.len() as u64;
    Ok(Segment { virtual_start: start, physical_start: start, size, flags: PF_R.0, data })
}

/// The files as a tar file that is the same whoever makes it, and when.
fn tar(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut names = BTreeSet::new();
    let mut builder = Builder::new(Vec::new());
    for (name, content) in files {
        ensure!(names.insert(name), "two files of the boot archive are named `{name}`");
        if name.is_empty() || name.starts_with('/') || name.split('/').any(|part| part == "..") {
            bail!("`{name}` cannot be the name of a file in the boot archive");
        }
        let mut header = Header::new_ustar();
        header.set_path(name).with_context(|| format!("the name `{name}` does not fit"))?;
        header.set_size(content.len() as u64);
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_cksum();
        builder
            .append(&header, content.as_slice())
            .with_context(|| format!("cannot add `{name}` to the boot archive"))?;
    }
    builder.into_inner().context("cannot finish the boot archive")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::arch::Arch;

    fn program(size: u64) -> Program {
        let segment = Segment {
            virtual_start: 0x40_0000,
            physical_start: 0x40_0000,
            size,
            flags: PF_R.0,
            data: Vec::new(),
        };
        Program { arch: Arch::Aarch64, entry: 0x40_0000, segments: vec![segment] }
    }

    #[test]
    fn it_begins_on_the_next_page_and_says_its_length() {
        let files = [("echo".to_owned(), b"12345".to_vec())];
        assert_eq!(segment(&program(0x1000), &files).unwrap().virtual_start, 0x40_1000);
        let segment = segment(&program(0x1001), &files).unwrap();
        assert_eq!(segment.virtual_start, 0x40_2000);
        let (header, tar) = segment.data.split_at(16);
        assert_eq!(header.split_at(8).0, MAGIC);
        assert_eq!(header.split_at(8).1, (tar.len() as u64).to_le_bytes());
        assert_eq!(tar.len() % 512, 0);
    }

    #[test]
    fn files_keep_their_order_and_content() {
        let files = [("b".to_owned(), b"2".to_vec()), ("a/c".to_owned(), vec![7; 1000])];
        let bytes = tar(&files).unwrap();
        assert_eq!(bytes, tar(&files).unwrap());
        let mut archive = tar::Archive::new(bytes.as_slice());
        let read: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                assert_eq!(entry.header().mtime().unwrap(), 0);
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                (entry.path().unwrap().display().to_string(), content)
            })
            .collect();
        assert_eq!(read, files);
    }

    #[test]
    fn names_are_checked() {
        let error = |name: &str| {
            let files = [("x".to_owned(), vec![]), (name.to_owned(), vec![])];
            format!("{:#}", tar(&files).unwrap_err())
        };
        assert_eq!(error("x"), "two files of the boot archive are named `x`");
        assert!(error("").contains("cannot be the name"), "{}", error(""));
        assert!(error("../y").contains("cannot be the name"), "{}", error("../y"));
        assert!(error(&"y".repeat(300)).contains("does not fit"), "{}", error(&"y".repeat(300)));
    }
}

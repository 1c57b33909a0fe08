//! The boot archive: a tar file with the modules' ELF files and the system's manifest, read in place.
//!
//! It is checked and indexed once, at boot. What cannot be indexed is refused there, with everything that the
//! archive holds still unused.

use core::fmt;

use heapless::Vec;
use ipc_proto::name::{Name, NameError};
use tar_no_std::{CorruptDataError, TarArchiveRef};

/// The most files in an archive.
pub const MAX_ENTRIES: usize = 96;

/// A file of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its name.
    pub name: Name,
    /// Its contents.
    pub bytes: &'a [u8],
}

/// Why an archive is refused. The text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveError {
    /// It is not a tar file, or not a whole one.
    Corrupt(CorruptDataError),
    /// More than [`MAX_ENTRIES`] files.
    TooMany,
    /// A file's name breaks a rule for names.
    Name {
        /// Which file, counted from 1.
        file: u16,
        /// The rule.
        error: NameError,
    },
    /// Two files have the same name.
    Twice(Name),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::Corrupt(error) => {
                write!(f, "the boot archive is not a whole tar file ({error}): build the image again")
            }
            ArchiveError::TooMany => {
                write!(
                    f,
                    "the boot archive has more than {MAX_ENTRIES} files, which is the most: leave some out"
                )
            }
            ArchiveError::Name { file, error } => {
                write!(f, "file {file} of the boot archive has no valid name: {error}")
            }
            ArchiveError::Twice(name) => {
                write!(f, "the boot archive has two files called {name}: leave one out")
            }
        }
    }
}

impl core::error::Error for ArchiveError {}

/// A checked archive.
#[derive(Clone, Debug)]
pub struct Archive<'a> {
    entries: Vec<Entry<'a>, MAX_ENTRIES>,
}

impl<'a> Archive<'a> {
    /// Checks the whole archive. Whatever in it is not a regular file, such as a folder, is left out.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn open(bytes: &'a [u8]) -> Result<Archive<'a>, ArchiveError> {
        let tar = TarArchiveRef::new(bytes).map_err(ArchiveError::Corrupt)?;
        let mut entries: Vec<Entry<'a>, MAX_ENTRIES> = Vec::new();
        for (file, entry) in (1u16..).zip(tar.entries()) {
            let path = entry.filename();
            let name = path.as_str().map_err(|_| NameError::BadCharacter).and_then(Name::new);
            let name = name.map_err(|error| ArchiveError::Name { file, error })?;
            if entries.iter().any(|other| other.name == name) {
                return Err(ArchiveError::Twice(name));
            }
            entries.push(Entry { name, bytes: entry.data() }).map_err(|_| ArchiveError::TooMany)?;
        }
        Ok(Archive { entries })
    }

    /// The contents of the file of that name.
    pub fn find(&self, name: &Name) -> Option<&'a [u8]> {
        self.entries().find(|entry| entry.name == *name).map(|entry| entry.bytes)
    }

    /// All files, in the order of the archive.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        self.entries.iter().copied()
    }
}

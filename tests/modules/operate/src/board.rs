//! Interface of `board`, on which modules that ask the name server for something again and again note how it went, so that
//! somebody else can look at it while they go on.

use ipc_proto::label::WORDS;
use ipc_proto::version::{Version, VersionRange};
use module_rt::{CallError, Connection};

/// The name under which it is published.
pub const NAME: &str = "board";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Takes a [`Role`], and 0 or the number of what was wrong, with a word about it. Only the first thing is kept.
pub const NOTE: u16 = WORDS | 0x100;
/// Takes a [`Role`]. Answers with how often all was right, and what was wrong first.
pub const READ: u16 = WORDS | 0x101;
/// How many roles there are.
pub const ROLES: usize = 4;

/// What a module does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Looks up what is there, and calls it on the capability that it had first.
    Hit = 0,
    /// Looks up what is not there, or in another version, and lists all.
    Miss = 1,
    /// Waits for what does not come, for a short time.
    Brief = 2,
    /// Waits for what comes and goes, and calls it.
    Long = 3,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; ROLES] = [Role::Hit, Role::Miss, Role::Brief, Role::Long];

    /// Its word in a module's arguments, and the name of the module that has it.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Hit => "hit",
            Role::Miss => "miss",
            Role::Brief => "brief",
            Role::Long => "long",
        }
    }
}

/// What is on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notes {
    /// How often all was right.
    pub right: u64,
    /// What was wrong first; 0 where nothing was.
    pub wrong: u64,
    /// A word about it.
    pub about: u64,
}

/// The versions that its clients speak.
pub const fn versions() -> VersionRange {
    VersionRange::exactly(VERSION)
}

/// Reads what one of them has noted.
///
/// # Errors
/// As any call.
pub fn read(board: Connection, role: Role) -> Result<Notes, CallError> {
    let [right, wrong, about, _] = board.call_words(READ, [role as u64, 0, 0, 0])?;
    Ok(Notes { right, wrong, about })
}

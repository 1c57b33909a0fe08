//! Interface of `board`, on which modules that ask the name server for something again and again note how it went, so that
//! somebody else can look at it while they go on.

use ipc_proto::label::WORDS;
use ipc_proto::version::{Version, VersionRange};
use module_rt::{CallError, Connection};

/// The name under which it is published.
pub const NAME: &str = "board";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Takes a [`Role`], and 0 or the number of what was wrong, with a word about it. Only the first thing is kept. Answers
/// whether it is to pause.
pub const NOTE: u16 = WORDS | 0x100;
/// Takes a [`Role`]. Answers with how often all was right, what was wrong first, and whether it pauses.
pub const READ: u16 = WORDS | 0x101;
/// Takes 1 where everybody is to pause, 0 where they are to go on.
pub const PAUSE: u16 = WORDS | 0x102;
/// Takes a [`Role`] that has heard of the pause. Answers whether it goes on being one.
pub const REST: u16 = WORDS | 0x103;
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
    /// Whether it pauses.
    pub rests: bool,
}

impl Notes {
    /// Nothing yet.
    pub const NONE: Notes = Notes { right: 0, wrong: 0, about: 0, rests: false };
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
    let [right, wrong, about, rests] = board.call_words(READ, [role as u64, 0, 0, 0])?;
    Ok(Notes { right, wrong, about, rests: rests != 0 })
}

/// Has everybody pause, when it has done what it does, or go on.
///
/// # Errors
/// As any call.
pub fn pause(board: Connection, whether: bool) -> Result<(), CallError> {
    board.call_words(PAUSE, [u64::from(whether), 0, 0, 0]).map(drop)
}

/// Says that one pauses. Gives whether it is to go on doing so.
///
/// # Errors
/// As any call.
pub fn rest(board: Connection, role: Role) -> Result<bool, CallError> {
    board.call_words(REST, [role as u64, 0, 0, 0]).map(|[paused, ..]| paused != 0)
}

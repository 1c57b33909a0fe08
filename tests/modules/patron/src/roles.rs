//! What each role asks for, and which answer is the right one.

use core::time::Duration;

use ipc_proto::echo;
use ipc_proto::ids::Generation;
use ipc_proto::names::NameFailure;
use ipc_proto::version::{Version, VersionRange};
use module_rt::init::{NamesError, list, lookup};
use module_rt::{CallError, Connection, InitError, WaitError, lookup_waiting, yield_now};
use operate::board::{self as notes, Role};

use crate::{LONG, insist};

/// How long `brief` waits, in microseconds.
const BRIEF: u64 = 20;

/// What was wrong: a number for the board, and a word about it.
type Wrong = (u64, u64);

/// A module with a role. What it holds it has looked up once.
pub struct Patron {
    role: Role,
    board: Connection,
    echo: Connection,
}

/// An error of the name server's as a word.
fn word(error: &NamesError) -> u64 {
    match error {
        NamesError::Name(_) => 1,
        NamesError::Refused(NameFailure::NotFound) => 2,
        NamesError::Refused(NameFailure::Supervisor(refusal)) => 0x100 | *refusal as u64,
        NamesError::Refused(_) => 3,
        NamesError::Call(CallError::Interrupted { .. }) => 4,
        NamesError::Call(_) => 5,
    }
}

fn exactly() -> VersionRange {
    VersionRange::exactly(echo::VERSION)
}

fn answers(service: Connection) -> Result<(), CallError> {
    match service.call_words(echo::WORDS, [1, 2, 3, 4])? {
        [4, 3, 2, 1] => Ok(()),
        _ => Err(CallError::BadAnswer),
    }
}

impl Patron {
    /// Looks up what it needs.
    pub fn begin(role: Role) -> Result<Patron, InitError> {
        let board = insist(|| lookup(notes::NAME, notes::versions()))?;
        let echo = insist(|| lookup(echo::NAME, exactly()))?;
        Ok(Patron { role, board, echo })
    }

    /// Does it once, notes how that went, and pauses where it is to.
    pub fn turn(&mut self) {
        let outcome = match self.role {
            Role::Hit => self.hit(),
            Role::Miss => miss(),
            Role::Brief => brief(),
            Role::Long => self.long(),
        };
        // What went right `long` has noted by itself.
        let pauses = match outcome {
            Ok(()) if self.role == Role::Long => false,
            Ok(()) => self.note((0, 0)),
            Err(wrong) => self.note(wrong),
        };
        yield_now();
        if pauses {
            while notes::rest(self.board, self.role).unwrap_or(false) {
                yield_now();
            }
        }
    }

    /// Gives whether everybody is to pause.
    fn note(&self, (wrong, about): Wrong) -> bool {
        // If the board cannot be reached, the one who reads it sees no progress.
        let noted = self.board.call_words(notes::NOTE, [self.role as u64, wrong, about, 0]);
        noted.is_ok_and(|[pauses, ..]| pauses != 0)
    }

    /// The name leads to the same service all the time, in the same slot, and the capability there does, too.
    fn hit(&self) -> Result<(), Wrong> {
        match insist(|| lookup(echo::NAME, exactly())) {
            Ok(found) if found == self.echo => {}
            Ok(found) => return Err((10, found.slot())),
            Err(error) => return Err((11, word(&error))),
        }
        answers(self.echo).map_err(|_| (12, 0))
    }

    /// What comes is found once for each time that it comes.
    fn long(&self) -> Result<(), Wrong> {
        let found = match lookup_waiting("late", exactly(), LONG) {
            Ok(found) => found,
            // It has gone again before this one was connected, and that is said.
            Err(WaitError::Names(NamesError::Call(CallError::Interrupted { .. }))) => return Ok(()),
            Err(WaitError::Names(error)) => return Err((30, word(&error))),
            Err(_) => return Err((31, 0)),
        };
        match answers(found) {
            // It goes on waiting in a pause.
            Ok(()) => {
                self.note((0, 0));
            }
            Err(CallError::Gone | CallError::NotDelivered) => return Ok(()),
            Err(_) => return Err((32, 0)),
        }
        loop {
            match answers(found) {
                Ok(()) => yield_now(),
                Err(
                    CallError::Gone
                    | CallError::NotDelivered
                    | CallError::Interrupted { next: Generation::NONE, .. },
                ) => return Ok(()),
                Err(_) => return Err((33, 0)),
            }
        }
    }
}

fn miss() -> Result<(), Wrong> {
    match insist(|| lookup("nobody", VersionRange::ANY)) {
        Err(NamesError::Refused(NameFailure::NotFound)) => {}
        Err(error) => return Err((20, word(&error))),
        Ok(found) => return Err((21, found.slot())),
    }
    let Version(version) = echo::VERSION;
    let next = VersionRange::exactly(Version(version.saturating_add(1)));
    match insist(|| lookup(echo::NAME, next)) {
        Err(NamesError::Refused(NameFailure::Version { offered }))
            if offered.versions().eq([echo::VERSION]) => {}
        Err(error) => return Err((22, word(&error))),
        Ok(found) => return Err((23, found.slot())),
    }
    match insist(|| list(0)) {
        Err(NamesError::Refused(NameFailure::NotOperator)) => Ok(()),
        Err(error) => Err((24, word(&error))),
        Ok(names) => Err((25, names.len() as u64)),
    }
}

fn brief() -> Result<(), Wrong> {
    match lookup_waiting("nowhere", VersionRange::ANY, Duration::from_micros(BRIEF)) {
        Err(WaitError::TimedOut { failure: NameFailure::NotFound, .. }) => Ok(()),
        // The name server has died more often than the stub asks again.
        Err(WaitError::Names(NamesError::Call(CallError::Interrupted { .. }))) => Ok(()),
        Err(WaitError::Names(error)) => Err((40, word(&error))),
        Err(WaitError::TimedOut { .. }) => Err((41, 0)),
        Err(WaitError::Cycle(_)) => Err((42, 0)),
        Ok(found) => Err((43, found.slot())),
    }
}

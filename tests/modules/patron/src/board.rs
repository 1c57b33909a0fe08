//! The board: what each role has noted.

use ipc_proto::label::Status;
use operate::board::{Notes, ROLES};

/// What is on it.
pub struct Board {
    notes: [Notes; ROLES],
    /// Whether everybody is to pause.
    paused: bool,
}

impl Default for Board {
    fn default() -> Board {
        Board { notes: [Notes::NONE; ROLES], paused: false }
    }
}

impl Board {
    fn of(&mut self, role: u64) -> Result<&mut Notes, Status> {
        usize::try_from(role).ok().and_then(|role| self.notes.get_mut(role)).ok_or(Status::Refused)
    }

    /// Somebody notes how something went.
    pub fn note(&mut self, role: u64, wrong: u64, about: u64) -> Result<[u64; 4], Status> {
        let notes = self.of(role)?;
        match (wrong, notes.wrong) {
            (0, _) => notes.right = notes.right.saturating_add(1),
            (wrong, 0) => (notes.wrong, notes.about) = (wrong, about),
            _ => {}
        }
        Ok([u64::from(self.paused), 0, 0, 0])
    }

    /// Somebody looks at it.
    pub fn read(&mut self, role: u64) -> Result<[u64; 4], Status> {
        let Notes { right, wrong, about, rests } = *self.of(role)?;
        Ok([right, wrong, about, u64::from(rests)])
    }

    /// Everybody is to pause, or to go on.
    pub fn pause(&mut self, whether: bool) -> [u64; 4] {
        self.paused = whether;
        for notes in &mut self.notes {
            notes.rests = false;
        }
        [0; 4]
    }

    /// Somebody pauses.
    pub fn rest(&mut self, role: u64) -> Result<[u64; 4], Status> {
        let paused = self.paused;
        self.of(role)?.rests = paused;
        Ok([u64::from(paused), 0, 0, 0])
    }
}

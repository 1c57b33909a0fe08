//! The board: what each role has noted.

use ipc_proto::label::Status;
use operate::board::{Notes, ROLES};

/// What is on it.
pub struct Board([Notes; ROLES]);

impl Default for Board {
    fn default() -> Board {
        Board([Notes { right: 0, wrong: 0, about: 0 }; ROLES])
    }
}

impl Board {
    fn of(&mut self, role: u64) -> Result<&mut Notes, Status> {
        usize::try_from(role).ok().and_then(|role| self.0.get_mut(role)).ok_or(Status::Refused)
    }

    /// Somebody notes how something went.
    pub fn note(&mut self, role: u64, wrong: u64, about: u64) -> Result<[u64; 4], Status> {
        let notes = self.of(role)?;
        match (wrong, notes.wrong) {
            (0, _) => notes.right = notes.right.saturating_add(1),
            (wrong, 0) => (notes.wrong, notes.about) = (wrong, about),
            _ => {}
        }
        Ok([0; 4])
    }

    /// Somebody looks at it.
    pub fn read(&mut self, role: u64) -> Result<[u64; 4], Status> {
        let Notes { right, wrong, about } = *self.of(role)?;
        Ok([right, wrong, about, 0])
    }
}

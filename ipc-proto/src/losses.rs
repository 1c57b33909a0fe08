//! Interface `losses`: which connections of a module have lost their server, and how that server is now, asked of the
//! supervisor on [`crate::slots::SUPERVISOR`]. It is an interface of its own so that a module which is not notified has
//! none of it. One bit for each slot that holds connections: nothing is ever left out for want of room.

use serde::{Deserialize, Serialize};

use crate::slots::{FIRST_CONNECTION, MAX_CONNECTIONS};

/// The label of every request of this interface.
pub const LABEL: u16 = 0x107;

const _: () = assert!(MAX_CONNECTIONS as u32 <= u64::BITS);

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Which connections have lost their server since the caller last asked. Answer: [`Losses`]; none where nothing was
    /// lost, or the module is not one that is notified.
    Take,
}

/// How the server of a connection is that has died since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// It is dead, and will be started again: a call waits for it. The connection stays.
    Down,
    /// It is live again, in another generation. The connection reaches it.
    Live,
    /// It has failed: each call is answered so. The connection reaches it again when it is back.
    Failed,
    /// It is gone, and the connection with it: the name can come back, and be looked up again.
    Gone,
}

/// Connections that have lost their server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losses {
    lost: u64,
    live: u64,
    failed: u64,
    gone: u64,
}

impl Losses {
    /// None.
    pub const NONE: Losses = Losses { lost: 0, live: 0, failed: 0, gone: 0 };

    /// Those whose bits are set in `lost`; `now` says how the server of the connection with this number is.
    pub fn new(lost: u64, now: impl Fn(usize) -> Now) -> Losses {
        let mut losses = Losses { lost, ..Losses::NONE };
        for index in 0..usize::from(MAX_CONNECTIONS) {
            let bit = bit(index);
            if lost & bit != 0 {
                match now(index) {
                    Now::Down => {}
                    Now::Live => losses.live |= bit,
                    Now::Failed => losses.failed |= bit,
                    Now::Gone => losses.gone |= bit,
                }
            }
        }
        losses
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.lost == 0
    }

    /// The slot of each in the module's CSpace, and how its server is.
    pub fn iter(self) -> impl Iterator<Item = (u64, Now)> {
        let Losses { lost, live, failed, gone } = self;
        (0..usize::from(MAX_CONNECTIONS))
            .map(bit)
            .zip(FIRST_CONNECTION..)
            .filter(move |(bit, _)| lost & bit != 0)
            .map(move |(bit, slot)| {
                let now = match bit {
                    bit if gone & bit != 0 => Now::Gone,
                    bit if failed & bit != 0 => Now::Failed,
                    bit if live & bit != 0 => Now::Live,
                    _ => Now::Down,
                };
                (slot, now)
            })
    }
}

/// The bit of the connection with this number; 0 where there is no such connection.
pub fn bit(index: usize) -> u64 {
    let fits = u32::try_from(index).ok().filter(|index| *index < u32::from(MAX_CONNECTIONS));
    fits.and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_comes_back_with_what_is_said_of_it() {
        let most = usize::from(MAX_CONNECTIONS);
        let states = [Now::Down, Now::Live, Now::Failed, Now::Gone];
        let now = |index: usize| states[index % 4];
        let all = Losses::new((0..most).map(bit).sum(), now);
        let expected: Vec<_> = (0..most).map(|index| (FIRST_CONNECTION + index as u64, now(index))).collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), expected);
        let last = Losses::new(bit(most - 1), |_| Now::Gone);
        assert_eq!(last.iter().collect::<Vec<_>>(), [(FIRST_CONNECTION + most as u64 - 1, Now::Gone)]);
        assert!(Losses::NONE.is_empty() && Losses::NONE.iter().next().is_none() && !last.is_empty());
    }

    #[test]
    fn bits_below_at_and_above_the_bound() {
        let most = usize::from(MAX_CONNECTIONS);
        for (index, has) in
            [(0, true), (most - 1, true), (most, false), (63, false), (64, false), (usize::MAX, false)]
        {
            assert_eq!(bit(index) != 0, has, "{index}");
        }
    }
}

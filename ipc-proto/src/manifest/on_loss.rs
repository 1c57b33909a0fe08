//! What becomes of a module when a service that it is connected to loses its server.

use core::fmt;

use serde::{Deserialize, Serialize};

/// What becomes of a module when a server that it is connected to dies, has failed, or is unloaded. Its value is its bit in
/// the manifest's flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLoss {
    /// Nothing: its calls tell it.
    #[default]
    Ignore = 0,
    /// It is signalled, and can ask which of its connections have lost their server.
    Notify = 8,
    /// It is ended and started again: what it keeps for a server that is gone is gone, too.
    Restart = 16,
}

impl OnLoss {
    /// All bits.
    pub const MASK: u8 = OnLoss::Notify as u8 | OnLoss::Restart as u8;

    /// What a manifest's flags say; `None` where they say both.
    pub const fn of(flags: u8) -> Option<OnLoss> {
        match flags & OnLoss::MASK {
            0 => Some(OnLoss::Ignore),
            8 => Some(OnLoss::Notify),
            16 => Some(OnLoss::Restart),
            _ => None,
        }
    }
}

impl fmt::Display for OnLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            OnLoss::Ignore => "ignore",
            OnLoss::Notify => "notify",
            OnLoss::Restart => "restart",
        })
    }
}

//! What an operator can have done later, from when on, and what has become of it.

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Request;
use crate::name::Name;

/// What [`Request::After`] can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    /// As [`Request::Crash`].
    Crash,
    /// As [`Request::Unload`].
    Unload,
    /// As [`Request::Unload`] with `now`.
    UnloadNow,
    /// As [`Request::CancelUnload`].
    CancelUnload,
    /// As [`Request::Revoke`], of this client.
    Revoke(Name),
    /// Stop the module's thread wherever it is and let it go on, in one turn. A call that it had been inside, whose
    /// answer it could miss, returns `Interrupted`.
    Pause,
}

/// The moment from which [`Request::After`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Since {
    /// The request itself; the module's running instance is meant.
    Now,
    /// The start of this module's next instance, whether it is loaded now or not. One module can wait for that.
    NextStart(Name),
}

/// What has become of something that [`Request::After`] has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Its moment had not come: it is not done any more.
    TakenBack,
    /// The module whose start was waited for has not been started: it is not done any more.
    NeverBegun,
    /// It was done.
    Done,
    /// The instance that was meant came to its end before.
    Lapsed,
}

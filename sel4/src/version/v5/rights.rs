//! Rights of seL4 5.0.0: there is no GrantReply.

use crate::{Word, sys};

/// The right to be answered when calling.
///
/// 5.0.0 has only Grant for that: without it a caller never runs again. So asking for the one gives the other, and
/// such a caller can also send capabilities: receivers keep their receive slots closed.
pub const GRANT_REPLY: Option<Word> = Some(sys::RIGHT_GRANT);

//! What is asked of the supervisor, by operators, by the name server, by any module, and by the host; and what it shows of itself.

pub(super) mod caps;
pub(super) mod fingerprint;
pub(super) mod journal;
pub(super) mod operator;
pub(super) mod push;
pub(super) mod registrar;
pub(super) mod reports;
pub(super) mod requests;
pub(super) mod waits;

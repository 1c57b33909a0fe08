//! What is asked of the supervisor, by operators, by the name server and by any module; and what it shows of itself.

pub(super) mod caps;
pub(super) mod fingerprint;
pub(super) mod journal;
pub(super) mod operator;
pub(super) mod registrar;
pub(super) mod reports;
pub(super) mod requests;
pub(super) mod waits;

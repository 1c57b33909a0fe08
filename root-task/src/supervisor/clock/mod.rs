//! What the supervisor does because time has passed: its timer has rung, or somebody had enough of it.

pub(super) mod alarms;
pub(super) mod deadlines;
pub(super) mod hang;
pub(super) mod overdue;
pub(super) mod quotas;
pub(super) mod wakes;

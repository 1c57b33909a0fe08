//! How long an init may take. The time that it waits for names is the supervisor's and not its own, so it does not count:
//! as much of it, over all its lookups, as one of them may wait.

/// The clock of an init that has a deadline, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitClock {
    until: u64,
    /// So much of its waiting is still not counted.
    left: u64,
    /// It waits since then.
    waits_since: Option<u64>,
}

fn nanoseconds(ms: u32) -> u64 {
    u64::from(ms).saturating_mul(1_000_000)
}

impl InitClock {
    /// It begins now, may take `init_ms` milliseconds, and wait as many as `wait_ms` beside them.
    pub fn begin(now: u64, init_ms: u32, wait_ms: u32) -> InitClock {
        let until = now.saturating_add(nanoseconds(init_ms));
        InitClock { until, left: nanoseconds(wait_ms), waits_since: None }
    }

    /// It waits for a name from now on.
    pub fn waits(&mut self, now: u64) {
        self.waits_since.get_or_insert(now);
    }

    /// It does not wait any more.
    pub fn goes_on(&mut self, now: u64) {
        if let Some(since) = self.waits_since.take() {
            let waited = now.saturating_sub(since).min(self.left);
            self.left = self.left.saturating_sub(waited);
            self.until = self.until.saturating_add(waited);
        }
    }

    /// When its time is over, if it goes on as it does now.
    pub fn due(&self) -> u64 {
        if self.waits_since.is_some() { self.until.saturating_add(self.left) } else { self.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn without_waits_it_is_the_time_that_it_may_take() {
        assert_eq!(InitClock::begin(5, 10, 70).due(), 5 + 10 * MS);
        assert_eq!(InitClock::begin(5, 0, 0).due(), 5);
        assert_eq!(InitClock::begin(u64::MAX, u32::MAX, 1).due(), u64::MAX);
    }

    #[test]
    fn waits_do_not_count_up_to_the_bound_of_one() {
        let mut clock = InitClock::begin(0, 10, 70);
        clock.waits(4 * MS);
        assert_eq!(clock.due(), 80 * MS, "if it waits on");
        clock.waits(6 * MS);
        clock.goes_on(34 * MS);
        assert_eq!(clock.due(), 40 * MS, "30 ms are not counted");
        clock.goes_on(38 * MS);
        assert_eq!(clock.due(), 40 * MS, "it did not wait");
        clock.waits(39 * MS);
        clock.goes_on(78 * MS);
        assert_eq!(clock.due(), 79 * MS, "39 more");
        clock.waits(78 * MS);
        clock.goes_on(90 * MS);
        assert_eq!(clock.due(), 80 * MS, "and one, which was all that was left");
        clock.waits(90 * MS);
        assert_eq!(clock.due(), 80 * MS);
    }
}

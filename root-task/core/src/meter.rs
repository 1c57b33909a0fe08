//! How much of something a module has used in a period, and when it may go on.
//!
//! The clock is read only where more than the bound would be used: a module that does not come so far costs an addition. A
//! period begins at that moment, if the one before is over by then. What was used before, in however long a time, counts for
//! the old one: so in a stretch that is as long as a period, twice the bound is let through at most. With a clock that is
//! read at each use it would be the same, as two periods can meet in such a stretch.

/// How long a period lasts, in nanoseconds: a tenth of a second.
pub const PERIOD: u64 = 100_000_000;

/// What is used of one thing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    used: u32,
    began: u64,
}

/// More than the bound was asked for since a period began. It ends at this moment, in nanoseconds of the supervisor's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// When the next period can begin.
    pub until: u64,
}

impl Meter {
    /// Uses `amount`.
    ///
    /// # Errors
    /// [`Exceeded`]: with it, more than `bound` would be used in this period. Nothing has changed.
    pub fn spend(&mut self, amount: u32, bound: u32, now: impl FnOnce() -> u64) -> Result<(), Exceeded> {
        let used = self.used.saturating_add(amount);
        if used <= bound {
            self.used = used;
            return Ok(());
        }
        let now = now();
        let until = self.began.saturating_add(PERIOD);
        if now < until {
            return Err(Exceeded { until });
        }
        (self.began, self.used) = (now, 0);
        if amount > bound {
            return Err(Exceeded { until: now.saturating_add(PERIOD) });
        }
        self.used = amount;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_below_at_and_above() {
        let mut meter = Meter::default();
        let now = PERIOD;
        assert_eq!(meter.spend(11, 10, || now), Err(Exceeded { until: now + PERIOD }), "above at once");
        assert_eq!(meter.spend(9, 10, || now), Ok(()), "below");
        assert_eq!(meter.spend(1, 10, || now), Ok(()), "at it");
        assert_eq!(meter.spend(1, 10, || now), Err(Exceeded { until: now + PERIOD }), "above");
        assert_eq!(meter.spend(0, 10, || now), Ok(()));
    }

    #[test]
    fn a_new_period_begins_when_the_old_one_is_over() {
        let mut meter = Meter::default();
        let bound = 2;
        for began in [PERIOD, 5 * PERIOD + 7] {
            assert_eq!(meter.spend(1, bound, || began), Ok(()));
            assert_eq!(meter.spend(1, bound, || began), Ok(()));
            let until = if began == PERIOD { PERIOD } else { 2 * PERIOD };
            // The first period began at 0, before anything was used; the later ones when the bound was reached.
            assert_eq!(meter.spend(1, bound, || until - 1), Err(Exceeded { until }), "{began}");
            assert_eq!(meter.spend(1, bound, || until), Ok(()), "{began}");
            meter.used = 0;
        }
    }

    #[test]
    fn twice_the_bound_comes_through_in_the_length_of_a_period_and_no_more() {
        let mut meter = Meter::default();
        let bound = 10;
        // Used up to its bound, however long that took.
        let now = 7 * PERIOD;
        let through = (0..100).filter(|later| meter.spend(1, bound, || now + later).is_ok()).count();
        assert_eq!(through, 20);
        let rest =
            (100..PERIOD).step_by(1_000_000).filter(|later| meter.spend(1, bound, || now + later).is_ok());
        assert_eq!(rest.count(), 0, "the period began with the eleventh");
        assert_eq!(meter.spend(1, bound, || now + 10 + PERIOD), Ok(()));
    }

    #[test]
    fn who_stays_below_never_reads_the_clock() {
        let mut meter = Meter::default();
        for _ in 0..100 {
            assert_eq!(meter.spend(1, 100, || panic!("the clock was read")), Ok(()));
        }
        assert_eq!(meter.spend(u32::MAX, u32::MAX, || panic!("unbounded")), Ok(()));
    }
}

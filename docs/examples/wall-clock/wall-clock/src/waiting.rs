//! Who waits until when.

/// Up to `N` who wait.
#[derive(Debug)]
pub struct Waiting<R, const N: usize>([Option<(u64, R)>; N]);

impl<R, const N: usize> Waiting<R, N> {
    /// Nobody.
    pub const fn nobody() -> Waiting<R, N> {
        Waiting([const { None }; N])
    }

    /// One more.
    ///
    /// # Errors
    /// Whoever finds no room.
    pub fn add(&mut self, until: u64, who: R) -> Result<(), R> {
        match self.0.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some((until, who)),
            None => return Err(who),
        }
        Ok(())
    }

    /// Takes one of whom that is true: until when they wait, and who it is.
    pub fn take(&mut self, is_it: impl Fn(u64, &R) -> bool) -> Option<(u64, R)> {
        self.0.iter_mut().find_map(|place| place.take_if(|(until, who)| is_it(*until, who)))
    }

    /// Until when the first of them waits.
    pub fn next(&self) -> Option<u64> {
        self.0.iter().flatten().map(|(until, _)| *until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_when_its_time_has_come() {
        let mut waiting = Waiting::<&str, 4>::nobody();
        assert_eq!(waiting.next(), None);
        for (until, who) in [(7, "late"), (3, "early"), (3, "too")] {
            assert_eq!(waiting.add(until, who), Ok(()));
        }
        assert_eq!((waiting.next(), waiting.take(|until, _| until <= 2)), (Some(3), None));
        assert_eq!(waiting.take(|until, _| until <= 3), Some((3, "early")));
        assert_eq!(waiting.take(|until, _| until <= 3), Some((3, "too")));
        assert_eq!((waiting.take(|until, _| until <= 3), waiting.next()), (None, Some(7)));
    }

    #[test]
    fn there_is_room_for_so_many_and_again_when_one_has_gone() {
        let mut waiting = Waiting::<u32, 2>::nobody();
        assert_eq!((waiting.add(1, 1), waiting.add(2, 2), waiting.add(3, 3)), (Ok(()), Ok(()), Err(3)));
        assert_eq!(waiting.take(|until, _| until == 1), Some((1, 1)));
        assert_eq!(waiting.add(3, 3), Ok(()));
        assert_eq!(waiting.take(|_, who| *who == 3), Some((3, 3)));
    }
}

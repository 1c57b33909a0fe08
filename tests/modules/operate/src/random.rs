//! Numbers that look random and repeat for a seed.

/// A generator: xorshift64* (Vigna 2016, "An experimental exploration of Marsaglia's xorshift generators, scrambled").
#[derive(Clone, Copy, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub const fn new(seed: u64) -> Random {
        Random(if seed == 0 { 1 } else { seed })
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.any() >> 32).checked_rem(bound).unwrap_or(0)
    }

    /// One of these; 0 where there is none.
    pub fn one_of(&mut self, list: &[u64]) -> u64 {
        let index = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(index).copied().unwrap_or(0)
    }
}

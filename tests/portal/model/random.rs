//! A random walk's choices: all of them follow from the seed.

/// SplitMix64: small, and good enough to choose steps.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound that is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a bound");
        usize::try_from(self.next() % bound).expect("a number")
    }

    /// True so many times out of a hundred.
    pub(crate) fn percent(&mut self, of_a_hundred: usize) -> bool {
        self.below(100) < of_a_hundred
    }

    /// One of some things.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Nothing, or a number below a bound.
    pub(crate) fn maybe(&mut self, bound: usize) -> Option<usize> {
        let number = self.below(bound + 1);
        (number < bound).then_some(number)
    }

    /// One of so many things, one of the last few more often than an old one; nothing if there is none.
    pub(crate) fn recent(&mut self, many: usize) -> Option<usize> {
        let from = if self.percent(75) { many.saturating_sub(8) } else { 0 };
        (many > 0).then(|| from + self.below(many - from))
    }
}

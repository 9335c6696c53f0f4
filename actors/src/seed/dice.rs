//! Chance that falls the same way on every machine and with every version of
//! everything: for libraries that are made up.

/// A stream of numbers out of one seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
    /// The second of two normal numbers that come together.
    spare: Option<f32>,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            spare: None,
        }
    }

    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly in 0…1, without 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// One of `0..n`; 0 for none.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of a list that has some.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Normal, of mean 0 and deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f32 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.unit()).sin_cos();
        self.spare = Some((radius * sine) as f32);
        (radius * cosine) as f32
    }

    /// How many fail before one succeeds, where `mean` do on average.
    pub fn geometric(&mut self, mean: f64) -> usize {
        let stop = 1.0 / (1.0 + mean);
        ((1.0 - self.unit()).ln() / (1.0 - stop).ln()) as usize
    }

    /// In any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Ranks of which the first are frequent and the last rare, as words are
/// (Zipf and Mandelbrot).
#[derive(Debug, Clone)]
pub struct Zipf {
    /// Sums of the weights up to each rank.
    sums: Vec<f64>,
}

impl Zipf {
    /// `n` ranks; the higher the exponent, the fewer make up most.
    pub fn new(n: usize, exponent: f64) -> Self {
        const SHIFT: f64 = 2.7;
        let mut sum = 0.0;
        let add = |rank: usize| {
            sum += (rank as f64 + SHIFT).powf(-exponent);
            sum
        };
        Self {
            sums: (0..n).map(add).collect(),
        }
    }

    pub fn roll(&self, dice: &mut Dice) -> usize {
        let total = self.sums.last().copied().unwrap_or(0.0);
        let at = dice.unit() * total;
        let rank = self.sums.partition_point(|sum| *sum <= at);
        rank.min(self.sums.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let mut dice = Dice::new(7);
        let first: Vec<u64> = (0..3).map(|_| dice.bits()).collect();
        assert_eq!(
            first,
            [
                0x63cb_e1e4_5932_0dd7,
                0x044c_3cd7_f43c_661c,
                0xe698_4080_bab1_2a02
            ]
        );
    }

    #[test]
    fn numbers_are_spread_as_they_say() {
        let mut dice = Dice::new(1);
        let n = 20_000;
        let normal: Vec<f64> = (0..n).map(|_| f64::from(dice.normal())).collect();
        let mean = normal.iter().sum::<f64>() / n as f64;
        let square = normal.iter().map(|x| x * x).sum::<f64>() / n as f64;
        assert!(
            mean.abs() < 0.03 && (square - 1.0).abs() < 0.05,
            "{mean} {square}"
        );
        let waits = (0..n).map(|_| dice.geometric(3.0) as f64).sum::<f64>() / n as f64;
        assert!((waits - 3.0).abs() < 0.15, "{waits}");
        let zipf = Zipf::new(1_000, 1.07);
        let mut counts = vec![0; 1_000];
        (0..n).for_each(|_| counts[zipf.roll(&mut dice)] += 1);
        assert!(
            counts[0] > counts[9] && counts[9] > counts[200],
            "{counts:?}"
        );
        let mut order: Vec<usize> = (0..50).collect();
        dice.shuffle(&mut order);
        assert_ne!(order, (0..50).collect::<Vec<_>>());
        order.sort();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
    }
}

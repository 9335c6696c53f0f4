//! Sets of ordinals as plain bits: quick to ask, and to put together.

/// Bits of a word.
pub const WORD: usize = 64;

/// A set of small numbers. What lies beyond its end is not in it; it grows as
/// numbers are put in.
#[derive(Debug, Clone, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// All numbers below `len`.
    pub fn full(len: usize) -> Self {
        let mut words = vec![u64::MAX; len / WORD];
        if !len.is_multiple_of(WORD) {
            words.push((1 << (len % WORD)) - 1);
        }
        Self(words)
    }

    /// False when it was there.
    pub fn insert(&mut self, at: u32) -> bool {
        let (word, bit) = place(at);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let fresh = self.0[word] & bit == 0;
        self.0[word] |= bit;
        fresh
    }

    /// False when it was not there.
    pub fn remove(&mut self, at: u32) -> bool {
        let (word, bit) = place(at);
        let Some(word) = self.0.get_mut(word) else {
            return false;
        };
        let there = *word & bit != 0;
        *word &= !bit;
        there
    }

    pub fn set(&mut self, at: u32, there: bool) {
        if there {
            self.insert(at);
        } else {
            self.remove(at);
        }
    }

    pub fn contains(&self, at: u32) -> bool {
        let (word, bit) = place(at);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Beyond all that are in it.
    pub fn end(&self) -> usize {
        self.0.len() * WORD
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Leaves what is in both.
    pub fn and(&mut self, other: &Bits) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    /// Adds what is in the other.
    pub fn or(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// Takes away what is in the other.
    pub fn without(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    /// How many of these are in the other too.
    pub fn shared(&self, other: &Bits) -> usize {
        let words = self.0.iter().zip(&other.0);
        words.map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    /// The numbers from `64 · at` on, the lowest as the lowest bit.
    pub fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words = self.0.iter().enumerate();
        words.flat_map(|(at, word)| ones(*word).map(move |bit| (at * WORD) as u32 + bit))
    }
}

/// The places of a word's bits.
pub fn ones(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros();
            word &= word - 1;
            bit
        })
    })
}

impl FromIterator<u32> for Bits {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        let mut bits = Self::default();
        bits.extend(numbers);
        bits
    }
}

impl Extend<u32> for Bits {
    fn extend<T: IntoIterator<Item = u32>>(&mut self, numbers: T) {
        for at in numbers {
            self.insert(at);
        }
    }
}

/// The same numbers, however long the ends are.
impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        let words = self.0.len().max(other.0.len());
        (0..words).all(|at| self.word(at) == other.word(at))
    }
}

impl Eq for Bits {}

fn place(at: u32) -> (usize, u64) {
    (at as usize / WORD, 1 << (at as usize % WORD))
}

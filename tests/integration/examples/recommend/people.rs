//! People with a few interests each, the same on every run.

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};

use crate::library::Library;

const SEED: u64 = 20_261_127;
/// Interests of one person, and what they have saved of each.
const INTERESTS: std::ops::RangeInclusive<usize> = 3..=7;
const SAVES: std::ops::RangeInclusive<usize> = 4..=10;
/// Part of their clusters that everybody may see.
const OPEN: f64 = 0.4;

/// One cluster of one person.
pub struct Kept {
    pub interest: String,
    /// In the order in which they were saved.
    pub saved: Vec<usize>,
    pub open: bool,
}

pub struct Person {
    pub interests: Vec<Kept>,
}

pub struct People {
    pub all: Vec<Person>,
}

impl Person {
    pub fn saved(&self) -> impl Iterator<Item = usize> {
        self.interests
            .iter()
            .flat_map(|kept| kept.saved.iter().copied())
    }

    pub fn has(&self, picture: usize) -> bool {
        self.saved().any(|saved| saved == picture)
    }
}

impl People {
    pub fn invent(library: &Library, count: usize) -> Self {
        let mut random = StdRng::seed_from_u64(SEED);
        let interests = library.interests();
        let names: Vec<&str> = interests.keys().copied().collect();
        let person = |random: &mut StdRng| {
            let number = random.random_range(INTERESTS);
            let chosen: Vec<&str> = names.choose_multiple(random, number).copied().collect();
            let kept = chosen.into_iter().map(|interest| {
                let mut pictures = interests[interest].clone();
                pictures.shuffle(random);
                // at least as much is left to be found
                pictures.truncate(random.random_range(SAVES).min(pictures.len() / 2));
                Kept {
                    interest: interest.to_owned(),
                    saved: pictures,
                    open: random.random_bool(OPEN),
                }
            });
            Person {
                interests: kept.collect(),
            }
        };
        Self {
            all: (0..count).map(|_| person(&mut random)).collect(),
        }
    }

    pub fn mean(&self, of: impl Fn(&Person) -> usize) -> f64 {
        self.all.iter().map(of).sum::<usize>() as f64 / self.all.len() as f64
    }
}

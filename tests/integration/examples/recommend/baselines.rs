//! What others do.

use ml::vector::{dot, normalise};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::LOOKED_AT;
use crate::library::Library;
use crate::people::{People, Person};

pub struct Baselines<'a> {
    library: &'a Library,
    /// How many people saved each picture.
    saves: Vec<usize>,
}

impl<'a> Baselines<'a> {
    pub fn new(library: &'a Library, people: &People) -> Self {
        let mut saves = vec![0; library.pictures.len()];
        for saved in people.all.iter().flat_map(Person::saved) {
            saves[saved] += 1;
        }
        Self { library, saves }
    }

    pub fn by_chance(&self, person: &Person) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.library.pictures.len()).collect();
        all.shuffle(&mut StdRng::seed_from_u64(
            person.saved().sum::<usize>() as u64
        ));
        self.first(person, all)
    }

    pub fn popular(&self, person: &Person) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.library.pictures.len()).collect();
        all.sort_by_key(|&at| std::cmp::Reverse(self.saves[at]));
        self.first(person, all)
    }

    /// Nearest to the mean of all that a person saved.
    pub fn mean(&self, person: &Person) -> Vec<usize> {
        let mut mean = vec![0.0; self.library.pictures[0].centred.len()];
        for saved in person.saved() {
            let vector = &self.library.pictures[saved].centred;
            mean.iter_mut().zip(vector).for_each(|(m, x)| *m += x);
        }
        normalise(&mut mean);
        self.nearest(person, &mean)
    }

    /// Nearest to what was saved last.
    pub fn last(&self, person: &Person) -> Vec<usize> {
        match person.saved().last() {
            Some(last) => self.nearest(person, &self.library.pictures[last].centred),
            None => Vec::new(),
        }
    }

    fn nearest(&self, person: &Person, query: &[f32]) -> Vec<usize> {
        let score = |at: usize| dot(&self.library.pictures[at].centred, query);
        let mut all: Vec<usize> = (0..self.library.pictures.len()).collect();
        all.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
        self.first(person, all)
    }

    fn first(&self, person: &Person, order: Vec<usize>) -> Vec<usize> {
        let new = order.into_iter().filter(|&at| !person.has(at));
        new.take(LOOKED_AT).collect()
    }
}

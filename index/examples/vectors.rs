//! The vector index under the commands of `index/bench/vectors.py`: one line in,
//! one line out.
//!
//! `vectors BASE QUERIES NUMBERS K`: files of little-endian `f32`, row by row.

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use asterism_index::{Bits, Ordinals, VectorIndex};
use protocol::ElementId;

/// Each row belongs to one of so many.
const PARTS: u64 = 100;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [base, queries, numbers, k] = args.as_slice() else {
        eprintln!("vectors BASE QUERIES NUMBERS K");
        std::process::exit(2);
    };
    let numbers: usize = numbers.parse().expect("a number of numbers");
    let mut bench = Bench {
        base: read(base.as_ref()),
        queries: read(queries.as_ref()),
        numbers,
        k: k.parse().expect("a number of neighbours"),
        ordinals: Ordinals::default(),
        parts: vec![Bits::default(); PARTS as usize],
        index: VectorIndex::new(numbers),
    };
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("commands are text");
        let words: Vec<&str> = line.split_whitespace().collect();
        let start = Instant::now();
        match words.as_slice() {
            ["add", from, until] => bench.add(number(from), number(until)),
            ["remove", from, until] => bench.remove(number(from), number(until)),
            ["query", percent, _, file] => bench.query(number(percent), file),
            _ => panic!("what is {line:?}?"),
        }
        println!("{} {}", start.elapsed().as_secs_f64(), resident());
        std::io::stdout().flush().expect("somebody listens");
    }
}

/// As the server keeps it: numbers for elements, sets of them by which a search
/// is narrowed, and the vectors.
struct Bench {
    base: Vec<f32>,
    queries: Vec<f32>,
    numbers: usize,
    k: usize,
    ordinals: Ordinals,
    parts: Vec<Bits>,
    index: VectorIndex,
}

impl Bench {
    fn add(&mut self, from: usize, until: usize) {
        for row in from..until {
            let vector = &self.base[row * self.numbers..(row + 1) * self.numbers];
            let at = self.ordinals.give(&element(row));
            self.parts[part(row)].insert(at);
            assert!(self.index.insert(at, vector));
        }
    }

    fn remove(&mut self, from: usize, until: usize) {
        for row in from..until {
            let at = self.ordinals.take(&element(row)).expect("it was added");
            self.parts[part(row)].remove(at);
            assert!(self.index.remove(at));
        }
    }

    /// Writes the rows that were found, for each query so many.
    fn query(&self, percent: usize, file: &str) {
        let mut found: Vec<u8> = Vec::new();
        let mut passing = Bits::default();
        self.parts[..percent].iter().for_each(|p| passing.or(p));
        let everybody = Bits::full(self.ordinals.end());
        for query in self.queries.chunks(self.numbers) {
            // sets that are kept are put together for every search anew
            let mut within = everybody.clone();
            within.and(&passing);
            let hits = self.index.search(query, self.k, &within, |_| true);
            let rows = hits
                .iter()
                .filter_map(|(at, _)| self.ordinals.id(*at))
                .map(row)
                .chain(std::iter::repeat(-1));
            rows.take(self.k)
                .for_each(|row| found.extend(row.to_le_bytes()));
        }
        std::fs::write(file, found).expect("a file for what was found");
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn element(row: usize) -> ElementId {
    ElementId::from_parts(row as u64 + 1, 0)
}

/// Which row an element is: its time, read back.
fn row(id: &ElementId) -> i32 {
    const DIGITS: &str = "0123456789abcdefghjkmnpqrstvwxyz";
    let value = |c: char| DIGITS.find(c).expect("a digit") as i64;
    let time = id.as_str()[..10]
        .chars()
        .fold(0, |sum, c| sum * 32 + value(c));
    (time - 1) as i32
}

/// By chance but always the same: `vectors.py` and `hnsw.cpp` know it too.
fn part(row: usize) -> usize {
    let part = ((row as u64 * 2_654_435_761) & 0xffff_ffff) >> 16;
    (part % PARTS) as usize
}

fn read(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).expect("a file of vectors");
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|n| f32::from_le_bytes(*n)).collect()
}

/// Resident memory in bytes.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

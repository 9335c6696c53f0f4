//! What the indexes cost at a size: time to fill them, bytes, and milliseconds
//! of CPU for an answer.
//!
//! `cargo run -p asterism-index --example costs -- [ELEMENTS]`

use std::time::Instant;

use asterism_index::{Bits, Completions, TextIndex, Texts, VectorIndex};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Numbers of a vector, and middles around which they lie.
const DIM: usize = 512;
const MIDDLES: usize = 200;
/// Different words of the made-up texts.
const WORDS: u32 = 30_000;
/// Times that each question is asked.
const TURNS: usize = 60;
/// Elements after which texts are committed, as at a start.
const COMMIT_EVERY: u32 = 10_000;

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let count: u32 = count.unwrap_or(100_000);
    let mut chance = StdRng::seed_from_u64(1);
    let shares = [1.0, 0.1, 0.01].map(|share| {
        let within = (0..count).filter(|_| chance.random_bool(share));
        (share, within.collect::<Bits>())
    });
    println!("{count} elements");
    texts(count, &mut chance, &shares);
    vectors(count, &mut chance, &shares);
    hints(&mut chance);
}

fn texts(count: u32, chance: &mut StdRng, shares: &[(f64, Bits)]) {
    let all: Vec<[String; 4]> = (0..count)
        .map(|n| {
            let mut text = |words| said(chance, words);
            [text(5), text(12), text(3), format!("IMG_{n:05}.jpg")]
        })
        .collect();
    let index = TextIndex::new().expect("threads can be had");
    let fill = Filling::start();
    for (at, [title, description, text, file_name]) in (0..).zip(&all) {
        let texts = Texts {
            title,
            description,
            file_name,
            text,
            ..Texts::default()
        };
        index.put(at, texts).expect("the writer is there");
        if at % COMMIT_EVERY == COMMIT_EVERY - 1 {
            index.commit().expect("the writer is there");
        }
    }
    index.commit().expect("the writer is there");
    fill.end("texts", count);
    let one = Texts {
        title: "another one",
        ..Texts::default()
    };
    let mut at = count;
    asked("texts: one put and committed", || {
        index.put(at, one).expect("the writer is there");
        index.commit().expect("the writer is there");
        at += 1;
    });
    for (share, within) in shares {
        let [first, second, third] = [1, 2, 3].map(named);
        let all = format!("{first} {second} {third}");
        let begun = &named(29)[..3];
        let mixed = format!("{first} {} {} {begun}", named(40), named(900));
        for (what, words) in [
            ("a word of three in four", first.as_str()),
            ("three frequent words", &all),
            ("a word of one in ten", &named(12)),
            ("a rare word", &named(2_500)),
            ("a word that is not finished", begun),
            ("four words, one unfinished", &mixed),
        ] {
            asked(&format!("texts: {what}, {share} allowed"), || {
                index.search(words, 200, within).expect("it is whole");
            });
        }
        let beside = format!("{first} {second}");
        asked(&format!("texts: a phrase, {share} allowed"), || {
            index.containing(&beside, within).expect("it is whole");
        });
    }
}

/// Words as frequent as in a language: the n-th 1/n times as often.
fn said(chance: &mut StdRng, words: usize) -> String {
    let word = |chance: &mut StdRng| {
        let place = f64::from(WORDS).powf(chance.random_range(0.0..1.0));
        named(place as u32)
    };
    let words: Vec<String> = (0..words).map(|_| word(chance)).collect();
    words.join(" ")
}

/// The n-th word: of letters alone, as digits would be words of their own.
fn named(n: u32) -> String {
    let letter = |place: u32| char::from(b'a' + (n / 26u32.pow(place) % 26) as u8);
    let letters: String = (0..4).map(letter).collect();
    format!("x{letters}o")
}

fn vectors(count: u32, chance: &mut StdRng, shares: &[(f64, Bits)]) {
    let mut around = |middle: Option<&Vec<f32>>, spread: f32| -> Vec<f32> {
        let middle = (0..DIM).map(|at| middle.map_or(0.0, |middle| middle[at]));
        middle
            .map(|x| x + spread * chance.random_range(-1.0f32..1.0))
            .collect()
    };
    let middles: Vec<Vec<f32>> = (0..MIDDLES).map(|_| around(None, 1.0)).collect();
    let mut index = VectorIndex::new(DIM);
    let rows: Vec<Vec<f32>> = (0..count as usize)
        .map(|n| around(Some(&middles[n % MIDDLES]), 1.0))
        .collect();
    let fill = Filling::start();
    for (at, row) in (0..).zip(&rows) {
        index.insert(at, row);
    }
    fill.end("vectors of 512 numbers", count);
    let queries: Vec<Vec<f32>> = middles.iter().map(|m| around(Some(m), 1.0)).collect();
    for (share, within) in shares {
        let mut turn = 0;
        asked(&format!("vectors: the nearest 10, {share} allowed"), || {
            index.search(&queries[turn % MIDDLES], 10, within, |_| true);
            turn += 1;
        });
        asked(
            &format!("vectors: the nearest 200, {share} allowed"),
            || {
                index.search(&queries[turn % MIDDLES], 200, within, |_| true);
                turn += 1;
            },
        );
    }
}

fn hints(chance: &mut StdRng) {
    let mut completions = Completions::default();
    let letters = |chance: &mut StdRng| {
        let length = chance.random_range(3..12);
        let letter = |_| char::from(b'a' + (26.0 * chance.random_range(0f32..1.0).powi(2)) as u8);
        (0..length).map(letter).collect::<String>()
    };
    for number in 0..50_000 {
        completions.insert(letters(chance).into(), number);
    }
    let meant: Vec<u32> = (0..50_000).collect();
    let weights: Vec<u32> = (0..50_000).map(|_| chance.random_range(0..99)).collect();
    for typed in ["a", "bc", "caab", "lightouhse"] {
        asked(&format!("50,000 words: {typed:?} may become"), || {
            completions.complete(typed, 20, &meant, &weights);
        });
    }
}

/// Bytes and time from here on.
struct Filling {
    start: Instant,
    cpu: f64,
    bytes: u64,
}

impl Filling {
    fn start() -> Self {
        Self {
            start: Instant::now(),
            cpu: cpu(libc::CLOCK_PROCESS_CPUTIME_ID),
            bytes: resident(),
        }
    }

    fn end(self, what: &str, count: u32) {
        let cpu = cpu(libc::CLOCK_PROCESS_CPUTIME_ID) - self.cpu;
        let bytes = resident().saturating_sub(self.bytes) / u64::from(count);
        let wall = self.start.elapsed().as_secs_f64();
        println!("{what}: filled in {wall:.2} s, {cpu:.2} s of CPU; {bytes} bytes each");
    }
}

/// Asks again and again, and tells the median and the slowest but one in
/// twenty, in milliseconds of this thread's CPU.
fn asked(what: &str, mut ask: impl FnMut()) {
    let mut times: Vec<f64> = (0..TURNS)
        .map(|_| {
            let start = cpu(libc::CLOCK_THREAD_CPUTIME_ID);
            ask();
            1_000.0 * (cpu(libc::CLOCK_THREAD_CPUTIME_ID) - start)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (median, slow) = (times[TURNS / 2], times[TURNS * 19 / 20]);
    println!("{what}: {median:.3} ms, {slow:.3} ms");
}

/// Seconds.
fn cpu(clock: libc::clockid_t) -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes to the struct that it is given, and nothing else.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
    4_096 * pages.unwrap_or(0)
}

//! One bit for each number of a vector: enough to tell what may be near.
//!
//! A unit vector is turned by a fixed random rotation and its signs are kept
//! (RaBitQ: Gao and Long, SIGMOD 2024). From the signs and one factor for each
//! row its product with a query is estimated without bias, and how far off the
//! estimate may be is known: [`Code::spread`]. Signs lie in blocks of rows, four of a row
//! in half a byte, so that one shuffle looks up the share of four numbers for
//! sixteen rows (André, Kermarrec and Le Scouarnec, VLDB 2015).

/// Rows of a block.
pub const BLOCK: usize = 32;
/// Bytes of a block for each four numbers of a vector.
pub const GROUP: usize = BLOCK / 2;
/// Groups of which the steps can be summed in sixteen bits: 1,024 numbers.
pub const GROUPS: usize = 256;
const _: () = assert!(GROUPS * (u8::MAX as usize) <= u16::MAX as usize);

/// Turns vectors so that no direction is special: three times random signs and
/// a Hadamard transform. The same in every process.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Numbers of a turned vector.
    width: usize,
    signs: [Vec<f32>; 3],
}

/// The signs of a turned unit vector.
pub struct Code {
    /// Four signs each.
    pub nibbles: Vec<u8>,
    /// What the product of signs and query is multiplied by.
    pub factor: f32,
    /// Standard deviation of the estimate, for a query of length one.
    pub spread: f32,
}

/// What four signs add to a product with a query, for each of their sixteen
/// forms; in steps of eight bits.
pub struct Table {
    /// Sixteen steps for each four numbers, those twice behind each other
    /// never crossing 32 bytes.
    pub sums: Vec<u8>,
    pub step: f32,
    pub base: f32,
}

impl Rotation {
    pub fn new(dim: usize) -> Self {
        let width = dim.next_power_of_two().max(16);
        let mut state = width as u64;
        let mut signs = || (0..width).map(|_| sign(&mut state)).collect();
        Self {
            signs: [signs(), signs(), signs()],
            width,
        }
    }

    /// Groups of four numbers of a turned vector: an even number.
    pub fn groups(&self) -> usize {
        self.width / 4
    }

    fn turn(&self, vector: &[f32]) -> Vec<f32> {
        let mut turned = Vec::with_capacity(self.width);
        turned.extend_from_slice(vector);
        turned.resize(self.width, 0.0);
        for signs in &self.signs {
            turned.iter_mut().zip(signs).for_each(|(x, s)| *x *= s);
            hadamard(&mut turned);
        }
        let scale = (self.width as f32).powf(-1.5);
        turned.iter_mut().for_each(|x| *x *= scale);
        turned
    }

    /// The signs of a unit vector.
    pub fn code(&self, unit: &[f32]) -> Code {
        let turned = self.turn(unit);
        let (quads, _) = turned.as_chunks::<4>();
        let nibble = |quad: &[f32; 4]| {
            let bits = quad.iter().enumerate();
            bits.map(|(at, x)| u8::from(*x >= 0.0) << at).sum()
        };
        let width = self.width as f32;
        // cosine of the vector and its signs: about 0.8
        let alike = turned.iter().map(|x| x.abs()).sum::<f32>() / width.sqrt();
        let alike = alike.clamp(f32::EPSILON, 1.0);
        Code {
            nibbles: quads.iter().map(nibble).collect(),
            factor: 1.0 / alike,
            spread: (1.0 - alike * alike).sqrt() / alike / (width - 1.0).sqrt(),
        }
    }

    /// The table of a query.
    pub fn table(&self, query: &[f32]) -> Table {
        let turned = self.turn(query);
        let (quads, _) = turned.as_chunks::<4>();
        // the sums of a group reach from −reach to reach
        let reach = |quad: &[f32; 4]| quad.iter().map(|x| x.abs()).sum::<f32>();
        let widest = quads.iter().map(reach).fold(f32::MIN_POSITIVE, f32::max);
        let steps = 255.0 / (2.0 * widest);
        let mut sums = Vec::with_capacity(quads.len() * 16);
        for quad in quads {
            let low = reach(quad);
            for form in 0..16usize {
                let sum: f32 = (0..4)
                    .map(|at| quad[at] * if form >> at & 1 == 1 { 1.0 } else { -1.0 })
                    .sum();
                sums.push(((sum + low) * steps + 0.5) as u8);
            }
        }
        let root = (self.width as f32).sqrt();
        Table {
            sums,
            step: 1.0 / (steps * root),
            base: -quads.iter().map(reach).sum::<f32>() / root,
        }
    }
}

/// Puts the signs of a row into its block.
pub fn store(block: &mut [u8], row: usize, nibbles: &[u8]) {
    let (byte, shift) = (row % GROUP, 4 * (row / GROUP));
    for (group, nibble) in block.chunks_exact_mut(GROUP).zip(nibbles) {
        group[byte] = group[byte] & !(15 << shift) | nibble << shift;
    }
}

fn hadamard(x: &mut [f32]) {
    let mut half = 1;
    while half < x.len() {
        for pair in x.chunks_exact_mut(2 * half) {
            let (a, b) = pair.split_at_mut(half);
            for (a, b) in a.iter_mut().zip(b) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

/// A fair sign (SplitMix64).
fn sign(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    if (z ^ (z >> 31)) & 1 == 1 { 1.0 } else { -1.0 }
}

#[cfg(target_arch = "x86_64")]
pub use wide::sums;

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::__m256i;

    use pulp::x86::V3;

    use super::BLOCK;

    /// For each row of a block the sum of its groups' steps.
    #[inline(always)]
    pub fn sums(simd: V3, block: &[u8], table: &[u8]) -> [u16; BLOCK] {
        let V3 { avx, avx2, .. } = simd;
        let half = avx._mm256_set1_epi8(15);
        let none = avx._mm256_setzero_si256();
        let (blocks, _) = block.as_chunks::<32>();
        let (tables, _) = table.as_chunks::<32>();
        // bytes are summed in pairs as 16 bits; the upper ones once more alone,
        // so that they can be taken off the pairs at the end
        let (mut low, mut low_odd, mut high, mut high_odd) = (none, none, none, none);
        for (codes, steps) in blocks.iter().zip(tables) {
            let codes: __m256i = pulp::cast(*codes);
            let steps: __m256i = pulp::cast(*steps);
            let of_low = avx2._mm256_and_si256(codes, half);
            let of_high = avx2._mm256_and_si256(avx2._mm256_srli_epi16::<4>(codes), half);
            let of_low = avx2._mm256_shuffle_epi8(steps, of_low);
            let of_high = avx2._mm256_shuffle_epi8(steps, of_high);
            low = avx2._mm256_add_epi16(low, of_low);
            low_odd = avx2._mm256_add_epi16(low_odd, avx2._mm256_srli_epi16::<8>(of_low));
            high = avx2._mm256_add_epi16(high, of_high);
            high_odd = avx2._mm256_add_epi16(high_odd, avx2._mm256_srli_epi16::<8>(of_high));
        }
        // each half of a register held another group: together they are the row
        let rows = |pairs: __m256i, odd: __m256i| -> [u16; 16] {
            let even = avx2._mm256_sub_epi16(pairs, avx2._mm256_slli_epi16::<8>(odd));
            let first = avx2._mm256_unpacklo_epi16(even, odd);
            let last = avx2._mm256_unpackhi_epi16(even, odd);
            let groups = avx2._mm256_permute2x128_si256::<0x20>(first, last);
            let others = avx2._mm256_permute2x128_si256::<0x31>(first, last);
            pulp::cast(avx2._mm256_add_epi16(groups, others))
        };
        pulp::cast([rows(low, low_odd), rows(high, high_odd)])
    }
}

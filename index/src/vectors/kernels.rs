//! The arithmetic of the scan: written so that the compiler turns it into the
//! widest vector instructions at hand ([`pulp`] chooses them).

/// Numbers handled side by side.
const LANES: usize = 16;

/// Sum of the products of two rows of small numbers, of less than 2¹⁷ numbers.
#[inline(always)]
pub fn dot_small(a: &[i8], b: &[i8]) -> i32 {
    let (heads, tail) = a.as_chunks::<LANES>();
    let (others, other_tail) = b.as_chunks::<LANES>();
    let mut sum = 0;
    for (x, y) in heads.iter().zip(others) {
        // summed at once: neighbours are multiplied and added by one instruction
        let mut part = 0;
        for lane in 0..LANES {
            part += i32::from(x[lane]) * i32::from(y[lane]);
        }
        sum += part;
    }
    let rest = tail.iter().zip(other_tail);
    rest.fold(sum, |sum, (x, y)| sum + i32::from(*x) * i32::from(*y))
}

/// Sum of the products with a row of small numbers.
#[inline(always)]
pub fn dot_wide(a: &[f32], b: &[i8]) -> f32 {
    let mut sums = [0f32; LANES];
    let (heads, tail) = a.as_chunks::<LANES>();
    let (others, other_tail) = b.as_chunks::<LANES>();
    for (x, y) in heads.iter().zip(others) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * f32::from(y[lane]);
        }
    }
    let rest = tail.iter().zip(other_tail);
    let rest: f32 = rest.map(|(x, y)| x * f32::from(*y)).sum();
    sums.iter().sum::<f32>() + rest
}

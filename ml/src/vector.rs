//! The little vector arithmetic that embeddings need.

/// Scales to unit length; a zero vector stays as it is.
pub fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > f32::MIN_POSITIVE {
        for value in vector {
            *value /= length;
        }
    }
}

/// Sums that are kept side by side, so that they fill vector registers.
const LANES: usize = 16;

/// Sum of products over the common length.
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    let length = left.len().min(right.len());
    let (left, left_rest) = left[..length].as_chunks::<LANES>();
    let (right, right_rest) = right[..length].as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (l, r) in left.iter().zip(right) {
        for lane in 0..LANES {
            sums[lane] += l[lane] * r[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(l, r)| l * r).sum();
    sums.iter().sum::<f32>() + rest
}

/// Cosine of two vectors; 0 when either is zero.
pub fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let lengths = (dot(left, left) * dot(right, right)).sqrt();
    if lengths > f32::MIN_POSITIVE {
        dot(left, right) / lengths
    } else {
        0.0
    }
}

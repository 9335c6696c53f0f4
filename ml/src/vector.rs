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

/// Sum of products over the common length.
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
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

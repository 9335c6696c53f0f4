//! How fast a page scrolls while something is held near the window's edge.

/// So near, in CSS pixels: the bars at the edges and a thumb's width.
const NEAR: f64 = 120.0;
/// At the very edge, in CSS pixels a step.
const FASTEST: f64 = 18.0;

/// For a pointer so far down a window of this height: negative upwards, 0
/// away from the edges.
pub fn speed(y: f64, height: f64) -> f64 {
    let near = NEAR.min(height / 4.0);
    let into = |depth: f64| (depth / near).clamp(0.0, 1.0).powi(2) * FASTEST;
    if y < near {
        -into(near - y)
    } else if y > height - near {
        into(y - (height - near))
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_the_edge_the_faster() {
        assert_eq!(speed(400.0, 800.0), 0.0);
        assert!(speed(100.0, 800.0) < 0.0 && speed(10.0, 800.0) < speed(100.0, 800.0));
        assert!(speed(790.0, 800.0) > speed(700.0, 800.0) && speed(700.0, 800.0) > 0.0);
        assert_eq!(speed(-50.0, 800.0), -FASTEST);
        assert_eq!(speed(900.0, 800.0), FASTEST);
        // low windows keep a middle that rests
        assert_eq!(speed(100.0, 200.0), 0.0);
    }
}

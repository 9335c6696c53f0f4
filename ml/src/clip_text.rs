//! From cosines of CLIP's text and image vectors to how likely a picture shows
//! what a text says.
//!
//! A cosine alone says little: those of a picture with any text at all lie in
//! a narrow band (about 0.15 to 0.35 for ViT-B/16) whose place depends on the
//! picture. What CLIP was trained to say is which of several texts belongs to
//! a picture: the softmax of [`LOGIT_SCALE`] times the cosines. So the text is
//! set against [`NEUTRAL_TEXTS`], which fit every picture equally badly, and
//! relevance is its probability against their mean: 0.5 where it fits as well
//! as "an image" does. The temperature is the checkpoint's own; nothing is
//! fitted here, and nothing needs fitting again for another library.

use crate::MlError;
use crate::vector::cosine;

/// What cosines are multiplied by to become logits. Learned by the published
/// checkpoints, where it was clipped at 100, and all of them reached it.
pub const LOGIT_SCALE: f32 = 100.0;

/// Texts that say nothing of what a picture shows.
pub const NEUTRAL_TEXTS: &[&str] = &["an image", "a photo", "a picture of something", "a drawing"];

/// Relevance from which a hit counts as confident.
pub const CONFIDENT: f32 = 0.9;

/// The neutral texts, embedded once.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    neutral: Vec<Vec<f32>>,
}

impl Contrast {
    /// Takes the vectors of [`NEUTRAL_TEXTS`], from the tower that embeds the
    /// queries; their length does not matter.
    ///
    /// # Errors
    /// [`MlError::BadInput`] when there is none, or one that is not finite.
    pub fn new(neutral: Vec<Vec<f32>>) -> Result<Self, MlError> {
        if neutral.is_empty() || neutral.iter().flatten().any(|x| !x.is_finite()) {
            let why = "relevance needs the vectors of the neutral texts".to_owned();
            return Err(MlError::BadInput(why));
        }
        Ok(Self { neutral })
    }

    /// How likely a picture shows what a query says, 0…1, from their vectors:
    /// the picture's raw one, not centred. Lengths do not matter.
    pub fn relevance(&self, query: &[f32], picture: &[f32]) -> f32 {
        let neutral: Vec<f32> = self.neutral.iter().map(|n| cosine(n, picture)).collect();
        against(cosine(query, picture), &neutral)
    }
}

/// The same from cosines that are known already.
pub fn against(query: f32, neutral: &[f32]) -> f32 {
    // each neutral text relative to the query, so that no exponential overflows
    let others = neutral.iter().map(|n| (LOGIT_SCALE * (n - query)).exp());
    let mean = others.sum::<f32>() / neutral.len().max(1) as f32;
    1.0 / (1.0 + mean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn relevance_is_the_softmax_against_neutral_texts() {
        assert!((against(0.2, &[0.2, 0.2]) - 0.5).abs() < 1e-6);
        // three hundredths of cosine are e³ to one
        let expected = 3f32.exp() / (3f32.exp() + 1.0);
        assert!((against(0.25, &[0.22]) - expected).abs() < 1e-5);
        assert!(against(0.28, &[0.21, 0.22]) > CONFIDENT);
        assert!(against(0.17, &[0.21, 0.22]) < 0.05);
    }

    #[test]
    fn lengths_do_not_matter() {
        let contrast = Contrast::new(vec![vec![3.0, 0.0], vec![0.0, 0.5]]).expect("valid");
        let near = contrast.relevance(&[1.0, 1.0], &[2.0, 2.0]);
        assert_eq!(near, contrast.relevance(&[5.0, 5.0], &[0.1, 0.1]));
        assert!(near > 0.99);
    }

    #[test]
    fn without_neutral_texts_there_is_no_relevance() {
        assert!(Contrast::new(Vec::new()).is_err());
        assert!(Contrast::new(vec![vec![f32::NAN]]).is_err());
    }

    proptest! {
        #[test]
        fn it_is_a_probability_that_grows_with_the_cosine(
            low in -1f32..1.0, step in 0f32..1.0, neutral in prop::collection::vec(-1f32..1.0, 1..5)
        ) {
            let (near, far) = (against((low + step).min(1.0), &neutral), against(low, &neutral));
            prop_assert!((0.0..=1.0).contains(&far));
            prop_assert!(near >= far);
        }
    }
}

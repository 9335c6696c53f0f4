//! Text in pictures.

use serde::{Deserialize, Serialize};

/// One line of text as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextLine {
    /// In reading direction.
    pub text: String,
    /// 0…1.
    pub confidence: f32,
    /// Clockwise from the start of the line, each x and y as 0…1 of the
    /// picture.
    pub corners: [[f32; 2]; 4],
}

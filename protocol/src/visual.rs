//! Searching by a picture or a part of one.

use serde::{Deserialize, Serialize};

use crate::ElementId;
use crate::value::TagName;

/// `POST search/visual` as JSON. With a file instead of an element it is a
/// form with the parts `file` and `query` (this, without `element`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisualQuery {
    /// Whose picture it is; absent when a file or an address comes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementId>,
    /// Address of a picture, or of a page that shows one, to be fetched by the
    /// server; absent when an element or a file comes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The part that counts; absent: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What the results should show beside looking alike, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default)]
    pub mode: VisualMode,
    /// Only what carries all of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagName>,
    /// Results at most; 40 when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VisualMode {
    /// What it shows.
    #[default]
    Content,
    /// Its colours.
    Colors,
}

/// `GET elements/{id}/subjects`: what in a picture is worth a search of its
/// own, the most striking first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Subjects {
    pub items: Vec<Subject>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Subject {
    pub region: Region,
    /// What it may be; absent where nothing can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagName>,
    /// How much it stands out, in 0…1.
    pub score: f32,
}

/// A part of a picture, in parts of its sides: 0…1 from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Region {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

/// Smallest side of a region that is searched for, in parts of the picture's.
pub const REGION_MIN: f32 = 0.02;

/// The region is no part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a region lies within the picture: x, y, w and h from 0 to 1, x + w and y + h at most 1, w and h at least 0.02"
)]
pub struct BadRegion;

impl Region {
    /// All of it.
    pub const WHOLE: Region = Region {
        x: 0.0,
        y: 0.0,
        w: 1.0,
        h: 1.0,
    };

    /// The same, if it lies within the picture; a hair's breadth beyond the
    /// edge is cut off.
    ///
    /// # Errors
    /// It does not, or is too small to show anything.
    pub fn checked(self) -> Result<Self, BadRegion> {
        const HAIR: f32 = 1e-3;
        let inside = |at: f32, size: f32| {
            at.is_finite() && size.is_finite() && at >= -HAIR && at + size <= 1.0 + HAIR
        };
        if !(inside(self.x, self.w) && inside(self.y, self.h)) {
            return Err(BadRegion);
        }
        let (x, y) = (self.x.max(0.0), self.y.max(0.0));
        let (w, h) = (self.w.min(1.0 - x), self.h.min(1.0 - y));
        if w < REGION_MIN || h < REGION_MIN {
            return Err(BadRegion);
        }
        Ok(Self { x, y, w, h })
    }

    /// As `box=` in an address: `x,y,w,h` in thousandths.
    pub fn to_box(self) -> String {
        let part = |v: f32| (v * 1000.0).round() as i32;
        format!(
            "{},{},{},{}",
            part(self.x),
            part(self.y),
            part(self.w),
            part(self.h)
        )
    }

    /// From [`Region::to_box`].
    pub fn from_box(text: &str) -> Option<Self> {
        let parts: Vec<f32> = text
            .split(',')
            .map(|p| p.trim().parse::<i32>().map(|p| p as f32 / 1000.0))
            .collect::<Result<_, _>>()
            .ok()?;
        let [x, y, w, h] = parts[..] else { return None };
        Self { x, y, w, h }.checked().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_checked_lies_within_and_survives_an_address(
            x in -0.5f32..1.5, y in -0.5f32..1.5, w in -0.5f32..1.5, h in -0.5f32..1.5,
        ) {
            if let Ok(region) = (Region { x, y, w, h }).checked() {
                prop_assert!(region.x >= 0.0 && region.x + region.w <= 1.0 + 1e-6);
                prop_assert!(region.y >= 0.0 && region.y + region.h <= 1.0 + 1e-6);
                // rounding may make the smallest too small
                if region.w > 0.021 && region.h > 0.021 {
                    let back = Region::from_box(&region.to_box()).expect("an address");
                    prop_assert!((back.x - region.x).abs() < 0.002);
                    prop_assert!((back.w - region.w).abs() < 0.003);
                }
            }
        }
    }

    #[test]
    fn nonsense_is_no_region() {
        for text in ["", "1,2,3", "0,0,0,0", "900,0,200,500", "a,b,c,d"] {
            assert_eq!(Region::from_box(text), None, "{text}");
        }
    }
}

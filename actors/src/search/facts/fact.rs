//! What is known of one element.

use std::collections::BTreeMap;

use db::{Access, FactRow};
use protocol::Timestamp;
use protocol::element::{Tag, TagBand, TagState, Visibility};
use protocol::label::{LabelName, Verdict};
use protocol::query::{Said, Style};

use crate::tags::{TagNo, Words};

/// One element, but for what stands in columns.
pub struct Fact {
    pub(super) access: Access,
    /// What was said of it, with what is thought of that.
    pub(super) said: Box<[(TagNo, f32)]>,
    /// What it is not, whatever follows.
    pub(super) refused: Box<[TagNo]>,
    pub quality: Option<f32>,
    pub created_at: Timestamp,
}

impl Fact {
    pub(super) fn read(row: &FactRow, words: &Words) -> Self {
        let numbered = |wanted: fn(&&Tag) -> bool| {
            let tags = row.tags.iter().filter(wanted);
            tags.filter_map(|tag| Some((words.resolve(tag.name.as_str())?, tag.score)))
        };
        // what only follows is worked out here, as it follows now
        let said = numbered(|tag| {
            let counts = tag.state != TagState::Rejected && tag.band != Some(TagBand::Unsure);
            counts && tag.implied_by.is_none()
        });
        let refused = numbered(|tag| tag.state == TagState::Rejected);
        Self {
            access: row.access.clone(),
            said: said.collect(),
            refused: refused.map(|(tag, _)| tag).collect(),
            quality: row.quality,
            created_at: row.created_at,
        }
    }

    pub fn access(&self) -> &Access {
        &self.access
    }

    pub fn is_public(&self) -> bool {
        self.access.visibility == Visibility::Public
    }

    /// What it counts for: what was said of it and all that follows, but for
    /// what was refused. By number.
    pub(super) fn settled(&self, words: &Words) -> Box<[(u32, f32)]> {
        let mut tags: BTreeMap<TagNo, f32> = BTreeMap::new();
        for (tag, score) in &self.said {
            for tag in words.follows(*tag) {
                let kept = tags.entry(tag).or_insert(*score);
                *kept = kept.max(*score);
            }
        }
        for tag in &self.refused {
            tags.remove(&words.tag(*tag));
        }
        tags.into_iter()
            .map(|(tag, score)| (tag.0, score))
            .collect()
    }
}

/// What a label says of the element that the row tells of.
pub(super) fn verdict(row: &FactRow, name: LabelName) -> Verdict {
    let label = row.labels.iter().find(|label| label.label == name);
    label.map_or(Verdict::No, |label| label.verdict)
}

pub(super) fn said(row: &FactRow, name: LabelName) -> Said {
    Said::of(verdict(row, name))
}

pub(super) fn style(row: &FactRow) -> Option<Style> {
    match verdict(row, LabelName::Style) {
        Verdict::Photo => Some(Style::Photo),
        Verdict::Illustration => Some(Style::Illustration),
        Verdict::Screenshot => Some(Style::Screenshot),
        _ => None,
    }
}

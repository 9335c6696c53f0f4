//! Finding topics: runs on a thread of its own.

use std::collections::HashSet;
use std::sync::Arc;

use db::{Db, TopicRow, Viewer};
use ml::vector::{dot, normalise};
use protocol::ElementId;
use protocol::element::Element;
use rand::Rng;

use super::groups::{assign, centres, matched};
use super::naming::{Named, names};
use super::topics::{Topic, Topics};
use crate::PlatformError;
use crate::search::{FactIndex, Spaces};

/// Elements that groups are found among; the others are put to them.
const SAMPLE: usize = 8_192;
/// Vectors that are copied at once.
const CHUNK: usize = 1_024;
/// Elements of a group that its name is made of, nearest to its centre.
const NAMED_BY: usize = 32;
/// A group that nothing telling is said of is given up if it is smaller than
/// this, or than this part of the library; but not one that holds so much of a
/// small one.
const SILENT: usize = 8;
const SILENT_PART: usize = 24;
const MUCH_PART: usize = 5;
/// Topics are found anew when this part of the library is new or gone.
const CHANGED: f32 = 0.15;
/// Topics that are named as near, and how near they have to be.
const NEAR: usize = 4;
const NEAR_LEAST: f32 = 0.1;

/// What topics are found in.
#[derive(Clone)]
pub struct Ground {
    pub db: Db,
    pub spaces: Arc<Spaces>,
    pub facts: Arc<FactIndex>,
}

impl Ground {
    /// The topics as they are now: those before with what came since, or new
    /// ones when enough has changed; the latter are kept in the database.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn topics(&self, before: &Topics) -> Result<Topics, PlatformError> {
        let space = self.spaces.image_space();
        let (plain, flagged) = self.public();
        let all: HashSet<&ElementId> = plain.iter().chain(&flagged).collect();
        let known = all.iter().filter(|id| before.of.contains_key(id)).count();
        let churn = before.churn + all.len() - known + before.of.len() - known;
        let grown = all.len().abs_diff(before.size).max(churn / 2);
        let mut topics = if space != before.space || grown as f32 > CHANGED * before.size as f32 {
            let found = self.found(space, before, &plain).await?;
            self.db.keep_topics(&rows(&found)).await?;
            found
        } else {
            Topics {
                churn,
                ..before.clone()
            }
        };
        topics.retain(|id| all.contains(id));
        self.assign_new(&mut topics, &plain);
        self.assign_new(&mut topics, &flagged);
        Ok(topics)
    }

    /// The topics that the database remembers, without their elements.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn remembered(&self) -> Result<Topics, PlatformError> {
        let rows = self.db.topics().await?;
        let space = rows.first().map(|row| row.space.clone());
        let topic = |row: TopicRow| Topic {
            id: row.id,
            centre: row.centre,
            ..Topic::default()
        };
        Ok(Topics {
            space: space.unwrap_or_default(),
            all: rows.into_iter().map(topic).collect(),
            ..Topics::default()
        })
    }

    /// Public elements that can be compared, in the order of their ids, and those
    /// that some viewers leave out: they join topics and make none.
    fn public(&self) -> (Vec<ElementId>, Vec<ElementId>) {
        let (mut plain, mut flagged) = (Vec::new(), Vec::new());
        self.facts.with(|known| {
            for (id, fact) in known.iter().filter(|(_, fact)| fact.is_public()) {
                match fact.access().flags.is_empty() {
                    true => plain.push(id.clone()),
                    false => flagged.push(id.clone()),
                }
            }
        });
        for ids in [&mut plain, &mut flagged] {
            self.spaces.retain_known(ids);
            ids.sort_unstable();
        }
        (plain, flagged)
    }

    async fn found(
        &self,
        space: String,
        before: &Topics,
        elements: &[ElementId],
    ) -> Result<Topics, PlatformError> {
        let step = elements.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<ElementId> = elements.iter().step_by(step).cloned().collect();
        let found = self.spaces.vectors(&sample);
        let sample: Vec<&ElementId> = found.iter().map(|(at, _)| &sample[*at]).collect();
        let rows: Vec<&[f32]> = found.iter().map(|(_, v)| v.as_slice()).collect();
        let start = match before.space == space {
            true => before.centres(),
            false => Vec::new(),
        };
        let mut centres = centres(&rows, &start);
        let mut named = self.named(&centres, &sample, &rows).await?;
        if give_up_silent(&mut centres, &named, &rows) {
            named = self.named(&centres, &sample, &rows).await?;
        }
        let of: Vec<Option<usize>> = rows
            .iter()
            .map(|row| assign(&centres, row).map(|(at, _)| at))
            .collect();
        let was: Vec<Option<usize>> = sample
            .iter()
            .map(|id| before.of.get(id).copied().flatten())
            .collect();
        let shared = |now: usize, then: usize| {
            let both = of.iter().zip(&was);
            let both = both.filter(|(a, b)| **a == Some(now) && **b == Some(then));
            let either = of.iter().zip(&was);
            let either = either.filter(|(a, b)| **a == Some(now) || **b == Some(then));
            both.count() as f32 / either.count().max(1) as f32
        };
        let same = matched(&centres, &start, shared);
        let ids: Vec<String> = same
            .iter()
            .map(|was| was.map_or_else(fresh_id, |was| before.all[was].id.clone()))
            .collect();
        let topics = centres.iter().zip(&ids).zip(named).enumerate();
        let topics = topics.map(|(at, ((centre, id), named))| Topic {
            id: id.clone(),
            name: named.name,
            tags: named.tags,
            near: near(at, &centres).map(|other| ids[other].clone()).collect(),
            centre: centre.clone(),
            members: Vec::new(),
        });
        Ok(Topics {
            space,
            all: topics.collect(),
            size: elements.len(),
            ..Topics::default()
        })
    }

    /// Names for groups, by the elements nearest to their centres.
    async fn named(
        &self,
        centres: &[Vec<f32>],
        sample: &[&ElementId],
        rows: &[&[f32]],
    ) -> Result<Vec<Named>, PlatformError> {
        let mut members: Vec<Vec<(f32, usize)>> = vec![Vec::new(); centres.len()];
        for (row, vector) in rows.iter().enumerate() {
            if let Some((at, cosine)) = assign(centres, vector) {
                members[at].push((cosine, row));
            }
        }
        let mut groups: Vec<Vec<Element>> = Vec::new();
        for mut members in members {
            members.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let nearest = members.iter().take(NAMED_BY);
            let ids: Vec<ElementId> = nearest.map(|(_, row)| sample[*row].clone()).collect();
            groups.push(self.db.elements(&Viewer::System, &ids).await?);
        }
        // what became private meanwhile has no say
        for group in &mut groups {
            group.retain(|e| e.visibility == protocol::element::Visibility::Public);
        }
        Ok(names(&groups))
    }

    fn assign_new(&self, topics: &mut Topics, elements: &[ElementId]) {
        let centres = topics.centres();
        let new = elements.iter().filter(|id| !topics.of.contains_key(id));
        let new: Vec<ElementId> = new.cloned().collect();
        for chunk in new.chunks(CHUNK) {
            for (at, vector) in self.spaces.vectors(chunk) {
                topics.put(chunk[at].clone(), assign(&centres, &vector));
            }
        }
    }
}

/// Gives small groups up that nothing telling is said of, unless that is so of
/// most. True when some were.
fn give_up_silent(centres: &mut Vec<Vec<f32>>, named: &[Named], rows: &[&[f32]]) -> bool {
    let telling = named.iter().filter(|named| named.telling).count();
    if telling * 2 < named.len() {
        return false;
    }
    let mut sizes = vec![0usize; centres.len()];
    for (at, _) in rows.iter().filter_map(|row| assign(centres, row)) {
        sizes[at] += 1;
    }
    let few = SILENT.max(rows.len() / SILENT_PART);
    let least = few.min(rows.len() / MUCH_PART);
    let keep = |at: usize| named[at].telling || sizes[at] >= least;
    let before = centres.len();
    let mut at = 0;
    centres.retain(|_| {
        at += 1;
        keep(at - 1)
    });
    if centres.len() == before {
        return false;
    }
    // who is left goes to others, and moves their middles
    let mut sums: Vec<Vec<f32>> = centres.iter().map(|c| vec![0.0; c.len()]).collect();
    for row in rows {
        if let Some((at, _)) = assign(centres, row) {
            sums[at].iter_mut().zip(*row).for_each(|(s, x)| *s += x);
        }
    }
    for (centre, mut sum) in centres.iter_mut().zip(sums) {
        normalise(&mut sum);
        if sum.iter().any(|x| *x != 0.0) {
            *centre = sum;
        }
    }
    true
}

/// The centres nearest to one of them.
fn near(at: usize, centres: &[Vec<f32>]) -> impl Iterator<Item = usize> {
    let others = (0..centres.len()).filter(|&other| other != at);
    let mut others: Vec<(f32, usize)> = others
        .map(|other| (dot(&centres[at], &centres[other]), other))
        .filter(|(cosine, _)| *cosine >= NEAR_LEAST)
        .collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0));
    others.into_iter().take(NEAR).map(|(_, other)| other)
}

fn rows(topics: &Topics) -> Vec<TopicRow> {
    let row = |topic: &Topic| TopicRow {
        id: topic.id.clone(),
        space: topics.space.clone(),
        centre: topic.centre.clone(),
    };
    topics.all.iter().map(row).collect()
}

/// Ten letters and digits.
fn fresh_id() -> String {
    const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut random = rand::rng();
    let sign = |_| char::from(SIGNS[random.random_range(0..SIGNS.len())]);
    (0..10).map(sign).collect()
}

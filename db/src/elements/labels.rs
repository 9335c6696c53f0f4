//! Labels: what models said, what people said over it, and what counts.
//!
//! A moderator's ruling goes before the owner's declaration, and that before
//! models. A ruling holds for the file and for what looks nearly the same, so
//! it meets pictures that are saved later too.

use std::collections::BTreeMap;

use protocol::element::{Media, Visibility};
use protocol::label::{Appeal, AppealState, Evidence, Label, LabelName, LabelSource, Verdict};
use protocol::{ElementId, Timestamp, Topic, UserId};
use surrealdb::types::{Array, Object, RecordId, SerdeWrapper, SurrealValue, object};

use super::row::shown;
use crate::clusters;
use crate::error::Result;
use crate::jobs::Progress;
use crate::limits::{BANDS_MAX, SAME_PICTURE_BITS};
use crate::notifications::{self, News};
use crate::outbox::{self, ElementEvent, Notice};
use crate::row::{self, Key};
use crate::store::Tx;

/// Parts of a perceptual hash, one byte each: two hashes that differ in at
/// most [`SAME_PICTURE_BITS`] bits, fewer than there are parts, share one.
pub(crate) fn bands(phash: u64) -> Vec<String> {
    let bytes = phash.to_be_bytes();
    let band = |(at, byte): (usize, &u8)| format!("{at}:{byte:02x}");
    bytes.iter().enumerate().map(band).collect()
}

/// What models say of an element from now on.
pub(crate) async fn judged(tx: &Tx, progress: &mut Progress, labels: Vec<Label>) -> Result<()> {
    let vars = object! { id: row::element(&progress.id), judged: SerdeWrapper(labels) };
    tx.run("UPDATE $id SET judged = $judged RETURN NONE", vars)
        .await?;
    refresh(tx, &progress.id).await
}

/// As [`derive`], and tells those who show the element; nobody shows one that
/// is deleted.
pub(crate) async fn refresh(tx: &Tx, id: &ElementId) -> Result<()> {
    let Some(row) = derive(tx, id).await? else {
        return Ok(());
    };
    if row.gone_at.is_some() {
        return Ok(());
    }
    let mut topics = vec![Topic::User(row.owner.parse()?), Topic::Element(id.clone())];
    if shown(row.visibility, &row.files) {
        topics.push(Topic::Explore);
    }
    let changed = Notice::element(topics, ElementEvent::Changed, id.clone());
    outbox::write(tx, &[changed]).await
}

/// Works out which labels count, and writes them and what follows from them.
/// None when the element is gone.
pub(crate) async fn derive(tx: &Tx, id: &ElementId) -> Result<Option<Judged>> {
    let Some(row) = Judged::read(tx, id).await? else {
        return Ok(None);
    };
    let rulings = row.rulings(tx).await?;
    let appeals = appeals(tx, id).await?;
    let settled = row.settle(id, &rulings, appeals);
    tell(tx, &row, id, &settled.unsure).await?;
    let vars = object! {
        id: row::element(id),
        labels: SerdeWrapper(settled.labels),
        flags: settled.flags,
        waiting: settled.waiting,
        old: LabelName::ALL
            .iter()
            .map(|label| review_key(id, *label))
            .collect::<Vec<_>>(),
    };
    tx.run(WRITE, vars).await?;
    // whoever changes the visibility comes here too
    clusters::reopen(tx, id).await?;
    Ok(Some(row))
}

/// The key of a label's place in the queue of reviews.
pub(crate) fn review_key(id: &ElementId, label: LabelName) -> RecordId {
    let parts = vec![
        id.to_string().into_value(),
        label.as_str().to_owned().into_value(),
    ];
    RecordId::new("review", Array::from(parts))
}

/// What labels rest on.
#[derive(SurrealValue)]
pub(crate) struct Judged {
    pub owner: Key,
    pub media: String,
    pub phash: Option<i64>,
    #[surreal(wrap)]
    pub visibility: Visibility,
    #[surreal(wrap)]
    pub files: Vec<Media>,
    #[surreal(wrap)]
    pub judged: Vec<Label>,
    pub declares_ai: bool,
    pub created_at: i64,
    pub gone_at: Option<i64>,
}

/// The labels that count, and what follows from them.
pub(crate) struct Settled {
    pub labels: Vec<Label>,
    pub flags: Vec<String>,
    /// Those that wait for a moderator because models are unsure.
    pub unsure: Vec<LabelName>,
    /// Their rows of the queue of reviews.
    pub waiting: Vec<Object>,
}

impl Judged {
    /// What counts while nobody but models and the owner said anything.
    pub(crate) fn unruled(&self, id: &ElementId) -> Settled {
        self.settle(id, &BTreeMap::new(), BTreeMap::new())
    }

    fn settle(
        &self,
        id: &ElementId,
        rulings: &BTreeMap<String, RulingRow>,
        appeals: BTreeMap<String, Appeal>,
    ) -> Settled {
        let labels = effective(self, rulings, appeals);
        let flags = labels.iter().filter_map(Label::flag).map(str::to_owned);
        let unsure = self.unsure(&labels);
        Settled {
            flags: flags.collect(),
            waiting: unsure.iter().map(|label| self.review(id, *label)).collect(),
            unsure,
            labels,
        }
    }

    pub(crate) async fn read(tx: &Tx, id: &ElementId) -> Result<Option<Self>> {
        tx.run(READ, object! { id: row::element(id) }).await?.one(0)
    }

    /// Rulings on this file, and on what looks nearly the same, the nearest
    /// of each label.
    async fn rulings(&self, tx: &Tx) -> Result<BTreeMap<String, RulingRow>> {
        let vars = object! {
            media: self.media.clone(),
            bands: self.phash.map(|hash| bands(hash as u64)).unwrap_or_default(),
            most: row::int(BANDS_MAX),
        };
        let mut answer = tx.run(RULINGS, vars).await?;
        let mut rows: Vec<RulingRow> = answer.all(0)?;
        rows.extend(answer.all::<RulingRow>(1)?);
        let mut nearest: BTreeMap<String, (u32, RulingRow)> = BTreeMap::new();
        for row in rows {
            let Some(distance) = distance(&self.media, self.phash, &row.media, row.phash) else {
                continue;
            };
            let nearer = nearest
                .get(&row.label)
                .is_none_or(|(other, kept)| (distance, -row.at) < (*other, -kept.at));
            if nearer {
                nearest.insert(row.label.clone(), (distance, row));
            }
        }
        let plain = nearest.into_iter().map(|(label, (_, row))| (label, row));
        Ok(plain.collect())
    }

    /// The labels that wait for a moderator because models are unsure. Nobody's
    /// private picture does.
    fn unsure(&self, labels: &[Label]) -> Vec<LabelName> {
        let seen = self.visibility != Visibility::Private && self.gone_at.is_none();
        if !seen || self.files.is_empty() {
            return Vec::new();
        }
        let unsure = labels.iter().filter(|label| {
            label.label.is_reviewed()
                && label.verdict == Verdict::Unsure
                && label.source == LabelSource::Model
        });
        unsure.map(|label| label.label).collect()
    }

    /// A row for a label that waits.
    fn review(&self, id: &ElementId, label: LabelName) -> Object {
        object! {
            id: review_key(id, label),
            element: row::element(id),
            label: label.as_str().to_owned(),
            why: "unsure".to_owned(),
            invited: false,
            since: self.created_at,
            place: review_place(false, self.created_at, id, label),
        }
    }
}

/// Tells the owner of labels that begin to wait for a moderator.
async fn tell(tx: &Tx, row: &Judged, id: &ElementId, waiting: &[LabelName]) -> Result<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    let keys: Vec<RecordId> = waiting.iter().map(|label| review_key(id, *label)).collect();
    let before: Vec<String> = tx
        .run("SELECT VALUE label FROM $keys", object! { keys: keys })
        .await?
        .all(0)?;
    let owner: UserId = row.owner.parse()?;
    let news: Vec<News> = waiting
        .iter()
        .filter(|label| !before.iter().any(|old| old == label.as_str()))
        .map(|label| News::review(owner.clone(), id, *label))
        .collect();
    notifications::tell(tx, &news).await
}

/// Bits between two pictures; none when they are not the same or nearly so.
pub(crate) fn distance(
    media: &str,
    phash: Option<i64>,
    other_media: &str,
    other_phash: Option<i64>,
) -> Option<u32> {
    if media == other_media {
        return Some(0);
    }
    let bits = (phash? ^ other_phash?).count_ones();
    (bits <= SAME_PICTURE_BITS).then_some(bits + 1)
}

/// Sorts appeals first, then by age.
pub(crate) fn review_place(appealed: bool, at: i64, id: &ElementId, label: LabelName) -> String {
    let first = if appealed { 0 } else { 1 };
    format!("{first}.{at:015}.{id}.{}", label.as_str())
}

fn effective(
    row: &Judged,
    rulings: &BTreeMap<String, RulingRow>,
    mut appeals: BTreeMap<String, Appeal>,
) -> Vec<Label> {
    let mut labels = row.judged.clone();
    if row.declares_ai && labels.iter().all(|l| l.label != LabelName::AiMade) {
        labels.push(declared(Vec::new()));
    }
    for label in &mut labels {
        if row.declares_ai && label.label == LabelName::AiMade {
            *label = declared(std::mem::take(&mut label.evidence));
        }
        if let Some(ruling) = rulings.get(label.label.as_str()) {
            ruling.rule(label, &row.media);
        }
        label.appeal = appeals.remove(label.label.as_str());
    }
    labels
}

/// The owner says so; what models saw stays to be read.
fn declared(mut evidence: Vec<Evidence>) -> Label {
    let own = Evidence {
        kind: "declared".to_owned(),
        detail: "its owner says so".to_owned(),
        score: None,
    };
    evidence.insert(0, own);
    Label {
        label: LabelName::AiMade,
        verdict: Verdict::Yes,
        confidence: 1.0,
        evidence,
        source: LabelSource::Declared,
        model: None,
        appeal: None,
    }
}

/// The latest appeal against each label.
async fn appeals(tx: &Tx, id: &ElementId) -> Result<BTreeMap<String, Appeal>> {
    let rows: Vec<AppealRow> = tx
        .run(APPEALS, object! { key: id.to_string() })
        .await?
        .all(0)?;
    let mut latest: BTreeMap<String, AppealRow> = BTreeMap::new();
    for row in rows {
        let newer = latest.get(&row.label).is_none_or(|kept| kept.at < row.at);
        if newer {
            latest.insert(row.label.clone(), row);
        }
    }
    let appeal = |row: AppealRow| Appeal {
        state: row.state,
        note: row.note,
        at: Timestamp::from_millis(row.at),
        answer: row.answer,
    };
    Ok(latest
        .into_iter()
        .map(|(label, row)| (label, appeal(row)))
        .collect())
}

#[derive(SurrealValue)]
struct RulingRow {
    media: String,
    label: String,
    verdict: String,
    note: String,
    at: i64,
    phash: Option<i64>,
}

impl RulingRow {
    fn rule(&self, label: &mut Label, media: &str) {
        let Some(verdict) = Verdict::parse(&self.verdict) else {
            return;
        };
        let of = if self.media == media {
            "a moderator decided"
        } else {
            "a moderator decided for a picture that looks nearly the same"
        };
        let own = Evidence {
            kind: "ruling".to_owned(),
            detail: match self.note.as_str() {
                "" => of.to_owned(),
                note => format!("{of}: {note}"),
            },
            score: None,
        };
        label.evidence.insert(0, own);
        label.verdict = verdict;
        label.confidence = 1.0;
        label.source = LabelSource::Person;
    }
}

#[derive(SurrealValue)]
struct AppealRow {
    label: String,
    #[surreal(wrap)]
    state: AppealState,
    note: String,
    at: i64,
    answer: Option<String>,
}

const READ: &str = "SELECT owner, media, phash, visibility, files, judged ?? [] AS judged, \
    declares_ai ?? false AS declares_ai, created_at, gone_at FROM $id";

const RULINGS: &str = "SELECT media, label, verdict, note, at, phash FROM ruling \
    WHERE media = $media; \
    SELECT media, label, verdict, note, at, phash FROM ruling \
    WHERE bands CONTAINSANY $bands LIMIT $most";

const APPEALS: &str = "SELECT label, state, note, at, answer FROM appeal:[$key]..[$key, '~']";

/// An appeal's place in the queue is left alone: it waits for an answer.
const WRITE: &str = "UPDATE $id SET labels = $labels, flags = $flags RETURN NONE; \
    DELETE $old WHERE why = 'unsure' RETURN NONE; \
    INSERT IGNORE INTO review $waiting RETURN NONE";

#[cfg(test)]
#[path = "labels_tests.rs"]
mod tests;

//! Appeals against labels, the queue of reviews, and moderators' rulings.

use protocol::element::{Element, Visibility};
use protocol::label::{AppealState, LabelName, Review, ReviewReason, Verdict};
use protocol::{Cursor, ElementId, Page, Timestamp, UserId};
use surrealdb::types::{Array, RecordId, SerdeWrapper, SurrealValue, object};

use crate::elements::Viewer;
use crate::elements::labels::{Judged, bands, distance, refresh, review_key, review_place};
use crate::elements::viewer::DIRECT;
use crate::error::{DbError, Result};
use crate::id::now_millis;
use crate::limits::{BANDS_MAX, READ_MAX};
use crate::notifications::{self, News};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// Why an appeal was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAppealed {
    /// There is none, or the viewer may not see it.
    NoElement,
    /// The element has no such label.
    NoLabel,
    /// The viewer's own waits for an answer already.
    AlreadyOpen,
}

impl Db {
    /// Notes that somebody disagrees with a label. Whoever may see the
    /// element may.
    pub async fn appeal(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        label: LabelName,
        note: String,
    ) -> Result<std::result::Result<Element, NotAppealed>> {
        let (who, what) = (viewer.clone(), id.clone());
        let refused = self
            .write("an appeal", move |tx| {
                let (who, what, note) = (who.clone(), what.clone(), note.clone());
                Box::pin(async move { appeal(tx, &who, &what, label, note).await })
            })
            .await?;
        if let Some(refused) = refused {
            return Ok(Err(refused));
        }
        let element = self.element(viewer, id).await?;
        Ok(element.ok_or(NotAppealed::NoElement))
    }

    /// What waits for a moderator: appeals first, then what models are unsure
    /// of, the oldest first. Of private elements only what their owners
    /// appealed against.
    pub async fn reviews(&self, cursor: Option<Cursor>, limit: usize) -> Result<Page<Review>> {
        let limit = limit.clamp(1, READ_MAX);
        let vars = object! {
            beyond: cursor.map(|c| c.as_str().to_owned()).unwrap_or_default(),
            count: row::int(limit + 1),
        };
        let mut rows: Vec<ReviewRow> = self.read(REVIEWS, vars).await?.all(0)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = match rows.last() {
            Some(last) if more => last.place.parse().ok(),
            _ => None,
        };
        let ids = rows
            .iter()
            .map(|row| row.element.parse())
            .collect::<Result<Vec<ElementId>>>()?;
        let elements = self.elements(&Viewer::System, &ids).await?;
        let mut items = Vec::new();
        for (row, id) in rows.into_iter().zip(ids) {
            let element = elements.iter().find(|e| e.id == id);
            let visible = |e: &&Element| row.invited || e.visibility != Visibility::Private;
            let Some(element) = element.filter(visible) else {
                continue;
            };
            items.push(Review {
                element: element.clone(),
                label: LabelName::parse(&row.label)
                    .ok_or_else(|| DbError::Damaged(format!("{:?} is no label", row.label)))?,
                why: row.why,
                by: row.handle.as_deref().map(row::parse).transpose()?,
                since: Timestamp::from_millis(row.since),
            });
        }
        Ok(Page { items, next_cursor })
    }

    /// A moderator's word on a label: it holds for the file and for what looks
    /// nearly the same, now and later. None when there is no such element for
    /// moderators to see.
    pub async fn rule(
        &self,
        moderator: &UserId,
        id: &ElementId,
        label: LabelName,
        verdict: Verdict,
        note: String,
    ) -> Result<Option<Element>> {
        let (who, what) = (moderator.clone(), id.clone());
        let ruled = self
            .write("a ruling", move |tx| {
                let (who, what, note) = (who.clone(), what.clone(), note.clone());
                Box::pin(async move { rule(tx, &who, &what, label, verdict, note).await })
            })
            .await?;
        if !ruled {
            return Ok(None);
        }
        self.element(&Viewer::System, id).await
    }
}

async fn appeal(
    tx: &Tx,
    viewer: &Viewer,
    id: &ElementId,
    label: LabelName,
    note: String,
) -> Result<Option<NotAppealed>> {
    let mut vars = object! { id: row::element(id) };
    viewer.bind(&mut vars);
    let query = format!("SELECT id, owner, labels.label AS labels FROM $id WHERE {DIRECT}");
    let seen: Option<SeenRow> = tx.run(query, vars).await?.one(0)?;
    let (Some(seen), Some(user)) = (seen, viewer.id()) else {
        return Ok(Some(NotAppealed::NoElement));
    };
    if !seen.labels.iter().any(|own| own == label.as_str()) {
        return Ok(Some(NotAppealed::NoLabel));
    }
    let key = appeal_key(id, label, user);
    let open: Option<StateRow> = tx
        .run("SELECT state FROM $key", object! { key: key.clone() })
        .await?
        .one(0)?;
    if open.is_some_and(|row| row.state == AppealState::Open) {
        return Ok(Some(NotAppealed::AlreadyOpen));
    }
    let now = now_millis();
    let vars = object! {
        appeal: key,
        review: review_key(id, label),
        element: row::element(id),
        label: label.as_str().to_owned(),
        by: row::user(user),
        note: note,
        now: now,
        invited: seen.owner.parse::<UserId>()? == *user,
        place: review_place(true, now, id, label),
    };
    tx.run(APPEAL, vars).await?;
    refresh(tx, id).await?;
    Ok(None)
}

async fn rule(
    tx: &Tx,
    moderator: &UserId,
    id: &ElementId,
    label: LabelName,
    verdict: Verdict,
    note: String,
) -> Result<bool> {
    let Some(judged) = Judged::read(tx, id).await?.filter(|j| j.gone_at.is_none()) else {
        return Ok(false);
    };
    let review: Option<InvitedRow> = tx
        .run(
            "SELECT invited FROM $id",
            object! { id: review_key(id, label) },
        )
        .await?
        .one(0)?;
    let invited = review.is_some_and(|row| row.invited);
    if judged.visibility == Visibility::Private && !invited {
        return Ok(false);
    }
    let now = now_millis();
    let parts = judged
        .phash
        .map(|hash| bands(hash as u64))
        .unwrap_or_default();
    let vars = object! {
        ruling: ruling_key(&judged.media, label),
        media: judged.media.clone(),
        label: label.as_str().to_owned(),
        verdict: verdict.as_str().to_owned(),
        note: note.clone(),
        by: row::user(moderator),
        now: now,
        phash: judged.phash,
        bands: parts,
        most: row::int(BANDS_MAX),
    };
    let mut answer = tx.run(RULE, vars).await?;
    let mut same: Vec<SameRow> = answer.all(1)?;
    same.extend(answer.all::<SameRow>(2)?);
    let mut ids: Vec<ElementId> = Vec::new();
    for row in same {
        let id: ElementId = row.id.parse()?;
        let near = distance(&judged.media, judged.phash, &row.media, row.phash).is_some();
        if near && !ids.contains(&id) {
            ids.push(id);
        }
    }
    for id in ids {
        let news = answer_appeals(tx, &id, label, verdict, &note).await?;
        // a moderator's own appeal is their own act
        let news: Vec<News> = news.into_iter().filter(|n| !n.is_for(moderator)).collect();
        notifications::tell(tx, &news).await?;
        refresh(tx, &id).await?;
    }
    Ok(true)
}

/// Closes what was appealed: granted when the label says something else now.
/// Answers what to tell those who appealed.
async fn answer_appeals(
    tx: &Tx,
    id: &ElementId,
    label: LabelName,
    verdict: Verdict,
    note: &str,
) -> Result<Vec<News>> {
    let before: Option<VerdictRow> = tx
        .run(
            "SELECT labels[WHERE label = $label][0].verdict AS verdict FROM $id",
            object! { id: row::element(id), label: label.as_str().to_owned() },
        )
        .await?
        .one(0)?;
    let same = before.and_then(|row| row.verdict).as_deref() == Some(verdict.as_str());
    let state = if same {
        AppealState::Declined
    } else {
        AppealState::Granted
    };
    let vars = object! {
        key: id.to_string(),
        label: label.as_str().to_owned(),
        state: SerdeWrapper(state),
        answer: note.to_owned(),
        review: review_key(id, label),
    };
    let mut answer = tx.run(ANSWER, vars).await?;
    let open: Vec<Key> = answer.all(0)?;
    open.iter()
        .map(|by| Ok(News::decided(by.parse()?, id, label, state, note)))
        .collect()
}

fn appeal_key(id: &ElementId, label: LabelName, user: &UserId) -> RecordId {
    let parts = vec![
        id.to_string().into_value(),
        label.as_str().to_owned().into_value(),
        user.to_string().into_value(),
    ];
    RecordId::new("appeal", Array::from(parts))
}

fn ruling_key(media: &str, label: LabelName) -> RecordId {
    let parts = vec![
        media.to_owned().into_value(),
        label.as_str().to_owned().into_value(),
    ];
    RecordId::new("ruling", Array::from(parts))
}

const REVIEWS: &str = "SELECT element, label, why, by.handle AS handle, invited, since, place \
    FROM review WHERE place > $beyond ORDER BY place LIMIT $count";

const APPEAL: &str = "UPSERT $appeal CONTENT { element: $element, label: $label, by: $by, \
    note: $note, state: 'open', at: $now } RETURN NONE; \
    UPSERT $review CONTENT { element: $element, label: $label, why: 'appealed', by: $by, \
    invited: $invited OR (SELECT VALUE invited FROM $review)[0] = true, since: $now, \
    place: $place } RETURN NONE";

const RULE: &str = "UPSERT $ruling CONTENT { media: $media, label: $label, verdict: $verdict, \
    note: $note, by: $by, at: $now, phash: $phash, bands: $bands } RETURN NONE; \
    SELECT id, media, phash FROM element WHERE media = $media; \
    SELECT id, media, phash FROM element WHERE bands CONTAINSANY $bands LIMIT $most";

const ANSWER: &str = "SELECT VALUE by FROM appeal:[$key]..[$key, '~'] \
    WHERE label = $label AND state = 'open'; \
    UPDATE appeal:[$key]..[$key, '~'] SET state = $state, answer = $answer \
    WHERE label = $label AND state = 'open' RETURN NONE; DELETE $review RETURN NONE";

#[derive(SurrealValue)]
struct SeenRow {
    owner: Key,
    labels: Vec<String>,
}

#[derive(SurrealValue)]
struct StateRow {
    #[surreal(wrap)]
    state: AppealState,
}

#[derive(SurrealValue)]
struct InvitedRow {
    invited: bool,
}

#[derive(SurrealValue)]
struct SameRow {
    id: Key,
    media: String,
    phash: Option<i64>,
}

#[derive(SurrealValue)]
struct VerdictRow {
    verdict: Option<String>,
}

#[derive(SurrealValue)]
struct ReviewRow {
    element: Key,
    label: String,
    #[surreal(wrap)]
    why: ReviewReason,
    handle: Option<String>,
    invited: bool,
    since: i64,
    place: String,
}

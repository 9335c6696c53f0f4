//! Labels: what models say, and what owners say instead.

use protocol::ElementId;
use protocol::label::{Evidence, Label, LabelName, LabelSource, Verdict};
use surrealdb::types::{SerdeWrapper, SurrealValue, object};

use crate::error::Result;
use crate::jobs::Progress;
use crate::row;
use crate::store::Tx;

/// What models said, each with the name of what judged.
pub(crate) fn judged(labels: Vec<Label>, model: &str) -> Vec<Label> {
    let named = |mut label: Label| {
        label.model.get_or_insert_with(|| model.to_owned());
        label
    };
    labels.into_iter().map(named).collect()
}

/// Takes over what models say of an element. What its owner declared stays.
pub(crate) async fn judge(
    tx: &Tx,
    id: &ElementId,
    progress: &mut Progress,
    judged: Vec<Label>,
) -> Result<()> {
    let row: Option<Declared> = tx
        .run(
            "SELECT declares_ai ?? false AS declares_ai FROM $id",
            object! { id: row::element(id) },
        )
        .await?
        .one(0)?;
    let labels = effective(&judged, row.is_some_and(|row| row.declares_ai));
    progress.put("flags", flags(&labels));
    progress.put("labels", SerdeWrapper(labels));
    progress.put("judged", SerdeWrapper(judged));
    Ok(())
}

/// The owner declares that a generator made it, or takes that back.
pub(crate) async fn declare(tx: &Tx, id: &ElementId, declares_ai: bool) -> Result<()> {
    let row: Option<Judged> = tx
        .run(
            "SELECT judged ?? [] AS judged FROM $id",
            object! { id: row::element(id) },
        )
        .await?
        .one(0)?;
    let labels = effective(&row.map(|row| row.judged).unwrap_or_default(), declares_ai);
    let vars = object! {
        id: row::element(id),
        declares_ai: declares_ai,
        flags: flags(&labels),
        labels: SerdeWrapper(labels),
    };
    tx.run(DECLARE, vars).await.map(drop)
}

/// What counts: an owner's declaration before a model's opinion.
fn effective(judged: &[Label], declares_ai: bool) -> Vec<Label> {
    let mut labels = judged.to_vec();
    if declares_ai {
        labels.retain(|label| label.label != LabelName::AiMade);
        labels.push(declared());
    }
    labels.sort_by_key(|label| label.label);
    labels
}

fn declared() -> Label {
    Label {
        label: LabelName::AiMade,
        verdict: Verdict::Yes,
        confidence: 1.0,
        evidence: vec![Evidence {
            kind: "declared".to_owned(),
            detail: "the owner says so".to_owned(),
            score: None,
        }],
        source: LabelSource::Declared,
        model: None,
        appeal: None,
    }
}

fn flags(labels: &[Label]) -> Vec<String> {
    let flags = labels.iter().filter_map(Label::flag);
    flags.map(str::to_owned).collect()
}

#[derive(SurrealValue)]
struct Declared {
    declares_ai: bool,
}

#[derive(SurrealValue)]
struct Judged {
    #[surreal(wrap)]
    judged: Vec<Label>,
}

const DECLARE: &str = "UPDATE $id SET declares_ai = $declares_ai, labels = $labels, \
    flags = $flags RETURN NONE";

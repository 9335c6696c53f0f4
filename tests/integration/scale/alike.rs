//! What is alike in a made-up library, against a plain scan.

use std::collections::{HashMap, HashSet};

use actors::seed::SeedReport;
use actors::{Platform, Viewer};
use db::{Access, Db, EmbeddingRow};
use protocol::ElementId;
use protocol::element::Visibility;

use super::{ELEMENTS, PICTURES};

/// Rows read at once.
const PAGE: usize = 1_000;

/// What is alike is what a plain scan over everything stored would say.
pub async fn similar(
    platform: &Platform,
    db: &Db,
    mean: &[f32],
    people: &[Viewer],
    report: &SeedReport,
) {
    const K: usize = 20;
    let mut rows: Vec<EmbeddingRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.element.clone());
        let page = db
            .embeddings(ml::space::CLIP, after, PAGE)
            .await
            .expect("rows");
        let full = page.len() == PAGE;
        rows.extend(page);
        if !full {
            break;
        }
    }
    assert_eq!(rows.len(), ELEMENTS + PICTURES);
    let access = access(db).await;
    let vectors: Vec<Vec<f32>> = rows.iter().map(|row| centred(&row.vector, mean)).collect();
    let place: HashMap<&ElementId, usize> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (&row.element, at))
        .collect();
    let (mut right, mut all) = (0, 0);
    for (n, id) in report.public_elements.iter().enumerate() {
        let viewer = &people[n % people.len()];
        let own = &vectors[place[id]];
        let mut exact: Vec<(f32, &ElementId)> = rows
            .iter()
            .zip(&vectors)
            .filter(|(row, _)| row.element != *id)
            .filter(|(row, _)| {
                let hidden = viewer.preferences.labels.hidden();
                let Access {
                    owner,
                    visibility,
                    flags,
                } = &access[&row.element];
                let spared = !flags.iter().any(|flag| hidden.contains(&flag.as_str()));
                *owner == viewer.user.id || (*visibility == Visibility::Public && spared)
            })
            .map(|(row, vector)| (ml::vector::dot(own, vector), &row.element))
            .collect();
        exact.sort_by(|a, b| b.0.total_cmp(&a.0));
        let exact: HashSet<&ElementId> = exact.into_iter().take(K).map(|(_, id)| id).collect();
        let found = platform
            .elements()
            .similar(viewer, id, K)
            .await
            .expect("alike");
        assert_eq!(found.items.len(), K);
        right += found
            .items
            .iter()
            .filter(|hit| exact.contains(&hit.element.id))
            .count();
        all += K;
    }
    // rounding may swap the last ones
    assert!(right * 1_000 >= all * 998, "{right} of {all}");
}

/// As pictures are compared: less what all have in common, of length one.
fn centred(vector: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut unit = vector.to_vec();
    ml::vector::normalise(&mut unit);
    let mut centred: Vec<f32> = unit.iter().zip(mean).map(|(x, m)| x - m).collect();
    ml::vector::normalise(&mut centred);
    centred
}

/// Who may see what.
async fn access(db: &Db) -> HashMap<ElementId, Access> {
    let mut all = HashMap::new();
    let mut after = None;
    loop {
        let page = db.facts(after.as_ref(), PAGE).await.expect("facts");
        let full = page.len() == PAGE;
        after = page.last().map(|row| row.element.clone());
        all.extend(page.into_iter().map(|row| (row.element, row.access)));
        if !full {
            return all;
        }
    }
}

//! What the pop-over lists, in which order.

use std::rc::Rc;

use protocol::ClusterId;
use protocol::cluster::Cluster;

use super::fold::fold;

/// Clusters that were used last.
const RECENT: usize = 3;
/// Fewer than this are seen at a glance: no need to list some of them twice.
const MANY: usize = 7;

/// What is known of the server's suggestion.
#[derive(Debug, Clone, PartialEq)]
pub enum Suggested {
    /// It has been asked for.
    Waiting,
    None,
    This(ClusterId, String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A new cluster with this name.
    Create(String),
    /// Keeps the place of the suggestion, so that nothing moves when it comes.
    Waiting,
    Cluster {
        cluster: Rc<Cluster>,
        reason: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub title: &'static str,
    pub rows: Vec<Row>,
}

/// All rows. `all` are the clusters that can be saved to, last used first.
pub fn groups(typed: &str, all: &[Rc<Cluster>], suggested: &Suggested) -> Vec<Group> {
    let name = typed.trim();
    let groups = if name.is_empty() {
        unfiltered(all, suggested)
    } else {
        vec![
            Group {
                title: "",
                rows: vec![Row::Create(name.to_owned())],
            },
            Group {
                title: "Your clusters",
                rows: matching(name, all).into_iter().map(row).collect(),
            },
        ]
    };
    let filled = |group: &Group| !group.rows.is_empty();
    groups.into_iter().filter(filled).collect()
}

/// The row that Enter means before any arrow was used.
pub fn first_choice(groups: &[Group]) -> usize {
    let creates = |group: &Group| matches!(group.rows.first(), Some(Row::Create(_)));
    // whoever types a name that exists means the one that exists
    usize::from(groups.len() > 1 && groups.first().is_some_and(creates))
}

/// The first row of a cluster.
pub fn row_of(groups: &[Group], id: &ClusterId) -> Option<usize> {
    let mut rows = groups.iter().flat_map(|group| &group.rows);
    rows.position(|row| matches!(row, Row::Cluster { cluster, .. } if cluster.id == *id))
}

fn unfiltered(all: &[Rc<Cluster>], suggested: &Suggested) -> Vec<Group> {
    let known = |id: &ClusterId| all.iter().find(|cluster| cluster.id == *id);
    let first = match suggested {
        Suggested::Waiting if !all.is_empty() => Some(Row::Waiting),
        Suggested::This(id, reason) => known(id).map(|cluster| Row::Cluster {
            cluster: cluster.clone(),
            reason: Some(reason.clone()),
        }),
        Suggested::Waiting | Suggested::None => None,
    };
    // the place is never empty, so that the rows below stay where they are
    let first = first.or_else(|| {
        all.first().map(|cluster| Row::Cluster {
            cluster: cluster.clone(),
            reason: Some("The one you used last".into()),
        })
    });
    // one alone stands above already
    let listed = if all.len() > 1 { all } else { &[] };
    let many = all.len() >= MANY;
    let recent = if many { &all[..RECENT] } else { &[] };
    let mut listed = listed.to_vec();
    if many {
        listed.sort_by_cached_key(|cluster| fold(&cluster.name));
    }
    let rows = |all: &[Rc<Cluster>]| all.iter().cloned().map(row).collect();
    vec![
        Group {
            title: "Suggested",
            rows: first.into_iter().collect(),
        },
        Group {
            title: "Recent",
            rows: rows(recent),
        },
        Group {
            title: "All your clusters",
            rows: rows(&listed),
        },
    ]
}

fn row(cluster: Rc<Cluster>) -> Row {
    Row::Cluster {
        cluster,
        reason: None,
    }
}

/// Those whose name holds the text; those that start with it first.
fn matching(typed: &str, all: &[Rc<Cluster>]) -> Vec<Rc<Cluster>> {
    let typed = fold(typed);
    let rank = |cluster: &Rc<Cluster>| {
        let name = fold(&cluster.name);
        let at = name.find(&typed)?;
        let starts_word = name[..at].ends_with(|c: char| !c.is_alphanumeric());
        Some(match at {
            0 if name == typed => 0,
            0 => 1,
            _ if starts_word => 2,
            _ => 3,
        })
    };
    let ranked = all.iter().filter_map(|c| Some((rank(c)?, c.clone())));
    let mut ranked: Vec<(u8, Rc<Cluster>)> = ranked.collect();
    // stable: equals stay in the order of their last use
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, cluster)| cluster).collect()
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;

//! From happenings to entries of the list. Pure: what is counted is what is
//! handed in.

use std::collections::{HashMap, HashSet};

use protocol::limits::{NOTIFICATION_ACTORS, NOTIFICATION_PICTURES};
use protocol::notification::{NotificationPreferences, What};
use protocol::{ClusterId, ElementId, UserId};

use super::row::Happening;
use super::{day, entry_id};

/// One entry, without what has to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub id: String,
    /// Of the latest happening, like all that is not counted.
    pub seq: u64,
    pub at: i64,
    pub what: What,
    pub cluster: Option<ClusterId>,
    /// The last one first.
    pub actors: Vec<UserId>,
    pub people: u32,
    pub count: u32,
    pub elements: Vec<ElementId>,
}

/// The latest first. Kinds that are switched off are left out.
pub(super) fn fold(mut rows: Vec<Happening>, wishes: &NotificationPreferences) -> Vec<Group> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut people: Vec<HashSet<UserId>> = Vec::new();
    for row in rows {
        let wish = wishes.of(row.what.kind());
        if !wish.in_app {
            continue;
        }
        let id = entry_id(&row.base, &row.cause, day(row.at), wish.grouped);
        let place = *places.entry(id.clone()).or_insert(groups.len());
        if place == groups.len() {
            people.push(HashSet::new());
            groups.push(Group {
                id,
                seq: row.seq,
                at: row.at,
                what: row.what,
                cluster: row.cluster,
                actors: Vec::new(),
                people: 0,
                count: 0,
                elements: Vec::new(),
            });
        }
        let (group, people) = (&mut groups[place], &mut people[place]);
        group.count += 1;
        if let Some(actor) = row.actor
            && people.insert(actor.clone())
        {
            group.people += 1;
            if group.actors.len() < NOTIFICATION_ACTORS {
                group.actors.push(actor);
            }
        }
        if let Some(element) = row.element
            && group.elements.len() < NOTIFICATION_PICTURES
            && !group.elements.contains(&element)
        {
            group.elements.push(element);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use protocol::notification::{KindPatch, NotificationKind, PreferencesPatch};

    use super::super::DAY_MS;
    use super::*;

    fn liked(seq: u64, element: u64, by: u64, at: i64) -> Happening {
        let (element, by) = (ElementId::from_parts(element, 0), UserId::from_parts(by, 0));
        Happening {
            cause: format!("liked.{element}.{by}"),
            base: format!("liked.{element}"),
            seq,
            at,
            actor: Some(by),
            element: Some(element),
            cluster: None,
            what: What::Liked,
        }
    }

    fn without_grouping() -> NotificationPreferences {
        let apart = KindPatch {
            in_app: None,
            grouped: Some(false),
        };
        NotificationPreferences::default().with(&PreferencesPatch {
            kinds: [(NotificationKind::Liked, apart)].into(),
            quiet: None,
        })
    }

    #[test]
    fn what_happened_to_one_thing_on_one_day_is_one_entry() {
        let rows = vec![
            liked(1, 1, 1, 10),
            liked(2, 2, 1, 20),
            liked(3, 1, 2, 30),
            liked(4, 1, 3, 40),
            liked(5, 1, 4, 50),
            liked(6, 1, 5, DAY_MS + 1),
        ];
        let groups = fold(rows, &NotificationPreferences::default());
        let seen: Vec<_> = groups.iter().map(|g| (g.seq, g.people, g.count)).collect();
        assert_eq!(seen, [(6, 1, 1), (5, 4, 4), (2, 1, 1)]);
        // the last ones are named, and the picture once
        let named: Vec<_> = groups[1].actors.clone();
        assert_eq!(named, [4, 3, 2].map(|n| UserId::from_parts(n, 0)));
        assert_eq!(groups[1].elements.len(), 1);
        assert!(groups[1].id.ends_with(".0") && groups[0].id.ends_with(".1"));
    }

    #[test]
    fn one_person_who_does_it_twice_counts_once() {
        let mut again = liked(2, 1, 1, 20);
        again.cause.push_str(".other");
        let groups = fold(
            vec![liked(1, 1, 1, 10), again],
            &NotificationPreferences::default(),
        );
        assert_eq!((groups[0].people, groups[0].count), (1, 2));
    }

    #[test]
    fn without_grouping_each_stands_alone_and_switched_off_nothing_does() {
        let rows = vec![liked(1, 1, 1, 10), liked(2, 1, 2, 20)];
        let apart = fold(rows.clone(), &without_grouping());
        assert_eq!(apart.len(), 2);
        assert_eq!(apart[0].id, rows[1].cause);
        let off = KindPatch {
            in_app: Some(false),
            grouped: None,
        };
        let wishes = NotificationPreferences::default().with(&PreferencesPatch {
            kinds: [(NotificationKind::Liked, off)].into(),
            quiet: None,
        });
        assert!(fold(rows, &wishes).is_empty());
    }
}

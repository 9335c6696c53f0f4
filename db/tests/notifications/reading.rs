//! Counts, the unread boundary, preferences and events.

use std::collections::BTreeSet;

use protocol::event::Event;
use protocol::notification::{KindPreference, NotificationKind, QuietHours, What};
use protocol::{ElementId, Topic};

use super::{cluster, kinds, like, list, page, patch, people, put, sees, shown, told, unread};
use crate::support::{both, relay_all, user};
use protocol::element::{ElementPatch, Visibility};

#[tokio::test]
async fn counts_are_exact_however_many_like_at_once_and_take_it_back() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = shown(&db, &ada, 1).await;
        let fans = people(&db, 12).await;
        let all = |liked: bool| {
            let each = fans.iter().map(|fan| {
                let (db, fan, id) = (db.db.clone(), fan.clone(), id.clone());
                // twice at the same time
                tokio::spawn(async move {
                    let fan = sees(&fan);
                    let (a, b) = tokio::join!(db.like(&fan, &id, liked), db.like(&fan, &id, liked));
                    a.unwrap();
                    b.unwrap();
                })
            });
            each.collect::<Vec<_>>()
        };
        for done in all(true) {
            done.await.unwrap();
        }
        let page = page(&db, &ada).await;
        assert_eq!(page.items.len(), 1);
        let one = &page.items[0];
        assert_eq!((one.people, one.count, one.actors.len()), (12, 12, 3));
        assert_eq!(one.what, What::Liked);
        assert_eq!(one.elements[0].id, id);
        // the sequence has no gap and no number twice
        assert_eq!((one.seq, page.state.latest, page.state.unread), (12, 12, 1));
        for done in all(false) {
            done.await.unwrap();
        }
        assert!(list(&db, &ada).await.is_empty());
        assert_eq!(unread(&db, &ada).await, 0);
        for fan in &fans[..5] {
            like(&db, fan, &id, true).await;
        }
        assert_eq!(list(&db, &ada).await[0].people, 5);
    }
}

#[tokio::test]
async fn the_boundary_stays_where_it_was_read_and_what_was_read_is_not_taken_back() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let fans = people(&db, 3).await;
        let (a, b) = (shown(&db, &ada, 1).await, shown(&db, &ada, 2).await);
        like(&db, &fans[0], &a, true).await;
        like(&db, &fans[0], &b, true).await;
        assert_eq!(unread(&db, &ada).await, 2);
        assert_eq!(db.mark_notifications_read(&ada.id, 1).await.unwrap(), 1);
        assert_eq!(unread(&db, &ada).await, 1);
        // never beyond what was given, never back
        assert_eq!(db.mark_notifications_read(&ada.id, 99).await.unwrap(), 2);
        assert_eq!(db.mark_notifications_read(&ada.id, 1).await.unwrap(), 2);
        let state = page(&db, &ada).await.state;
        assert_eq!((state.read_up_to, state.unread, state.latest), (2, 0, 2));
        // what grows comes up again, the other stays where it was
        like(&db, &fans[1], &a, true).await;
        let now = page(&db, &ada).await;
        let places: Vec<(u64, u32)> = now.items.iter().map(|n| (n.seq, n.people)).collect();
        assert_eq!(places, [(3, 2), (2, 1)]);
        assert_eq!((now.state.read_up_to, now.state.unread), (2, 1));
        // unread: gone without a trace; read: it was told
        like(&db, &fans[1], &a, false).await;
        like(&db, &fans[0], &a, false).await;
        let now = page(&db, &ada).await;
        let places: Vec<(u64, u32)> = now.items.iter().map(|n| (n.seq, n.people)).collect();
        assert_eq!(places, [(2, 1), (1, 1)]);
        assert_eq!(now.state.unread, 0);
        // who changes their mind again and again is no news
        like(&db, &fans[0], &a, true).await;
        assert_eq!(unread(&db, &ada).await, 0);
    }
}

#[tokio::test]
async fn pages_fit_together_while_things_come_in_front() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let fans = people(&db, 2).await;
        let mut pictures: Vec<ElementId> = Vec::new();
        for n in 0..5 {
            let id = shown(&db, &ada, n).await;
            like(&db, &fans[0], &id, true).await;
            pictures.push(id);
        }
        let first = db.notifications(&ada.id, None, 2).await.unwrap();
        assert_eq!(first.items.len(), 2);
        like(&db, &fans[1], &pictures[4], true).await;
        let mut seen: Vec<u64> = first.items.iter().map(|n| n.seq).collect();
        let mut cursor = first.next_cursor;
        while let Some(at) = cursor {
            let next = db.notifications(&ada.id, Some(at), 2).await.unwrap();
            seen.extend(next.items.iter().map(|n| n.seq));
            cursor = next.next_cursor;
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
        let wrong = db.notifications(&ada.id, "abc".parse().ok(), 2).await;
        assert!(wrong.is_err());
    }
}

#[tokio::test]
async fn nothing_is_told_of_what_may_no_longer_be_seen() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let id = shown(&db, &ada, 1).await;
        let open = cluster(&db, &bob, Visibility::Public).await;
        put(&db, &bob, &open, &id).await;
        assert_eq!(kinds(&db, &ada).await, [NotificationKind::Saved]);
        let shared = |visibility| asterism_db::ClusterChange {
            visibility: Some(visibility),
            ..Default::default()
        };
        let b = sees(&bob);
        db.change_cluster(&b, &open, shared(Visibility::Private))
            .await
            .unwrap();
        assert!(list(&db, &ada).await.is_empty());
        assert_eq!(unread(&db, &ada).await, 0, "nor counted");
        relay_all(&db).await;
        let events = told(&db, &ada).await;
        assert!(
            matches!(&events[..], [Event::NotificationRemoved(_)]),
            "{events:?}"
        );
        db.change_cluster(&b, &open, shared(Visibility::Public))
            .await
            .unwrap();
        assert_eq!(unread(&db, &ada).await, 1);
        // nor of what is deleted, until it comes back
        db.remove_element(&sees(&ada), &id).await.unwrap();
        assert!(list(&db, &ada).await.is_empty());
        db.restore_element(&sees(&ada), &id, 0).await.unwrap();
        assert_eq!(list(&db, &ada).await.len(), 1);
        // a private cluster tells nobody what it holds
        let vault = cluster(&db, &bob, Visibility::Private).await;
        let other = shown(&db, &ada, 2).await;
        put(&db, &bob, &vault, &other).await;
        assert_eq!(list(&db, &ada).await.len(), 1);
        // one's own act is no news
        let mine = cluster(&db, &ada, Visibility::Public).await;
        put(&db, &ada, &mine, &id).await;
        like(&db, &ada, &id, true).await;
        assert_eq!(list(&db, &ada).await.len(), 1);
        // out again: no trace of it
        db.remove_item(&b, &open, &id).await.unwrap();
        assert!(list(&db, &ada).await.is_empty());
        let patch = ElementPatch {
            visibility: Some(Visibility::Private),
            ..Default::default()
        };
        db.update_element(&sees(&ada), &id, patch).await.unwrap();
        let own = db.like(&b, &id, true).await.unwrap();
        assert!(own.is_none(), "and what is hidden cannot be liked");
    }
}

#[tokio::test]
async fn each_kind_is_told_as_the_account_wants() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let fans = people(&db, 4).await;
        let id = shown(&db, &ada, 1).await;
        let liked = NotificationKind::Liked;
        like(&db, &fans[0], &id, true).await;
        like(&db, &fans[1], &id, true).await;
        let set = async |patch| {
            db.set_notification_preferences(&ada.id, patch)
                .await
                .unwrap()
        };
        let apart = set(patch(liked, None, Some(false))).await;
        assert!(!apart.of(liked).grouped && apart.of(liked).in_app);
        let alone = list(&db, &ada).await;
        assert_eq!(alone.len(), 2);
        let ids: BTreeSet<&str> = alone.iter().map(|n| n.id.as_str()).collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(unread(&db, &ada).await, 2);
        // off: neither shown nor kept
        set(patch(liked, Some(false), None)).await;
        assert!(list(&db, &ada).await.is_empty());
        like(&db, &fans[2], &id, true).await;
        let back = set(patch(liked, Some(true), Some(true))).await;
        assert_eq!(back.of(liked), KindPreference::default());
        like(&db, &fans[3], &id, true).await;
        let list = list(&db, &ada).await;
        assert_eq!((list.len(), list[0].people), (1, 3));
        let quiet = QuietHours {
            on: true,
            offset_minutes: 60,
            ..QuietHours::default()
        };
        let patch = protocol::notification::PreferencesPatch {
            quiet: Some(quiet),
            ..Default::default()
        };
        assert_eq!(set(patch).await.quiet, quiet);
        let kept = db.notification_preferences(&ada.id).await.unwrap();
        assert_eq!(kept.quiet, quiet);
    }
}

#[tokio::test]
async fn events_show_how_it_is_when_they_are_read() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let fans = people(&db, 2).await;
        let id = shown(&db, &ada, 1).await;
        like(&db, &fans[0], &id, true).await;
        like(&db, &fans[1], &id, true).await;
        db.mark_notifications_read(&ada.id, 1).await.unwrap();
        let events = relay_all(&db).await;
        let topic = Topic::User(ada.id.clone());
        let ours: Vec<_> = events.iter().filter(|e| e.topic == topic).collect();
        // what the relay hands on only holds the place
        let placed = ours.iter().filter(|e| !e.whole).count();
        assert_eq!(placed, 2, "{ours:?}");
        let all = told(&db, &ada).await;
        let [
            Event::Notification(first),
            Event::Notification(second),
            Event::NotificationsRead(read),
        ] = &all[..]
        else {
            panic!("{all:?}");
        };
        assert_eq!(first, second, "both as it is now");
        assert_eq!((first.notification.people, first.quiet), (2, false));
        assert_eq!(read.up_to, 1);
        // the second one goes, the first was read
        like(&db, &fans[0], &id, false).await;
        like(&db, &fans[1], &id, false).await;
        relay_all(&db).await;
        let all = told(&db, &ada).await;
        assert_eq!(all.len(), 4, "what was read is not taken back");
        let Some(Event::Notification(left)) = all.last() else {
            panic!("{all:?}");
        };
        assert_eq!((left.notification.people, left.notification.seq), (1, 1));
    }
}

use protocol::limits::NOTIFICATIONS_KEPT;
use protocol::{ElementId, UserId};

use super::*;
use crate::{Db, DbConfig, Fresh};

async fn told(db: &Db, to: &UserId, seeds: std::ops::Range<u64>) {
    let by = UserId::fresh();
    let news: Vec<News> = seeds
        .map(|n| News::liked(to.clone(), &ElementId::from_parts(n, 1), &by))
        .collect();
    db.write("news", move |tx| {
        let news = news.clone();
        Box::pin(async move { tell(tx, &news).await })
    })
    .await
    .unwrap();
}

async fn kept(db: &Db, user: &UserId) -> Vec<u64> {
    let vars = surrealdb::types::object! { user: user.to_string() };
    let query = "SELECT VALUE seq FROM notification:[$user]..[$user, '~']";
    let mut all: Vec<u64> = db.read(query, vars).await.unwrap().all(0).unwrap();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn an_inbox_is_bounded_and_the_oldest_go_first() {
    let db = Db::open(DbConfig::for_testing()).await.unwrap();
    let (ada, bob) = (UserId::fresh(), UserId::fresh());
    told(&db, &bob, 0..3).await;
    let most = NOTIFICATIONS_KEPT as u64;
    let mut next = 0;
    while next < most + 120 {
        told(&db, &ada, next..next + 40).await;
        next += 40;
        let kept = kept(&db, &ada).await;
        assert!(kept.len() <= NOTIFICATIONS_KEPT, "{}", kept.len());
        // without a gap up to the last
        let first = next - kept.len() as u64 + 1;
        assert_eq!(kept, (first..=next).collect::<Vec<_>>());
    }
    assert!(kept(&db, &ada).await.len() >= NOTIFICATIONS_KEPT - 60);
    assert_eq!(kept(&db, &bob).await, [1, 2, 3], "another account's stay");
}

#[test]
fn a_kind_is_read_from_what_it_is_shown_with() {
    assert_eq!(
        kind_of("cluster_added.01jd"),
        Some(NotificationKind::ClusterAdded)
    );
    assert_eq!(kind_of("nothing.01jd"), None);
}

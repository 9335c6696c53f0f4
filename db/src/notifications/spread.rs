//! News of a cluster on their way to its members and followers.
//!
//! There may be many, so they are told in steps behind the cause: it writes one
//! row, and each step tells some accounts and notes how far it got, in one
//! transaction. Whoever dies in between has told nobody twice and leaves nobody
//! out.

use protocol::element::Visibility;
use protocol::notification::{ClusterNews, What};
use protocol::{ClusterId, ElementId, UserId};
use surrealdb::types::{Object, RecordId, SerdeWrapper, SurrealValue, object};

use super::{News, tell};
use crate::clusters::{cluster, holds_key};
use crate::elements::Viewer;
use crate::elements::viewer::HELD;
use crate::error::Result;
use crate::id::{now_millis, outbox_key};
use crate::limits::{SPREAD_ACCOUNTS, SPREAD_NEWS};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// Sorts before every account.
const FIRST: &str = "0";

/// What is to be told of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Spread {
    /// To members and followers.
    Added(ElementId),
    /// To members.
    Changed(ClusterNews),
}

/// Has it told to whoever belongs to the cluster or follows it, soon. Costs a
/// look where nobody does.
pub(crate) async fn begin(tx: &Tx, id: &ClusterId, by: &UserId, news: Spread) -> Result<()> {
    let vars = object! { cluster: cluster(id) };
    let mut answer = tx.run(ANYBODY, vars).await?;
    let members: Vec<Key> = answer.all(0)?;
    let followers: Vec<Key> = answer.all(1)?;
    let followed = matches!(news, Spread::Added(_)) && !followers.is_empty();
    if members.len() < 2 && !followed {
        return Ok(());
    }
    let (element, what) = match news {
        Spread::Added(element) => (Some(element), What::ClusterAdded),
        Spread::Changed(change) => (None, What::ClusterChanged { change }),
    };
    let vars = object! {
        id: RecordId::new("spread", outbox_key()),
        set: object! {
            cluster: cluster(id),
            element: element.as_ref().map(row::element),
            by: row::user(by),
            at: now_millis(),
            what: SerdeWrapper(what),
        },
    };
    tx.run("CREATE $id CONTENT $set RETURN NONE", vars)
        .await
        .map(drop)
}

impl Db {
    /// Tells the next accounts of what waits to be told, of several pieces of
    /// news each. False when nothing waits.
    pub async fn spread_notifications(&self) -> Result<bool> {
        let vars = object! { count: row::int(SPREAD_NEWS) };
        let waiting: Vec<Key> = self
            .read("SELECT VALUE id FROM spread LIMIT $count", vars)
            .await?
            .all(0)?;
        for key in &waiting {
            let id = RecordId::new("spread", key.0.as_str());
            self.write("spreading news", move |tx| {
                let id = id.clone();
                Box::pin(async move { step(tx, id).await })
            })
            .await?;
        }
        Ok(!waiting.is_empty())
    }
}

async fn step(tx: &Tx, id: RecordId) -> Result<()> {
    let vars = object! { id: id.clone() };
    let row: Option<SpreadRow> = tx.run("SELECT * FROM $id", vars).await?.one(0)?;
    let Some(row) = row else {
        return Ok(());
    };
    let Some((accounts, after)) = row.next(tx).await? else {
        return tx.run(END, object! { id: id }).await.map(drop);
    };
    tell(tx, &row.news(accounts)?).await?;
    let query = if after.is_some() { GO_ON } else { END };
    tx.run(query, object! { id: id, after: after })
        .await
        .map(drop)
}

#[derive(SurrealValue)]
struct SpreadRow {
    cluster: Key,
    element: Option<Key>,
    by: Key,
    #[surreal(wrap)]
    what: What,
    after: Option<Key>,
}

/// Who is told now, and where to go on; nowhere when these are the last.
type Next = (Vec<UserId>, Option<RecordId>);

impl SpreadRow {
    /// None when there is nothing to tell any more.
    async fn next(&self, tx: &Tx) -> Result<Option<Next>> {
        let id: ClusterId = self.cluster.parse()?;
        let vars = object! { cluster: cluster(&id) };
        let query = "SELECT visibility FROM $cluster WHERE gone_at = NONE";
        let there: Option<VisibilityRow> = tx.run(query, vars.clone()).await?.one(0)?;
        let Some(there) = there else {
            return Ok(None);
        };
        let mut not = vec![self.by.clone()];
        if let Some(element) = &self.element {
            match shown(tx, &id, &element.parse()?).await? {
                // its owner is told that it was saved
                Some(owner) => not.push(owner),
                None => return Ok(None),
            }
        }
        let (found, after) = match &self.after {
            None => {
                let query = "SELECT VALUE in FROM member_of WHERE out = $cluster";
                let members: Vec<Key> = tx.run(query, vars).await?.all(0)?;
                // a private one opens for nobody who only follows it
                let open = there.visibility != Visibility::Private;
                let more = self.element.is_some() && open;
                (members, more.then(|| RecordId::new("user", FIRST)))
            }
            Some(after) => {
                let mut vars: Object = vars;
                vars.insert("after", RecordId::new("user", after.0.as_str()));
                vars.insert("count", row::int(SPREAD_ACCOUNTS));
                let found: Vec<FollowerRow> = tx.run(FOLLOWERS, vars).await?.all(0)?;
                let found: Vec<Key> = found.into_iter().map(|row| row.r#in).collect();
                let last = found.last().filter(|_| found.len() == SPREAD_ACCOUNTS);
                let after = last.map(|last| RecordId::new("user", last.0.as_str()));
                (found, after)
            }
        };
        let told = found.iter().filter(|user| !not.contains(user));
        let told: Vec<UserId> = told.map(Key::parse).collect::<Result<_>>()?;
        Ok(Some((told, after)))
    }

    fn news(&self, accounts: Vec<UserId>) -> Result<Vec<News>> {
        let (id, by): (ClusterId, UserId) = (self.cluster.parse()?, self.by.parse()?);
        let element: Option<ElementId> = self.element.as_ref().map(Key::parse).transpose()?;
        let to = |user: UserId| match (&self.what, &element) {
            (What::ClusterAdded, Some(element)) => Some(News::added(user, &id, element, &by)),
            (What::ClusterChanged { change }, _) => {
                Some(News::changed(user, &id, &by, change.clone()))
            }
            _ => None,
        };
        Ok(accounts.into_iter().filter_map(to).collect())
    }
}

/// The owner of an element, if the cluster holds it and shows it to others.
async fn shown(tx: &Tx, id: &ClusterId, element: &ElementId) -> Result<Option<Key>> {
    let mut vars = object! { edge: vec![holds_key(id, element)] };
    Viewer::stranger().bind(&mut vars);
    let query = format!("SELECT out.owner AS owner FROM $edge WHERE {HELD}");
    let held: Option<OwnerRow> = tx.run(query, vars).await?.one(0)?;
    Ok(held.map(|row| row.owner))
}

#[derive(SurrealValue)]
struct VisibilityRow {
    #[surreal(wrap)]
    visibility: Visibility,
}

#[derive(SurrealValue)]
struct OwnerRow {
    owner: Key,
}

#[derive(SurrealValue)]
struct FollowerRow {
    r#in: Key,
}

const ANYBODY: &str = "SELECT VALUE in FROM member_of WHERE out = $cluster LIMIT 2; \
    SELECT VALUE in FROM follows WHERE out = $cluster LIMIT 1;";

const FOLLOWERS: &str = "SELECT in FROM follows WHERE out = $cluster AND in > $after \
    ORDER BY in LIMIT $count";

const GO_ON: &str = "UPDATE $id SET after = $after RETURN NONE";

const END: &str = "DELETE $id RETURN NONE";

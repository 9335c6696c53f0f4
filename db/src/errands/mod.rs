//! Errands: what is to be fetched from elsewhere and saved. Durable from the
//! moment it was asked for, done at least once.

mod lease;
mod row;

use protocol::element::Visibility;
use protocol::event::Event;
use protocol::fetch::{Fetch, FetchState};
use protocol::{ClusterId, FetchId, Topic, UserId};
use surrealdb::types::{Object, RecordId, SerdeWrapper, object};

use crate::elements::turned;
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::limits::{ERRANDS_OPEN, ERRANDS_SHOWN, FAILED_ERRAND_MS, SAVED_ERRAND_MS};
use crate::outbox::{self, Notice};
use crate::row as value;
use crate::store::{Db, Tx};
pub use lease::{Errand, ErrandEnd};
use row::ErrandRow;

/// Something to be fetched for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewErrand {
    pub owner: UserId,
    pub url: String,
    /// Which picture of a page.
    pub picture: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub visibility: Visibility,
    pub cluster: Option<ClusterId>,
}

impl Db {
    /// Adds an errand. The same one that has not ended yet stands for both.
    /// Durable when this returns.
    ///
    /// # Errors
    /// [`DbError::Full`] when too many of the account have not ended.
    pub async fn add_errand(&self, new: NewErrand) -> Result<Fetch> {
        let id = FetchId::fresh();
        self.write("an errand", move |tx| {
            let (new, id) = (new.clone(), id.clone());
            Box::pin(async move { add(tx, &new, id, now_millis()).await })
        })
        .await
    }

    /// The account's errands, newest first.
    pub async fn errands(&self, owner: &UserId) -> Result<Vec<Fetch>> {
        let vars = object! { owner: value::user(owner), count: value::int(ERRANDS_SHOWN) };
        let rows: Vec<ErrandRow> = self.read(OF_OWNER, vars).await?.all(0)?;
        rows.into_iter().map(ErrandRow::fetch).collect()
    }

    /// One errand of the account.
    pub async fn errand(&self, owner: &UserId, id: &FetchId) -> Result<Option<Fetch>> {
        let row = self.read(OWN, own(owner, id)).await?.one::<ErrandRow>(0)?;
        row.map(ErrandRow::fetch).transpose()
    }

    /// Takes an errand back, or forgets how it ended. What was saved stays
    /// saved. False when it is not this account's.
    pub async fn drop_errand(&self, owner: &UserId, id: &FetchId) -> Result<bool> {
        let vars = own(owner, id);
        self.write("the end of an errand", move |tx| {
            let vars = vars.clone();
            Box::pin(async move {
                let Some(row) = tx.run(OWN, vars.clone()).await?.one::<ErrandRow>(0)? else {
                    return Ok(false);
                };
                tx.run("DELETE $id RETURN NONE", vars).await?;
                let owner = row.owner()?;
                let mut fetch = row.fetch()?;
                fetch.state = FetchState::Dropped;
                say(tx, owner, fetch).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Tries a failed errand again from the beginning. None when it is not this
    /// account's; one that has not failed stays as it is.
    pub async fn retry_errand(&self, owner: &UserId, id: &FetchId) -> Result<Option<Fetch>> {
        let vars = own(owner, id);
        let owner = owner.clone();
        self.write("an errand again", move |tx| {
            let (mut vars, owner) = (vars.clone(), owner.clone());
            Box::pin(async move {
                let Some(row) = tx.run(OWN, vars.clone()).await?.one::<ErrandRow>(0)? else {
                    return Ok(None);
                };
                if row.state()? != FetchState::Failed {
                    return row.fetch().map(Some);
                }
                vars.insert("now", now_millis());
                let row = tx.run(AGAIN, vars).await?.one::<ErrandRow>(0)?;
                let fetch = row.ok_or(DbError::Missing("errand"))?.fetch()?;
                say(tx, owner, fetch.clone()).await?;
                Ok(Some(fetch))
            })
        })
        .await
    }
}

async fn add(tx: &Tx, new: &NewErrand, id: FetchId, now: i64) -> Result<Fetch> {
    let vars = object! {
        owner: value::user(&new.owner),
        saved: now - SAVED_ERRAND_MS,
        failed: now - FAILED_ERRAND_MS,
    };
    let mut answer = tx.run(OPEN_AND_SWEEP, vars).await?;
    let open: Vec<ErrandRow> = answer.all(0)?;
    let full = open.len() >= ERRANDS_OPEN;
    if let Some(same) = open.into_iter().find(|row| row.is_for(new)) {
        return same.fetch();
    }
    if full {
        return Err(DbError::Full {
            what: "pictures that are being fetched",
            most: ERRANDS_OPEN,
        });
    }
    let vars = object! {
        id: key(&id),
        owner: value::user(&new.owner),
        url: new.url.clone(),
        picture: new.picture.clone(),
        title: new.title.clone(),
        description: new.description.clone(),
        visibility: SerdeWrapper(new.visibility),
        cluster: new.cluster.as_ref().map(ClusterId::to_string),
        now: now,
        place: turned(id.as_str()),
    };
    let row = tx.run(CREATE, vars).await?.one::<ErrandRow>(0)?;
    let fetch = row.ok_or(DbError::Missing("errand"))?.fetch()?;
    say(tx, new.owner.clone(), fetch.clone()).await?;
    Ok(fetch)
}

/// Tells the account how an errand stands.
async fn say(tx: &Tx, owner: UserId, fetch: Fetch) -> Result<()> {
    let event = Event::FetchChanged(Box::new(fetch));
    outbox::write(tx, &[Notice::plain(vec![Topic::User(owner)], event)]).await
}

fn key(id: &FetchId) -> RecordId {
    RecordId::new("errand", id.as_str())
}

fn own(owner: &UserId, id: &FetchId) -> Object {
    object! { id: key(id), owner: value::user(owner) }
}

const OWN: &str = "SELECT * FROM $id WHERE owner = $owner";

const OF_OWNER: &str = "SELECT * FROM errand WHERE owner = $owner ORDER BY place LIMIT $count";

/// What has not ended, and away with what ended long ago.
const OPEN_AND_SWEEP: &str = "\
    SELECT * FROM errand WHERE owner = $owner AND state IN ['waiting', 'fetching']; \
    DELETE errand WHERE owner = $owner AND ((state = 'saved' AND due < $saved) \
    OR (state = 'failed' AND due < $failed)) RETURN NONE";

const CREATE: &str = "CREATE $id SET owner = $owner, url = $url, picture = $picture, \
    title = $title, description = $description, visibility = $visibility, cluster = $cluster, \
    state = 'waiting', due = $now, attempts = 0, duplicate = false, created_at = $now, \
    place = $place";

const AGAIN: &str = "UPDATE $id SET state = 'waiting', due = $now, attempts = 0, problem = NONE";

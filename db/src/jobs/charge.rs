//! What one server does for all that share the database: whoever has the charge
//! of it keeps saying so, and when it falls silent another one takes it.

use surrealdb::types::{RecordId, SurrealValue, object};

use crate::error::Result;
use crate::id::now_millis;
use crate::row;
use crate::store::Db;

#[derive(SurrealValue)]
struct Charge {
    who: String,
    until: i64,
}

impl Db {
    /// Takes the charge of something for so long, or goes on having it. False:
    /// another server has it.
    pub async fn take_charge(&self, what: &str, who: &str, millis: u64) -> Result<bool> {
        let id = RecordId::new("meta", format!("charge_{what}"));
        let who = who.to_owned();
        self.write("taking charge", move |tx| {
            let (id, who) = (id.clone(), who.clone());
            Box::pin(async move {
                let now = now_millis();
                let held: Option<Charge> = tx
                    .run("SELECT * FROM $id", object! { id: id.clone() })
                    .await?
                    .one(0)?;
                if held.is_some_and(|held| held.who != who && held.until > now) {
                    return Ok(false);
                }
                let until = now.saturating_add(row::int(millis));
                let vars = object! { id: id, who: who, until: until };
                tx.run(
                    "UPSERT $id SET who = $who, until = $until RETURN NONE",
                    vars,
                )
                .await?;
                Ok(true)
            })
        })
        .await
    }
}

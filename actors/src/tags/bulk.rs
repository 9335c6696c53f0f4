//! Tags of several elements at once.

use std::collections::BTreeSet;

use db::{NotTagged, Tagged};
use protocol::tag::{BulkTagged, BulkTaggedElement, BulkTags};
use protocol::{ChangeId, ErrorCode, Problem, limits};

use super::Tags;
use super::service::refused;
use crate::{PlatformError, Viewer};

impl Tags {
    /// Puts tags on several elements of the viewer's and takes others off;
    /// each element has its own answer.
    ///
    /// # Errors
    /// `invalid_field` for too many or too few, or what is both put on and
    /// taken off.
    pub async fn bulk(&self, viewer: &Viewer, wish: BulkTags) -> Result<BulkTagged, PlatformError> {
        if wish.elements.is_empty() || wish.elements.len() > limits::BULK_IDS {
            let detail = format!("from one to {} elements at once", limits::BULK_IDS);
            return Err(refused("elements", &detail));
        }
        let add: BTreeSet<_> = wish.add.into_iter().collect();
        let remove: BTreeSet<_> = wish.remove.into_iter().collect();
        let tags = add.len() + remove.len();
        if tags == 0 || tags > limits::BULK_TAGS {
            let detail = format!("from one to {} tags at once", limits::BULK_TAGS);
            return Err(refused("add", &detail));
        }
        {
            let words = self.facts.vocabulary().read();
            let tag = |name: &protocol::value::TagName| {
                let tag = words.resolve(name.as_str());
                tag.map_or_else(|| name.to_string(), |no| words.name(no).to_owned())
            };
            let added: BTreeSet<String> = add.iter().map(tag).collect();
            if let Some(both) = remove.iter().find(|name| added.contains(&tag(name))) {
                let detail = format!("{both} cannot be put on and taken off at once");
                return Err(refused("remove", &detail));
            }
        }
        let (add, remove): (Vec<_>, Vec<_>) =
            (add.into_iter().collect(), remove.into_iter().collect());
        let elements = &wish.elements;
        let tagged = self
            .db
            .tag_elements(&viewer.scope(), elements, &add, &remove)
            .await?;
        Ok(answer(tagged))
    }

    /// Puts back what was there before such a change.
    ///
    /// # Errors
    /// `not_found` for a change of somebody else's, `conflict` when it was
    /// taken back already.
    pub async fn undo_bulk(
        &self,
        viewer: &Viewer,
        change: &ChangeId,
    ) -> Result<BulkTagged, PlatformError> {
        let tagged = self.db.undo_tag_elements(&viewer.scope(), change).await?;
        Ok(answer(tagged))
    }
}

fn answer(tagged: Tagged) -> BulkTagged {
    let problem = |refused: NotTagged| match refused {
        NotTagged::NoElement => Problem::new(
            ErrorCode::NotFound,
            "there is no such element, or it is not yours",
        ),
        NotTagged::ChangedSince => Problem::new(
            ErrorCode::Conflict,
            "its tags were changed since: they stay as they are",
        ),
    };
    let item = |(id, refused): (_, Option<NotTagged>)| BulkTaggedElement {
        id,
        error: refused.map(problem),
    };
    BulkTagged {
        change: tagged.change,
        items: tagged.items.into_iter().map(item).collect(),
    }
}

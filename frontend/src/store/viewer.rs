//! Who looks, and what they want to see.

use protocol::UserId;
use protocol::account::Me;
use protocol::element::Element;
use protocol::label::{Label, LabelPreferences, Treatment};

/// The account that looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    pub id: UserId,
    pub wishes: LabelPreferences,
}

impl Viewer {
    pub fn of(me: &Me) -> Self {
        Self {
            id: me.user.id.clone(),
            wishes: me.preferences.labels,
        }
    }

    /// What is to be done with an element, and the label that asks for it.
    /// Everybody sees their own as it is.
    pub fn treatment<'a>(&self, element: &'a Element) -> (Treatment, Option<&'a Label>) {
        if element.owner.id == self.id {
            return (Treatment::Show, None);
        }
        self.wishes.treatment(&element.labels)
    }

    /// Does it belong in no list?
    pub fn hides(&self, element: &Element) -> bool {
        self.treatment(element).0 == Treatment::Hide
    }

    /// Do lists that were made for one hold what the other wants left out?
    pub fn lists_differ(&self, other: &Self) -> bool {
        self.id != other.id || self.wishes.hidden() != other.wishes.hidden()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{element, labelled, viewer};
    use protocol::label::{LabelName, Verdict};

    const EXPLICIT: (LabelName, Verdict) = (LabelName::Nsfw, Verdict::Explicit);

    #[test]
    fn others_pictures_are_covered_and_ones_own_are_not() {
        let theirs = labelled(1, EXPLICIT);
        let looking = viewer(2, LabelPreferences::default());
        assert_eq!(looking.treatment(&theirs).0, Treatment::Blur);
        let owner = Viewer {
            id: theirs.owner.id.clone(),
            ..looking
        };
        assert_eq!(owner.treatment(&theirs), (Treatment::Show, None));
        assert_eq!(owner.treatment(&element(1)).0, Treatment::Show);
    }

    #[test]
    fn lists_are_made_anew_only_where_hiding_changes() {
        let blurs = viewer(2, LabelPreferences::default());
        let shows = viewer(
            2,
            LabelPreferences {
                explicit: Treatment::Show,
                ..blurs.wishes
            },
        );
        let hides = viewer(
            2,
            LabelPreferences {
                explicit: Treatment::Hide,
                ..blurs.wishes
            },
        );
        assert!(!blurs.lists_differ(&shows));
        assert!(blurs.lists_differ(&hides) && hides.lists_differ(&shows));
    }
}

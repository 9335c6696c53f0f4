//! The history of a tag in words.

use protocol::tag::{TagChange, TagChangeKind};

/// What somebody did, to stand behind their name.
pub fn did(change: &TagChange) -> String {
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    match change.kind {
        TagChangeKind::Renamed => format!("renamed it from “{before}” to “{after}”"),
        TagChangeKind::Described if after.is_empty() => "removed the description".into(),
        TagChangeKind::Described if before.is_empty() => "described it".into(),
        TagChangeKind::Described => "changed the description".into(),
        TagChangeKind::Categorised if after.is_empty() => format!("took it out of “{before}”"),
        TagChangeKind::Categorised if before.is_empty() => format!("sorted it under “{after}”"),
        TagChangeKind::Categorised => format!("sorted it under “{after}”, not “{before}”"),
        TagChangeKind::AliasAdded => format!("added “{after}” as another word for it"),
        TagChangeKind::AliasRemoved => format!("removed “{before}” as another word for it"),
        TagChangeKind::ImplicationAdded => format!("said that it implies “{after}”"),
        TagChangeKind::ImplicationRemoved => format!("said that it no longer implies “{before}”"),
        TagChangeKind::Merged => format!("made “{before}” part of it"),
        TagChangeKind::Undone => "took an earlier change back".into(),
    }
}

/// The texts themselves, where they are too long for a line.
pub fn texts(change: &TagChange) -> Option<(&str, &str)> {
    let before = change.before.as_deref().unwrap_or_default();
    let after = change.after.as_deref().unwrap_or_default();
    (change.kind == TagChangeKind::Described).then_some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{ChangeId, Timestamp};

    fn change(kind: TagChangeKind, before: &str, after: &str) -> TagChange {
        let text = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        TagChange {
            id: ChangeId::from_parts(1, 1),
            at: Timestamp::from_millis(0),
            by: None,
            kind,
            before: text(before),
            after: text(after),
            undone_by: None,
            undoable: true,
        }
    }

    #[test]
    fn changes_are_told_with_what_was_and_what_is() {
        let said = |kind, before, after| did(&change(kind, before, after));
        assert_eq!(
            said(TagChangeKind::Renamed, "kitty", "cat"),
            "renamed it from “kitty” to “cat”"
        );
        assert_eq!(
            said(TagChangeKind::Categorised, "", "animal"),
            "sorted it under “animal”"
        );
        assert_eq!(
            said(TagChangeKind::Described, "A pet.", ""),
            "removed the description"
        );
        assert_eq!(
            texts(&change(TagChangeKind::Described, "", "A pet.")),
            Some(("", "A pet."))
        );
        assert_eq!(texts(&change(TagChangeKind::Merged, "kitty", "")), None);
    }
}

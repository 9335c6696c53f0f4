//! What somebody typed about a picture and has not saved: never lost, and
//! never written over what somebody else wrote meanwhile without a word.

use std::cell::RefCell;
use std::collections::HashMap;

use protocol::ElementId;
use protocol::element::{Element, ElementPatch};

thread_local! {
    static DRAFTS: RefCell<HashMap<ElementId, Draft>> = RefCell::default();
}

/// The words that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Title,
    Description,
    Alt,
}

impl Word {
    pub const ALL: [Word; 3] = [Word::Title, Word::Description, Word::Alt];

    fn of(self, element: &Element) -> &str {
        match self {
            Word::Title => &element.title,
            Word::Description => &element.description,
            Word::Alt => &element.alt,
        }
    }
}

/// One word while it is edited.
#[derive(Debug, Clone, PartialEq, Default)]
struct Edited {
    /// As it was when the editing began.
    before: String,
    /// As it is wanted; none while it was not touched.
    wanted: Option<String>,
}

impl Edited {
    fn changed(&self) -> Option<&str> {
        let wanted = self.wanted.as_deref().map(str::trim);
        wanted.filter(|wanted| *wanted != self.before)
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft([Edited; 3]);

impl Draft {
    pub fn of(element: &Element) -> Self {
        Self(Word::ALL.map(|word| Edited {
            before: word.of(element).to_owned(),
            wanted: None,
        }))
    }

    pub fn text(&self, word: Word) -> &str {
        let edited = self.one(word);
        edited.wanted.as_deref().unwrap_or(&edited.before)
    }

    /// Was it typed here?
    pub fn is_touched(&self, word: Word) -> bool {
        self.one(word).wanted.is_some()
    }

    pub fn typed(&self, word: Word, text: String) -> Self {
        let mut next = self.clone();
        next.0[word as usize].wanted = Some(text);
        next
    }

    pub fn is_changed(&self) -> bool {
        self.0.iter().any(|edited| edited.changed().is_some())
    }

    /// Only what was changed.
    pub fn patch(&self) -> ElementPatch {
        let changed = |word| self.one(word).changed().map(str::to_owned);
        ElementPatch {
            title: changed(Word::Title),
            description: changed(Word::Description),
            alt: changed(Word::Alt),
            ..ElementPatch::default()
        }
    }

    /// What is not changed here is as it is now; of the rest, what somebody
    /// else has changed meanwhile, too.
    pub fn clash(&self, word: Word, now: &Element) -> Option<String> {
        let edited = self.one(word);
        let theirs = word.of(now);
        let wanted = edited.changed()?;
        (theirs != edited.before && theirs != wanted).then(|| theirs.to_owned())
    }

    /// With everything that was not touched here as it is now.
    pub fn follow(&self, now: &Element) -> Self {
        let mut next = self.clone();
        for word in Word::ALL {
            let edited = &mut next.0[word as usize];
            if edited.changed().is_none() {
                edited.before = word.of(now).to_owned();
            }
        }
        next
    }

    /// Takes what somebody else wrote.
    pub fn give_in(&self, word: Word, now: &Element) -> Self {
        let mut next = self.clone();
        next.0[word as usize] = Edited {
            before: word.of(now).to_owned(),
            wanted: None,
        };
        next
    }

    /// Keeps what was typed here, knowing what somebody else wrote.
    pub fn insist(&self, word: Word, now: &Element) -> Self {
        let mut next = self.clone();
        next.0[word as usize].before = word.of(now).to_owned();
        next
    }

    fn one(&self, word: Word) -> &Edited {
        &self.0[word as usize]
    }
}

/// What was not saved of this one.
pub fn kept(id: &ElementId) -> Option<Draft> {
    DRAFTS.with_borrow(|drafts| drafts.get(id).cloned())
}

pub fn keep(id: &ElementId, draft: &Draft) {
    DRAFTS.with_borrow_mut(|drafts| {
        if draft.is_changed() {
            drafts.insert(id.clone(), draft.clone());
        } else {
            drafts.remove(id);
        }
    });
}

/// It is saved, or was thrown away.
pub fn drop(id: &ElementId) {
    DRAFTS.with_borrow_mut(|drafts| drafts.remove(id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{element, id};

    fn titled(title: &str) -> Element {
        Element {
            title: title.into(),
            ..element(1)
        }
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let draft = Draft::of(&titled("Door")).typed(Word::Title, " Door ".into());
        assert!(!draft.is_changed());
        assert_eq!(draft.patch(), ElementPatch::default());
        let draft = draft.typed(Word::Alt, "A blue door".into());
        let patch = draft.patch();
        assert_eq!(
            (patch.title, patch.alt.as_deref()),
            (None, Some("A blue door"))
        );
    }

    #[test]
    fn what_others_write_meanwhile_is_neither_hidden_nor_overwritten() {
        let now = Element {
            title: "Gate".into(),
            description: "Theirs".into(),
            ..element(1)
        };
        let draft = Draft::of(&titled("Door")).typed(Word::Title, "Blue door".into());
        assert_eq!(draft.clash(Word::Title, &now).as_deref(), Some("Gate"));
        let draft = draft.follow(&now);
        assert_eq!(draft.text(Word::Description), "Theirs");
        assert_eq!(draft.patch().description, None);
        let theirs = draft.give_in(Word::Title, &now);
        assert_eq!(
            (theirs.text(Word::Title), theirs.is_changed()),
            ("Gate", false)
        );
        let mine = draft.insist(Word::Title, &now);
        assert_eq!(mine.clash(Word::Title, &now), None);
        assert_eq!(mine.patch().title.as_deref(), Some("Blue door"));
        // both wrote the same
        assert_eq!(draft.clash(Word::Title, &titled("Blue door")), None);
    }

    #[test]
    fn what_was_not_saved_is_kept_until_it_is() {
        let draft = Draft::of(&titled("Door")).typed(Word::Title, "Gate".into());
        keep(&id(1), &draft);
        assert_eq!(kept(&id(1)), Some(draft.clone()));
        keep(&id(1), &draft.typed(Word::Title, "Door".into()));
        assert_eq!(kept(&id(1)), None, "nothing is changed any more");
        keep(&id(1), &draft);
        drop(&id(1));
        assert_eq!(kept(&id(1)), None);
    }
}

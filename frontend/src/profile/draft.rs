//! What somebody typed about themselves and has not saved.

use std::cell::RefCell;

use protocol::UserId;
use protocol::profile::{Profile, ProfileLink, ProfilePatch};

thread_local! {
    /// Outlives the page, so that going elsewhere loses nothing.
    static KEPT: RefCell<Option<(UserId, Draft)>> = const { RefCell::new(None) };
}

/// The form as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    pub display_name: String,
    pub handle: String,
    pub bio: String,
    pub links: Vec<ProfileLink>,
    pub share_likes: bool,
}

impl Draft {
    pub fn of(profile: &Profile) -> Self {
        Self {
            display_name: profile.user.display_name.clone(),
            handle: profile.user.handle.to_string(),
            bio: profile.bio.clone(),
            links: profile.links.clone(),
            share_likes: profile.shares_likes,
        }
    }

    /// Only what is different from how it is saved; a handle that is none is
    /// left out.
    pub fn patch(&self, saved: &Self) -> ProfilePatch {
        let text = |now: &String, before: &String| {
            (now.trim() != before.trim()).then(|| now.trim().to_owned())
        };
        let links = self.filled();
        ProfilePatch {
            handle: text(&self.handle, &saved.handle).and_then(|handle| handle.parse().ok()),
            display_name: text(&self.display_name, &saved.display_name),
            bio: text(&self.bio, &saved.bio),
            links: (links != saved.links).then_some(links),
            share_likes: (self.share_likes != saved.share_likes).then_some(self.share_likes),
        }
    }

    /// Rows that were left empty are no links.
    fn filled(&self) -> Vec<ProfileLink> {
        let empty =
            |link: &&ProfileLink| link.url.trim().is_empty() && link.title.trim().is_empty();
        let rows = self.links.iter().filter(|link| !empty(link));
        rows.map(|link| link.checked().unwrap_or_else(|_| link.clone()))
            .collect()
    }

    /// The row of the form that the server calls by this number: it never saw
    /// the empty ones.
    pub fn row_of(&self, sent: usize) -> usize {
        let filled =
            |link: &ProfileLink| !link.url.trim().is_empty() || !link.title.trim().is_empty();
        let rows = self
            .links
            .iter()
            .enumerate()
            .filter(|(_, link)| filled(link));
        rows.map(|(row, _)| row).nth(sent).unwrap_or(sent)
    }

    pub fn is_changed(&self, saved: &Self) -> bool {
        let handle = self.handle.trim() != saved.handle;
        handle || self.patch(saved) != ProfilePatch::default()
    }

    /// As it would look, for a preview.
    pub fn shown(&self, profile: &Profile) -> Profile {
        let mut shown = profile.clone();
        shown.user.display_name.clone_from(&self.display_name);
        if let Ok(handle) = self.handle.parse() {
            shown.user.handle = handle;
        }
        shown.bio = self.bio.trim().to_owned();
        shown.links = self.filled();
        shown.links.retain(|link| link.checked().is_ok());
        shown
    }
}

/// Keeps what was typed.
pub fn keep(id: &UserId, draft: &Draft) {
    KEPT.set(Some((id.clone(), draft.clone())));
}

pub fn drop() {
    KEPT.set(None);
}

pub fn kept(id: &UserId) -> Option<Draft> {
    let kept = KEPT.with_borrow(Clone::clone);
    kept.filter(|(of, _)| of == id).map(|(_, draft)| draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> Draft {
        Draft {
            display_name: "Ada".into(),
            handle: "ada".into(),
            links: vec![link("https://a.example")],
            ..Draft::default()
        }
    }

    fn link(url: &str) -> ProfileLink {
        ProfileLink {
            title: String::new(),
            url: url.into(),
        }
    }

    #[test]
    fn only_what_is_different_is_sent() {
        let saved = saved();
        assert!(!saved.is_changed(&saved));
        let mut draft = saved.clone();
        draft.bio = " Hello ".into();
        draft.links.push(link("  "));
        let patch = draft.patch(&saved);
        assert_eq!(patch.bio.as_deref(), Some("Hello"));
        assert!(patch.links.is_none() && patch.handle.is_none() && patch.display_name.is_none());
        draft.handle = "Ada.L".into();
        assert_eq!(
            draft.patch(&saved).handle.map(|h| h.to_string()).as_deref(),
            Some("ada.l")
        );
    }

    #[test]
    fn a_refused_link_is_found_among_empty_rows() {
        let mut draft = saved();
        draft.links = vec![link(""), link("https://a.example"), link(""), link("b")];
        assert_eq!((draft.row_of(0), draft.row_of(1)), (1, 3));
    }

    #[test]
    fn an_impossible_handle_counts_as_a_change() {
        let mut draft = saved();
        draft.handle = "!".into();
        assert!(draft.is_changed(&saved()));
        assert!(draft.patch(&saved()).handle.is_none());
    }
}

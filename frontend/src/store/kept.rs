//! Small settings that stay in this browser. Every one is a convenience: where
//! storage is refused (private windows), the app works without.

use gloo::storage::{LocalStorage, Storage};
use protocol::element::Visibility;

const THEME: &str = "asterism-theme";
const SEARCHES: &str = "asterism-searches";
const SAVED: &str = "asterism-saved-searches";
const VISIBILITY: &str = "asterism-upload-visibility";
const CLUSTERS: &str = "asterism-cluster-visibility";
const NOTICES: &str = "asterism-notices-paused-until";

/// Recent searches that are kept.
const SEARCHES_KEPT: usize = 8;
/// Saved searches.
const SAVED_KEPT: usize = 50;

/// `light`, `dark` or nothing (follow the system). `boot.js` reads it, too.
pub fn theme() -> Option<String> {
    LocalStorage::raw().get_item(THEME).ok().flatten()
}

pub fn set_theme(name: Option<&str>) {
    let _ = match name {
        Some(name) => LocalStorage::raw().set_item(THEME, name),
        None => LocalStorage::raw().remove_item(THEME),
    };
}

/// Newest first.
pub fn searches() -> Vec<String> {
    LocalStorage::get(SEARCHES).unwrap_or_default()
}

pub fn remember_search(words: &str) {
    let _ = LocalStorage::set(SEARCHES, with_newest(searches(), words, SEARCHES_KEPT));
}

/// Searches that somebody wants to keep, newest first.
pub fn saved() -> Vec<String> {
    LocalStorage::get(SAVED).unwrap_or_default()
}

pub fn is_saved(words: &str) -> bool {
    saved().iter().any(|old| same(old, words))
}

/// Saves a search, or does so no more.
pub fn toggle_saved(words: &str) {
    let all = if is_saved(words) {
        without(saved(), words)
    } else {
        with_newest(saved(), words, SAVED_KEPT)
    };
    let _ = LocalStorage::set(SAVED, all);
}

/// Neither recent nor saved.
pub fn forget_search(words: &str) {
    let _ = LocalStorage::set(SEARCHES, without(searches(), words));
    let _ = LocalStorage::set(SAVED, without(saved(), words));
}

/// Who may see what is uploaded next.
pub fn upload_visibility() -> Visibility {
    LocalStorage::get(VISIBILITY).unwrap_or_default()
}

pub fn set_upload_visibility(visibility: Visibility) {
    let _ = LocalStorage::set(VISIBILITY, visibility);
}

/// Who may see the next new cluster.
pub fn cluster_visibility() -> Visibility {
    LocalStorage::get(CLUSTERS).unwrap_or(Visibility::Private)
}

pub fn set_cluster_visibility(visibility: Visibility) {
    let _ = LocalStorage::set(CLUSTERS, visibility);
}

/// Until when no notices pop up, in milliseconds since 1970; 0 for never.
pub fn notices_paused_until() -> f64 {
    LocalStorage::get(NOTICES).unwrap_or_default()
}

pub fn pause_notices_until(millis: f64) {
    let _ = LocalStorage::set(NOTICES, millis);
}

fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

fn without(mut all: Vec<String>, words: &str) -> Vec<String> {
    all.retain(|old| !same(old, words));
    all
}

fn with_newest(mut all: Vec<String>, words: &str, most: usize) -> Vec<String> {
    let words = words.trim();
    if words.is_empty() {
        return all;
    }
    all = without(all, words);
    all.insert(0, words.to_owned());
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_is_repeated_moves_to_the_front() {
        let all = with_newest(vec!["cats".into(), "doors".into()], " Doors ", 8);
        assert_eq!(all, ["Doors", "cats"]);
        assert_eq!(with_newest(all.clone(), "  ", 8).len(), 2);
        assert_eq!(with_newest(all.clone(), "dogs", 2), ["dogs", "Doors"]);
        assert_eq!(without(all, "DOORS"), ["cats"]);
    }
}

//! Small settings that stay in this browser. Every one is a convenience: where
//! storage is refused (private windows), the app works without.

use gloo::storage::{LocalStorage, Storage};
use protocol::element::Visibility;

const THEME: &str = "asterism-theme";
const SEARCHES: &str = "asterism-searches";
const VISIBILITY: &str = "asterism-upload-visibility";
const CLUSTERS: &str = "asterism-cluster-visibility";
const NOTICES: &str = "asterism-notices-paused-until";

/// Recent searches that are kept.
const SEARCHES_KEPT: usize = 8;

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
    let _ = LocalStorage::set(SEARCHES, with_newest(searches(), words));
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

fn with_newest(mut all: Vec<String>, words: &str) -> Vec<String> {
    let words = words.trim();
    if words.is_empty() {
        return all;
    }
    all.retain(|old| !old.eq_ignore_ascii_case(words));
    all.insert(0, words.to_owned());
    all.truncate(SEARCHES_KEPT);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_is_repeated_moves_to_the_front() {
        let all = with_newest(vec!["cats".into(), "doors".into()], " Doors ");
        assert_eq!(all, ["Doors", "cats"]);
        assert_eq!(with_newest(all, "  ").len(), 2);
    }
}

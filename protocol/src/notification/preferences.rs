//! What an account wants to be told, and how.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{NotificationKind, QuietHours};

/// `GET notifications/preferences`: every kind is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NotificationPreferences {
    #[cfg_attr(feature = "schema", schema(value_type = HashMap<String, KindPreference>))]
    pub kinds: BTreeMap<NotificationKind, KindPreference>,
    pub quiet: QuietHours,
}

/// How one kind is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KindPreference {
    /// In the list and on the bell. What happens while it is off is not kept.
    pub in_app: bool,
    /// Several on one day as one entry.
    pub grouped: bool,
}

/// `PATCH notifications/preferences`: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PreferencesPatch {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = HashMap<String, KindPatch>))]
    pub kinds: BTreeMap<NotificationKind, KindPatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KindPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grouped: Option<bool>,
}

impl Default for KindPreference {
    fn default() -> Self {
        Self {
            in_app: true,
            grouped: true,
        }
    }
}

impl Default for NotificationPreferences {
    fn default() -> Self {
        let each = |kind: &NotificationKind| (*kind, KindPreference::default());
        Self {
            kinds: NotificationKind::ALL.iter().map(each).collect(),
            quiet: QuietHours::default(),
        }
    }
}

impl NotificationPreferences {
    pub fn of(&self, kind: NotificationKind) -> KindPreference {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    /// The same with a change; kinds that an older version knew nothing of are
    /// named afterwards.
    #[must_use]
    pub fn with(mut self, patch: &PreferencesPatch) -> Self {
        for kind in NotificationKind::ALL {
            let slot = self.kinds.entry(*kind).or_default();
            let patch = patch.kinds.get(kind).copied().unwrap_or_default();
            slot.in_app = patch.in_app.unwrap_or(slot.in_app);
            slot.grouped = patch.grouped.unwrap_or(slot.grouped);
        }
        self.quiet = patch.quiet.unwrap_or(self.quiet);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let text = r#"{"kinds": {"liked": {"grouped": false}, "followed": {"in_app": false}}}"#;
        let patch: PreferencesPatch = serde_json::from_str(text).unwrap();
        let changed = NotificationPreferences::default().with(&patch);
        let of = |kind| changed.of(kind);
        assert_eq!(
            (
                of(NotificationKind::Liked),
                of(NotificationKind::Followed).in_app
            ),
            (
                KindPreference {
                    in_app: true,
                    grouped: false
                },
                false
            )
        );
        assert_eq!(of(NotificationKind::Saved), KindPreference::default());
        assert!(!changed.quiet.on);
    }

    #[test]
    fn a_misspelt_kind_is_refused() {
        for text in [
            r#"{"kinds": {"likes": {"in_app": false}}}"#,
            r#"{"kinds": {"liked": {"inapp": false}}}"#,
        ] {
            assert!(serde_json::from_str::<PreferencesPatch>(text).is_err());
        }
    }

    #[test]
    fn preferences_of_an_older_version_read_with_defaults() {
        let old: NotificationPreferences = serde_json::from_str(r#"{"kinds": {}}"#).unwrap();
        assert!(old.of(NotificationKind::Liked).in_app);
        let whole = old.with(&PreferencesPatch::default());
        assert_eq!(whole.kinds.len(), NotificationKind::ALL.len());
    }
}

//! What can be told, each with its cause.

use protocol::cluster::ClusterRole;
use protocol::label::{AppealState, LabelName};
use protocol::notification::{ClusterNews, NotificationKind, What};
use protocol::{ClusterId, DeviceId, ElementId, UserId};

/// Something to tell to one account.
#[derive(Debug, Clone)]
pub(crate) struct News {
    pub(super) to: UserId,
    pub(super) cause: Cause,
    pub(super) actor: Option<UserId>,
    pub(super) element: Option<ElementId>,
    pub(super) cluster: Option<ClusterId>,
    pub(super) what: What,
}

/// Why something is told. Made of ids and words, with dots between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause {
    /// What happenings are shown together: a beginning of `key`.
    pub(super) base: String,
    pub(super) key: String,
    /// If it was told before it is told anew in its place, rather than not.
    pub(super) anew: bool,
}

impl Cause {
    fn once(base: String, rest: &[&str]) -> Self {
        let mut key = base.clone();
        for part in rest {
            key.push('.');
            key.push_str(part);
        }
        Self {
            base,
            key,
            anew: false,
        }
    }

    fn anew(base: String) -> Self {
        Self {
            key: base.clone(),
            base,
            anew: true,
        }
    }
}

fn base(kind: NotificationKind, of: &[&str]) -> String {
    let mut base = kind.as_str().to_owned();
    for part in of {
        base.push('.');
        base.push_str(part);
    }
    base
}

impl News {
    pub(crate) fn is_for(&self, user: &UserId) -> bool {
        self.to == *user
    }

    /// Somebody likes an element of `to`'s.
    pub(crate) fn liked(to: UserId, element: &ElementId, by: &UserId) -> Self {
        let base = base(NotificationKind::Liked, &[element.as_str()]);
        Self {
            actor: Some(by.clone()),
            element: Some(element.clone()),
            ..Self::new(to, Cause::once(base, &[by.as_str()]), What::Liked)
        }
    }

    /// Somebody put an element of `to`'s into a cluster.
    pub(crate) fn saved(to: UserId, element: &ElementId, into: &ClusterId, by: &UserId) -> Self {
        let base = base(NotificationKind::Saved, &[element.as_str()]);
        Self {
            actor: Some(by.clone()),
            element: Some(element.clone()),
            cluster: Some(into.clone()),
            ..Self::new(
                to,
                Cause::once(base, &[by.as_str(), into.as_str()]),
                What::Saved,
            )
        }
    }

    /// Somebody follows a cluster of `to`'s.
    pub(crate) fn followed(to: UserId, cluster: &ClusterId, by: &UserId) -> Self {
        let base = base(NotificationKind::Followed, &[cluster.as_str()]);
        Self {
            actor: Some(by.clone()),
            cluster: Some(cluster.clone()),
            ..Self::new(to, Cause::once(base, &[by.as_str()]), What::Followed)
        }
    }

    /// Somebody follows `to`.
    pub(crate) fn followed_account(to: UserId, by: &UserId) -> Self {
        let base = base(NotificationKind::Followed, &["you"]);
        Self {
            actor: Some(by.clone()),
            ..Self::new(to, Cause::once(base, &[by.as_str()]), What::Followed)
        }
    }

    /// Its owner made `to` a member, or gave them another role.
    pub(crate) fn invited(
        to: UserId,
        cluster: &ClusterId,
        by: Option<&UserId>,
        role: ClusterRole,
    ) -> Self {
        let base = base(NotificationKind::Invited, &[cluster.as_str()]);
        Self {
            actor: by.cloned(),
            cluster: Some(cluster.clone()),
            ..Self::new(to, Cause::anew(base), What::Invited { role })
        }
    }

    /// A cluster that `to` belongs to is another one now.
    pub(crate) fn changed(
        to: UserId,
        cluster: &ClusterId,
        by: &UserId,
        change: ClusterNews,
    ) -> Self {
        let kind = NotificationKind::ClusterChanged;
        let of = |what: &str| base(kind, &[cluster.as_str(), what]);
        let cause = match &change {
            ClusterNews::Joined { .. } => Cause::once(of("joined"), &[by.as_str()]),
            ClusterNews::Renamed { .. } => Cause::anew(of("renamed")),
            ClusterNews::Shared { .. } => Cause::anew(of("shared")),
        };
        Self {
            actor: Some(by.clone()),
            cluster: Some(cluster.clone()),
            ..Self::new(to, cause, What::ClusterChanged { change })
        }
    }

    /// Something new in a cluster that `to` follows or belongs to.
    pub(crate) fn added(to: UserId, cluster: &ClusterId, element: &ElementId, by: &UserId) -> Self {
        let base = base(NotificationKind::ClusterAdded, &[cluster.as_str()]);
        Self {
            actor: Some(by.clone()),
            element: Some(element.clone()),
            cluster: Some(cluster.clone()),
            ..Self::new(
                to,
                Cause::once(base, &[element.as_str()]),
                What::ClusterAdded,
            )
        }
    }

    /// All steps of an element of `to`'s are through.
    pub(crate) fn ready(to: UserId, element: &ElementId, failed: bool) -> Self {
        let end = if failed { "failed" } else { "ready" };
        let base = base(NotificationKind::ElementReady, &[end]);
        Self {
            element: Some(element.clone()),
            ..Self::new(
                to,
                Cause::once(base, &[element.as_str()]),
                What::ElementReady { failed },
            )
        }
    }

    /// A moderator will look at an element of `to`'s.
    pub(crate) fn review(to: UserId, element: &ElementId, label: LabelName) -> Self {
        let base = base(NotificationKind::ElementReview, &[label.as_str()]);
        Self {
            element: Some(element.clone()),
            ..Self::new(
                to,
                Cause::once(base, &[element.as_str()]),
                What::ElementReview { label },
            )
        }
    }

    /// A camera of `to`'s went without a goodbye and did not come back. Several
    /// of a day are shown together: they often have one reason.
    pub(crate) fn offline(to: UserId, device: &DeviceId, name: &str) -> Self {
        let base = base(NotificationKind::DeviceOffline, &[]);
        Self::new(
            to,
            Cause {
                anew: true,
                ..Cause::once(base, &[device.as_str()])
            },
            What::DeviceOffline {
                device: device.clone(),
                name: name.to_owned(),
            },
        )
    }

    /// A moderator decided about an appeal of `to`'s. Moderators are not named.
    pub(crate) fn decided(
        to: UserId,
        element: &ElementId,
        label: LabelName,
        state: AppealState,
        answer: &str,
    ) -> Self {
        let of = [element.as_str(), label.as_str()];
        Self {
            element: Some(element.clone()),
            ..Self::new(
                to,
                Cause::anew(base(NotificationKind::AppealDecided, &of)),
                What::AppealDecided {
                    label,
                    state,
                    answer: answer.to_owned(),
                },
            )
        }
    }

    /// About nobody's doing, no element and no cluster.
    fn new(to: UserId, cause: Cause, what: What) -> Self {
        Self {
            to,
            cause,
            actor: None,
            element: None,
            cluster: None,
            what,
        }
    }
}

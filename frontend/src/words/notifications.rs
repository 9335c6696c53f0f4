//! Notifications in words.

use protocol::cluster::ClusterRole;
use protocol::element::Visibility;
use protocol::label::AppealState;
use protocol::notification::{ClusterNews, Notification, NotificationKind, What};

use super::{count, listed};

/// A part of a line; names stand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    pub name: bool,
}

/// What happened, in one line.
pub fn line(one: &Notification) -> Vec<Part> {
    let mut line = parts(one);
    // a picture without a title begins the sentence in lower case
    if let Some(first) = line.first_mut().filter(|part| !part.name) {
        first.text = capital(&first.text);
    }
    line
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    first
        .map(|letter| letter.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn parts(one: &Notification) -> Vec<Part> {
    let who = name(who(one));
    let several = one.people != 1;
    let verb = |alone: &str, together: &str| {
        plain_part(format!(" {} ", if several { together } else { alone }))
    };
    let cluster = || {
        name(
            one.cluster
                .as_ref()
                .map_or("a cluster", |c| c.name.as_str()),
        )
    };
    match &one.what {
        What::Liked => vec![who, verb("likes", "like"), what(one)],
        What::Saved => {
            let mut line = vec![who, plain_part(" saved "), what(one)];
            if one.count == 1 {
                line.extend([plain_part(" to "), cluster()]);
            }
            line
        }
        What::Followed if one.cluster.is_none() => {
            vec![who, verb("follows", "follow"), plain_part("you")]
        }
        What::Followed => vec![who, verb("follows", "follow"), cluster()],
        What::Invited { role } => match role {
            ClusterRole::Viewer => vec![who, plain_part(" added you to "), cluster()],
            _ => vec![who, plain_part(" made you an editor of "), cluster()],
        },
        What::ClusterChanged { change } => match change {
            ClusterNews::Joined { .. } => vec![who, plain_part(" joined "), cluster()],
            ClusterNews::Renamed { before } => vec![
                who,
                plain_part(" renamed "),
                name(before.clone()),
                plain_part(" to "),
                cluster(),
            ],
            ClusterNews::Shared { visibility } => {
                let now = match visibility {
                    Visibility::Public => " public",
                    Visibility::Unlisted => " visible to whoever has its link",
                    Visibility::Private => " private",
                };
                vec![who, plain_part(" made "), cluster(), plain_part(now)]
            }
        },
        What::ClusterAdded => vec![
            who,
            plain_part(" added "),
            what(one),
            plain_part(" to "),
            cluster(),
        ],
        What::ElementReady { failed: false } => {
            let now = if one.count == 1 {
                " is ready"
            } else {
                " are ready"
            };
            vec![what(one), plain_part(now)]
        }
        What::ElementReady { failed: true } => {
            vec![what(one), plain_part(" could not be processed")]
        }
        What::ElementReview { .. } => vec![plain_part("A moderator will look at "), what(one)],
        What::AppealDecided { state, .. } => {
            let end = match state {
                AppealState::Granted => " was granted",
                _ => " was declined",
            };
            vec![plain_part("Your appeal about "), what(one), plain_part(end)]
        }
        What::DeviceOffline { name: camera, .. } => {
            let mut line = vec![name(camera.clone())];
            if one.count > 1 {
                let others = count(i64::from(one.count) - 1, "other camera");
                line.push(plain_part(format!(" and {others}")));
            }
            line.push(plain_part(" went offline"));
            line
        }
    }
}

/// The line without emphasis.
pub fn plain(one: &Notification) -> String {
    line(one).into_iter().map(|part| part.text).collect()
}

/// What somebody said about it.
pub fn quote(one: &Notification) -> Option<&str> {
    match &one.what {
        What::AppealDecided { answer, .. } => Some(answer.as_str()).filter(|a| !a.is_empty()),
        _ => None,
    }
}

/// A kind as the settings name it, and what it tells.
pub fn kind(kind: NotificationKind) -> (&'static str, &'static str) {
    match kind {
        NotificationKind::Liked => ("Likes", "Somebody likes a picture of yours."),
        NotificationKind::Saved => (
            "Saves",
            "Somebody puts a picture of yours into a cluster that you can see.",
        ),
        NotificationKind::Followed => ("Followers", "Somebody follows you or a cluster of yours."),
        NotificationKind::Invited => (
            "Invitations",
            "You belong to a cluster now, or may do something else there.",
        ),
        NotificationKind::ClusterChanged => (
            "Changes of clusters",
            "Somebody joins yours; one that you belong to is renamed or shared.",
        ),
        NotificationKind::ClusterAdded => (
            "New in clusters",
            "Something new in a cluster that you follow or belong to.",
        ),
        NotificationKind::ElementReady => (
            "Processing",
            "A picture that you added is ready, or could not be processed.",
        ),
        NotificationKind::ElementReview => (
            "Reviews",
            "A moderator will look at a picture of yours, as models are unsure.",
        ),
        NotificationKind::AppealDecided => ("Appeals", "A moderator decided about your appeal."),
        NotificationKind::DeviceOffline => (
            "Cameras",
            "A camera of yours went offline without a goodbye and did not come back.",
        ),
    }
}

/// "Ada", "Ada and Bob", "Ada and 3 others".
fn who(one: &Notification) -> String {
    let names: Vec<&str> = one.actors.iter().map(|a| a.display_name.as_str()).collect();
    match (names.first(), one.people as usize) {
        (None, _) => "Somebody".to_owned(),
        (Some(_), people) if people <= names.len() => listed(&names),
        (Some(first), people) => {
            format!("{first} and {}", count(people as i64 - 1, "other"))
        }
    }
}

/// "Blue door", "a picture", "3 pictures".
fn what(one: &Notification) -> Part {
    // several people did it to one picture
    let same = matches!(one.what, What::Liked | What::Saved);
    match one.elements.first() {
        _ if one.count > 1 && !same => plain_part(count(one.count.into(), "picture")),
        Some(element) if !element.title.trim().is_empty() => name(element.title.clone()),
        _ if same => plain_part("your picture"),
        _ => plain_part("a picture"),
    }
}

fn name(text: impl Into<String>) -> Part {
    Part {
        text: text.into(),
        name: true,
    }
}

fn plain_part(text: impl Into<String>) -> Part {
    Part {
        text: text.into(),
        name: false,
    }
}

#[cfg(test)]
#[path = "notifications_tests.rs"]
mod tests;

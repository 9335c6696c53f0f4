//! Who sees a cluster, in plain words.

use protocol::element::Visibility;

use crate::controls::IconName;

/// In a word and in a sentence.
pub fn words(visibility: Visibility) -> (&'static str, &'static str) {
    match visibility {
        Visibility::Public => (
            "Public",
            "Everybody with an account here can find it, see it and follow it.",
        ),
        Visibility::Unlisted => (
            "With link",
            "Whoever has its address can see it; it appears in nobody else's lists.",
        ),
        Visibility::Private => ("Private", "Only you and those you invite can see it."),
    }
}

pub fn icon(visibility: Visibility) -> IconName {
    match visibility {
        Visibility::Public => IconName::Globe,
        Visibility::Unlisted => IconName::Link,
        Visibility::Private => IconName::Lock,
    }
}

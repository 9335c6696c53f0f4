//! Values that carry their invariants: once built, they are right.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::limits::{HANDLE_MAX, HANDLE_MIN, PASSWORD_MAX, PASSWORD_MIN, TAG_MAX};

/// Why a value was refused; the text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    #[error(
        "a handle has {HANDLE_MIN} to {HANDLE_MAX} characters: a-z, 0-9, dot, dash and underscore, and starts with a letter or digit"
    )]
    Handle,
    #[error("a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")]
    Password,
    #[error("a tag has 1 to {TAG_MAX} letters, digits, spaces and - ' . ( ) & /")]
    Tag,
}

/// The name an account is addressed by: lower case, unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "ada"))]
#[serde(transparent)]
pub struct Handle(String);

impl Handle {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Handle {
    type Err = BadValue;

    /// Folds to lower case and trims; refuses everything that is not a handle.
    fn from_str(text: &str) -> Result<Self, BadValue> {
        let name = text.trim().to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fine = (HANDLE_MIN..=HANDLE_MAX).contains(&name.chars().count())
            && name.starts_with(plain)
            && name
                .chars()
                .all(|c| plain(c) || matches!(c, '.' | '-' | '_'));
        if fine {
            Ok(Self(name))
        } else {
            Err(BadValue::Handle)
        }
    }
}

/// A password in clear. Never printed, never serialised.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, format = Password))]
pub struct Password(String);

impl Password {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = BadValue;
    fn from_str(text: &str) -> Result<Self, BadValue> {
        if (PASSWORD_MIN..=PASSWORD_MAX).contains(&text.chars().count()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadValue::Password)
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A tag's name: lower case, single spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "tiger cat"))]
#[serde(transparent)]
pub struct TagName(String);

impl TagName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TagName {
    type Err = BadValue;

    /// Folds case, underscores and runs of spaces; refuses the rest.
    fn from_str(text: &str) -> Result<Self, BadValue> {
        let folded = text.to_lowercase().replace('_', " ");
        let name = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        let fine = (1..=TAG_MAX).contains(&name.chars().count())
            && name.chars().all(|c| {
                c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '.' | '(' | ')' | '&' | '/')
            });
        if fine {
            Ok(Self(name))
        } else {
            Err(BadValue::Tag)
        }
    }
}

macro_rules! by_text {
    ($($name:ident),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
by_text!(Handle, Password, TagName);

macro_rules! shown {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
shown!(Handle, TagName);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn handles_and_tags_print_what_they_parse(text in "\\PC{0,40}") {
            if let Ok(handle) = text.parse::<Handle>() {
                prop_assert_eq!(handle.to_string().parse::<Handle>().unwrap(), handle);
            }
            if let Ok(tag) = text.parse::<TagName>() {
                prop_assert_eq!(tag.to_string().parse::<TagName>().unwrap(), tag);
            }
        }
    }

    #[test]
    fn passwords_never_show() {
        let password: Password = "correct horse".parse().unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert!("short".parse::<Password>().is_err());
    }
}

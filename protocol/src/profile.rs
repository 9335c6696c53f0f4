//! What an account shows of itself, and how accounts stand to each other.

use serde::{Deserialize, Serialize};

use crate::account::User;
use crate::element::{Media, Owner};
use crate::limits::{
    AVATAR_SIDES, BIO_MAX, DISPLAY_NAME_MAX, LINK_TITLE_MAX, PROFILE_LINKS, URL_MAX,
};
use crate::value::Handle;
use crate::visual::Region;
use crate::{MediaHash, Problem, Timestamp};

/// `GET users/{handle}`: an account as others see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Profile {
    #[serde(flatten)]
    pub user: User,
    pub bio: String,
    pub links: Vec<ProfileLink>,
    /// Does it show what it likes? Always told to the account itself.
    pub shares_likes: bool,
    pub counts: ProfileCounts,
    /// How the viewer stands to it; absent for one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// It was asked for by this former handle: show and keep the one in `handle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Handle>,
}

/// As many as the viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProfileCounts {
    pub elements: u64,
    pub clusters: u64,
    pub followers: u64,
    pub following: u64,
}

/// How one account stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Relation {
    pub following: bool,
    pub followed_by: bool,
    /// Its elements are in none of the viewer's feeds and searches.
    pub muted: bool,
    /// The two see nothing of each other.
    pub blocked: bool,
}

/// Somewhere else where the account can be found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileLink {
    /// Empty: the address is shown.
    #[serde(default)]
    pub title: String,
    /// `https://…` or `http://…`.
    pub url: String,
}

/// `PATCH users/me/profile`: fields that are absent stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    /// The former one stays the account's and leads to the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<ProfileLink>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_likes: Option<bool>,
}

/// Accounts that one follows, mutes or blocks, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct People {
    pub items: Vec<Owner>,
}

/// `POST users/me/delete`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteAccount {
    /// Once more, whoever is logged in.
    pub password: String,
}

/// `POST receipts`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptQuery {
    pub id: String,
}

/// What is erased with an account. The receipt names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// By which `POST receipts` tells how far it is, for 30 days. Absent
    /// before the account is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub state: ReceiptState,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// What there was, or is by now erased.
    pub erased: Erased,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// Nothing is erased yet: what would be.
    Preview,
    Erasing,
    Done,
}

/// Counts of what is erased, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Erased {
    pub elements: u64,
    /// Vectors by which pictures and their texts are compared.
    pub embeddings: u64,
    /// Media whose original and derived files nobody else has.
    pub files: u64,
    pub likes: u64,
    pub clusters: u64,
    /// Owned clusters that others worked in: their longest-standing editor has
    /// them now.
    pub clusters_handed_over: u64,
    pub memberships: u64,
    /// Follows of clusters and accounts, mutes and blocks, in both directions.
    pub relations: u64,
    pub devices: u64,
    pub logins: u64,
}

impl ProfileLink {
    /// The link without spaces around it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn checked(&self) -> Result<Self, String> {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        if title.chars().count() > LINK_TITLE_MAX {
            return Err(format!(
                "a link's title has at most {LINK_TITLE_MAX} characters"
            ));
        }
        let url = self.url.trim();
        if !is_web_address(url) {
            return Err("a link begins with https:// or http:// and a server's name".into());
        }
        Ok(Self {
            title,
            url: url.to_owned(),
        })
    }

    /// What stands for it: its title, or the address without its beginning.
    pub fn label(&self) -> &str {
        if !self.title.is_empty() {
            return &self.title;
        }
        let bare = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |u| u.1);
        bare.trim_end_matches('/')
    }
}

impl ProfilePatch {
    /// The patch as it is kept: trimmed, within all limits.
    ///
    /// # Errors
    /// Names the field.
    pub fn checked(self) -> Result<Self, Problem> {
        let display_name = match self.display_name {
            None => None,
            Some(name) => {
                let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
                if !(1..=DISPLAY_NAME_MAX).contains(&name.chars().count()) {
                    let detail = format!("a name has 1 to {DISPLAY_NAME_MAX} characters");
                    return Err(Problem::field("display_name", detail));
                }
                Some(name)
            }
        };
        let bio = self.bio.map(|bio| bio.trim().to_owned());
        if bio
            .as_ref()
            .is_some_and(|bio| bio.chars().count() > BIO_MAX)
        {
            return Err(Problem::field(
                "bio",
                format!("at most {BIO_MAX} characters"),
            ));
        }
        let links = self.links.map(checked_links).transpose()?;
        Ok(Self {
            handle: self.handle,
            display_name,
            bio,
            links,
            share_likes: self.share_likes,
        })
    }
}

fn checked_links(links: Vec<ProfileLink>) -> Result<Vec<ProfileLink>, Problem> {
    if links.len() > PROFILE_LINKS {
        let detail = format!("at most {PROFILE_LINKS} links");
        return Err(Problem::field("links", detail));
    }
    let checked = links.iter().enumerate().map(|(at, link)| {
        let wrong = |detail| Problem::field(&format!("links[{at}]"), detail);
        link.checked().map_err(wrong)
    });
    checked.collect()
}

/// An address that a page may link to: no script, no name and password.
fn is_web_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"`\\{}|^".contains(c);
    let named = host.split(':').next().unwrap_or_default();
    url.len() <= URL_MAX
        && url.chars().all(plain)
        && !host.contains('@')
        && (host.starts_with('[') || named.chars().any(char::is_alphanumeric))
}

/// The part of an uploaded picture that becomes the avatar: a square as it is
/// shown. Absent: the middle.
pub fn avatar_region(width: u32, height: u32, crop: Option<Region>) -> Region {
    let (w, h) = (width.max(1) as f32, height.max(1) as f32);
    let side = w.min(h);
    crop.unwrap_or(Region {
        x: (w - side) / 2.0 / w,
        y: (h - side) / 2.0 / h,
        w: side / w,
        h: side / h,
    })
}

/// The files of an avatar, smallest first.
pub fn avatar_files(hash: &MediaHash) -> Vec<Media> {
    let file = |kind: &str, side: u32| Media {
        variant: format!("{kind}-{side}"),
        url: format!("/media/{hash}/{kind}-{side}"),
        mime: format!("image/{kind}"),
        width: side,
        height: side,
    };
    let jpegs = AVATAR_SIDES.iter().map(|side| file("jpeg", *side));
    let avifs = AVATAR_SIDES.iter().map(|side| file("avif", *side));
    jpegs.chain(avifs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(url: &str) -> ProfileLink {
        ProfileLink {
            title: "  My   page ".into(),
            url: url.into(),
        }
    }

    #[test]
    fn links_lead_to_web_pages_and_nowhere_else() {
        for fine in [
            "https://example.org",
            " http://example.org:8080/a?b=c#d ",
            "https://exämple.org/ü",
            "http://[::1]/",
        ] {
            let kept = link(fine).checked().expect(fine);
            assert_eq!(
                (kept.title.as_str(), kept.url.as_str()),
                ("My page", fine.trim())
            );
        }
        for wrong in [
            "javascript:alert(1)",
            "ftp://example.org",
            "https://",
            "https:///path",
            "https://user:secret@example.org",
            "https://example.org/ a",
            "https://example.org/<b>",
            "example.org",
        ] {
            assert!(link(wrong).checked().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refused_field_is_named() {
        let long = ProfilePatch {
            bio: Some("x".repeat(BIO_MAX + 1)),
            ..ProfilePatch::default()
        };
        assert_eq!(long.checked().unwrap_err().field.as_deref(), Some("bio"));
        let second = ProfilePatch {
            links: Some(vec![link("https://a.example"), link("b")]),
            ..ProfilePatch::default()
        };
        let refused = second.checked().unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("links[1]"));
        let nameless = ProfilePatch {
            display_name: Some("  ".into()),
            ..ProfilePatch::default()
        };
        let refused = nameless.checked().unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("display_name"));
    }

    #[test]
    fn without_a_crop_the_middle_is_taken() {
        let region = avatar_region(400, 200, None);
        assert_eq!(
            (region.x, region.y, region.w, region.h),
            (0.25, 0.0, 0.5, 1.0)
        );
    }
}

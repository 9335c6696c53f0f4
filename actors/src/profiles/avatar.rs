//! The account's picture: cut square out of an upload, and made anew, so that
//! nothing of the file but its pixels is ever served.

use bytes::Bytes;
use media::{Picture, VariantKind, VariantSpec};
use protocol::limits::AVATAR_SIDES;
use protocol::profile::{Profile, avatar_region};
use protocol::visual::Region;
use protocol::{MediaHash, Problem};
use tokio::task::spawn_blocking;

use super::Profiles;
use crate::{PlatformError, Viewer, throttle};

impl Profiles {
    /// Makes a part of a picture the account's.
    ///
    /// # Errors
    /// Typed by what is wrong with the file; `invalid_field` for a region that
    /// is none; `rate_limited`.
    pub async fn set_avatar(
        &self,
        viewer: &Viewer,
        file: Bytes,
        crop: Option<Region>,
    ) -> Result<Profile, PlatformError> {
        let id = &viewer.user.id;
        self.throttle.attempt(throttle::Kind::Avatar, id.as_str())?;
        let crop = match crop {
            Some(region) => {
                let wrong =
                    |bad: protocol::visual::BadRegion| Problem::field("crop", bad.to_string());
                Some(
                    region
                        .checked()
                        .map_err(|bad| PlatformError::Refused(wrong(bad)))?,
                )
            }
            None => None,
        };
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| PlatformError::Gone("the maker of avatars"))?;
        let work = move || {
            let _place = place;
            let picture = media::decode(&file, &media::Limits::default())?;
            files_of(&picture, crop)
        };
        let made = spawn_blocking(work).await;
        let files = made.map_err(|_| PlatformError::Gone("the maker of avatars"))??;
        // of the account too: no two accounts share a file that one may delete
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"avatar");
        hasher.update(id.as_str().as_bytes());
        for (name, bytes) in &files {
            hasher.update(name.as_bytes());
            hasher.update(bytes);
        }
        let hash = MediaHash::from_bytes(*hasher.finalize().as_bytes());
        for (name, bytes) in files {
            self.blobs.put_variant(&hash, &name, bytes).await?;
        }
        let before = self.db.set_avatar(id, Some(hash.clone())).await?;
        self.drop_avatar(before.filter(|before| *before != hash))
            .await;
        self.own(viewer).await
    }

    /// Takes the account's picture away.
    ///
    /// # Errors
    /// `not_found` when the account is gone.
    pub async fn remove_avatar(&self, viewer: &Viewer) -> Result<Profile, PlatformError> {
        let before = self.db.set_avatar(&viewer.user.id, None).await?;
        self.drop_avatar(before).await;
        self.own(viewer).await
    }

    /// Nothing points at it any more.
    async fn drop_avatar(&self, before: Option<MediaHash>) {
        let Some(hash) = before else { return };
        if let Err(error) = self.blobs.remove_media(&hash).await {
            tracing::warn!(%error, "files of a former avatar stay");
        }
    }
}

/// The names and the bytes of all files of an avatar.
fn files_of(
    picture: &Picture,
    crop: Option<Region>,
) -> Result<Vec<(String, Vec<u8>)>, PlatformError> {
    let [x, y, side] = square([picture.width(), picture.height()], crop);
    let cut = picture.cropped(x, y, side, side);
    let mut files = Vec::new();
    for side in AVATAR_SIDES {
        let square = cut.squared(side);
        for kind in [VariantKind::Jpeg, VariantKind::Avif] {
            let encoded = media::encode(&square, VariantSpec::new(kind, side))?;
            let name = match kind {
                VariantKind::Jpeg => "jpeg",
                VariantKind::Avif => "avif",
            };
            files.push((format!("{name}-{side}"), encoded.bytes));
        }
    }
    Ok(files)
}

/// Left, top and side in pixels: a square around the middle of what was asked
/// for, as large as its shorter side, within the picture.
fn square(size: [u32; 2], crop: Option<Region>) -> [u32; 3] {
    let region = avatar_region(size[0], size[1], crop);
    let (width, height) = (size[0] as f32, size[1] as f32);
    let side = (region.w * width).min(region.h * height).round();
    let side = (side as u32).clamp(1, size[0].min(size[1]).max(1));
    let along = |start: f32, length: f32, whole: u32| {
        let middle = (start + length / 2.0) * whole as f32;
        let from = (middle - side as f32 / 2.0).round().max(0.0) as u32;
        from.min(whole - side)
    };
    [
        along(region.x, region.w, size[0]),
        along(region.y, region.h, size[1]),
        side,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_square_and_within_the_picture() {
        assert_eq!(square([400, 200], None), [100, 0, 200]);
        let right = Region {
            x: 0.75,
            y: 0.5,
            w: 0.25,
            h: 0.5,
        };
        assert_eq!(square([400, 200], Some(right)), [300, 100, 100]);
        let long = Region {
            x: 0.0,
            y: 0.9,
            w: 1.0,
            h: 0.1,
        };
        assert_eq!(square([400, 200], Some(long)), [190, 180, 20]);
        assert_eq!(square([1, 1], None), [0, 0, 1]);
    }

    #[test]
    fn every_file_of_an_avatar_has_its_size() {
        let picture = Picture::from_rgb(40, 20, vec![90; 40 * 20 * 3]).expect("a picture");
        let files = files_of(&picture, None).expect("files");
        assert_eq!(files.len(), AVATAR_SIDES.len() * 2);
        for (name, bytes) in files {
            let made = media::decode(&bytes, &media::Limits::default()).expect("a picture");
            let side: u32 = name
                .split('-')
                .nth(1)
                .and_then(|s| s.parse().ok())
                .expect("a side");
            assert_eq!((made.width(), made.height()), (side, side), "{name}");
        }
    }
}

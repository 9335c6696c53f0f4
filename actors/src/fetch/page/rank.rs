//! Which of a page's pictures is the one that is meant.

use std::cmp::Reverse;
use std::collections::HashMap;

use url::Url;

use super::{Candidate, Named, PICTURES};

/// Pictures that are looked at; a page with more shows thumbnails.
const LOOKED_AT: usize = 5_000;
/// Sides below which a picture is furniture, in pixels.
const FURNITURE: u32 = 100;
/// Area that a picture is taken to have of which nothing is known.
const UNKNOWN: u64 = 500 * 400;
/// Parts of names that furniture has.
const FURNISHING: [&str; 14] = [
    "logo",
    "icon",
    "sprite",
    "avatar",
    "pixel",
    "badge",
    "button",
    "spinner",
    "tracking",
    "placeholder",
    "blank",
    "emoji",
    "captcha",
    "loading",
];

/// The pictures that were named so far, each once.
#[derive(Default)]
pub struct Gathered {
    all: Vec<Candidate>,
    places: HashMap<Url, usize>,
    /// The last of each kind that words after it are about.
    last: HashMap<&'static str, usize>,
}

impl Gathered {
    /// One more, or more about one that is known.
    pub fn add(&mut self, new: Candidate) {
        let named = new.named;
        let at = match self.places.get(&new.url) {
            Some(&at) => {
                let known = &mut self.all[at];
                known.named = known.named.min(new.named);
                known.width = known.width.max(new.width);
                known.height = known.height.max(new.height);
                known.alt = known.alt.take().or(new.alt);
                at
            }
            None if self.all.len() >= LOOKED_AT && named == Named::Image => self.evicted(new),
            None => {
                self.places.insert(new.url.clone(), self.all.len());
                self.all.push(new);
                self.all.len() - 1
            }
        };
        self.last.insert(key(named), at);
    }

    /// Takes the place of the last `img`, if it is larger.
    fn evicted(&mut self, new: Candidate) -> usize {
        let at = self.all.len() - 1;
        if area(&new) > area(&self.all[at]) && self.all[at].named == Named::Image {
            self.places.remove(&self.all[at].url);
            self.places.insert(new.url.clone(), at);
            self.all[at] = new;
        }
        at
    }

    /// Another address of the last of this kind; the first if there is none.
    pub fn also_as(&mut self, named: Named, url: Option<Url>) {
        let Some(url) = url else { return };
        if !self.last.contains_key(key(named)) {
            self.add(Candidate {
                url,
                width: None,
                height: None,
                alt: None,
                named,
            });
        }
    }

    /// A side (0: width) of the last of this kind.
    pub fn sized(&mut self, named: Named, side: usize, pixels: Option<u32>) {
        if let Some(&at) = self.last.get(key(named)) {
            let known = &mut self.all[at];
            let side = if side == 0 {
                &mut known.width
            } else {
                &mut known.height
            };
            *side = pixels.or(*side);
        }
    }

    /// What the last of this kind shows.
    pub fn described(&mut self, named: Named, alt: Option<String>) {
        if let Some(&at) = self.last.get(key(named)) {
            let known = &mut self.all[at].alt;
            *known = known.take().or(alt);
        }
    }

    /// The best first.
    pub fn ranked(self) -> Vec<Candidate> {
        ranked(self.all)
    }
}

/// The best first; what is furniture by its size is left out.
pub fn ranked(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.retain(|candidate| candidate.named != Named::Image || !is_small(candidate));
    all.retain(|candidate| !is_drawing(&candidate.url));
    all.sort_by_key(|candidate| {
        let image = candidate.named == Named::Image;
        // of what the page is about, its own order counts
        let area = if image { area(candidate) } else { 0 };
        let furnishing = image && is_furnishing(&candidate.url);
        (candidate.named, furnishing, Reverse(area))
    });
    all.truncate(PICTURES);
    all
}

fn key(named: Named) -> &'static str {
    match named {
        Named::Graph => "graph",
        Named::Card => "card",
        _ => "other",
    }
}

fn area(candidate: &Candidate) -> u64 {
    match (candidate.width, candidate.height) {
        (Some(width), Some(height)) => u64::from(width) * u64::from(height),
        (Some(side), None) | (None, Some(side)) => u64::from(side) * u64::from(side) * 3 / 4,
        (None, None) => UNKNOWN,
    }
}

fn is_small(candidate: &Candidate) -> bool {
    let sides = [candidate.width, candidate.height];
    sides.into_iter().flatten().any(|side| side < FURNITURE)
}

fn is_furnishing(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    FURNISHING.iter().any(|word| path.contains(word))
}

/// Formats that are not read here.
fn is_drawing(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.ends_with(".svg") || path.ends_with(".ico")
}

//! Elements: who saved what when, what it looks like and what it is called.

use std::collections::HashMap;

use super::dice::Dice;
use super::expand::{Expander, Mix, Neighbourhood};
use db::{BulkElement, ModelTag, NewElement};
use protocol::element::{Source, StageName, TagBand, TagState, Visibility};
use protocol::value::TagName;
use protocol::{ElementId, MediaHash, Timestamp, UserId};

use super::SeedPlan;
use super::population::Population;
use super::views::{Picture, Views};
use super::words::{Vocabulary, plain};

/// Elements come in over so many days.
const DAYS: i64 = 730;
const DAY_MS: i64 = 86_400_000;
/// How often people save what they care for.
const FAITHFUL: f64 = 0.85;
/// Most tags of a picture, as the classifier gives them.
const TAGS_MOST: usize = ml::tags::MAX_SUGGESTIONS;
/// Likes of a picture that has some, on average.
const LIKES: f64 = 2.0;
const CAMERAS: [&str; 6] = [
    "Fujifilm X-T4",
    "Apple iPhone 15",
    "Canon EOS R6",
    "Nikon Z 6",
    "Google Pixel 8",
    "Sony ILCE-7M3",
];

/// What the rest has to know of an element.
pub struct Made {
    pub id: ElementId,
    /// Place among the people.
    pub owner: usize,
    pub topic: usize,
    pub visibility: Visibility,
    pub at: i64,
    pub likes: usize,
}

/// An element to be written, and whose files show it.
pub struct Item {
    pub row: BulkElement,
    /// Its media, and the one that has the files.
    pub link: (MediaHash, MediaHash),
}

/// All elements that were made, and how often words and tags are in those that
/// everybody sees.
#[derive(Default)]
pub struct Library {
    pub elements: Vec<Made>,
    pub words: HashMap<String, u32>,
    pub tags: HashMap<TagName, u32>,
    pub edges: usize,
}

/// Makes one element after the other, the oldest first.
pub struct Maker<'a> {
    views: &'a Views,
    people: &'a Population,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) dice: Dice,
    near: Neighbourhood,
    pub(super) clip: Expander,
    pub(super) conse: Expander,
    /// When they are saved, in order.
    times: std::vec::IntoIter<i64>,
    made: Library,
}

impl<'a> Maker<'a> {
    pub fn new(
        plan: &SeedPlan,
        views: &'a Views,
        people: &'a Population,
        vocabulary: &'a Vocabulary,
        dice: &mut Dice,
    ) -> Self {
        let mut dice = Dice::new(dice.bits());
        let mut times: Vec<i64> = (0..plan.elements)
            .map(|_| moment(plan.now, &mut dice))
            .collect();
        times.sort_unstable();
        let clip = views.clip();
        Self {
            near: Neighbourhood::new(&clip),
            clip: Expander::new(&clip, &mut dice),
            conse: Expander::new(&views.conse(), &mut dice),
            views,
            people,
            vocabulary,
            dice,
            times: times.into_iter(),
            made: Library::default(),
        }
    }

    /// The next ones; none at the end.
    pub fn next(&mut self, count: usize) -> Vec<Item> {
        let times: Vec<i64> = self.times.by_ref().take(count).collect();
        times.into_iter().map(|at| self.element(at)).collect()
    }

    pub fn finish(self) -> Library {
        self.made
    }

    fn element(&mut self, at: i64) -> Item {
        let owner = self.people.anybody(&mut self.dice);
        let topic = if self.dice.chance(FAITHFUL) {
            self.people.humans[owner].interest(&mut self.dice)
        } else {
            self.people.topics.any(&mut self.dice)
        };
        let view = self.people.topics.view(topic, &mut self.dice);
        let mix = self.near.mix(view, &mut self.dice);
        let picture = &self.views.pictures[self.views.views[view].picture];
        let media = MediaHash::from_bytes(self.digest());
        let id = ElementId::from_parts(at as u64, u128::from(self.dice.bits()));
        let tags = self.tags(&mix);
        let said = self.said(&tags);
        let new = self.saved(owner, picture, media.clone(), at, &tags);
        let liked_by = self.likers(&new, topic, at);
        let text = self.text();
        self.count(&new, &text, &tags, &said);
        self.made.elements.push(Made {
            id: id.clone(),
            owner,
            topic,
            visibility: new.visibility,
            at,
            likes: liked_by.len(),
        });
        let row = BulkElement {
            id,
            created_at: Timestamp::from_millis(at),
            outcomes: self.outcomes(picture, &media, &mix, tags, text),
            new,
            said,
            liked_by,
        };
        let link = (media, picture.media.clone());
        Item { row, link }
    }

    fn digest(&mut self) -> [u8; 32] {
        let mut digest = [0; 32];
        for part in digest.chunks_mut(8) {
            part.copy_from_slice(&self.dice.bits().to_le_bytes());
        }
        digest
    }

    fn saved(
        &mut self,
        owner: usize,
        picture: &Picture,
        media: MediaHash,
        at: i64,
        tags: &[ModelTag],
    ) -> NewElement {
        let dice = &mut self.dice;
        let subject: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
        let mut written = |chance: f64, from: usize, mean: f64| {
            if dice.chance(chance) {
                let words = from + dice.geometric(mean);
                self.vocabulary.phrase(&subject, words.min(60), dice)
            } else {
                String::new()
            }
        };
        let title = written(0.6, 2, 1.5);
        let description = written(0.4, 5, 9.0);
        let file_name = match dice.chance(0.7) {
            true => format!("IMG_{:04}.jpg", dice.below(10_000)),
            false => {
                let words = self.vocabulary.phrase(&subject, 2, dice);
                format!("{}.jpg", words.to_lowercase().replace(' ', "-"))
            }
        };
        let original = picture
            .element
            .media
            .iter()
            .find(|m| m.variant == "original");
        let visibility = match dice.unit() {
            x if x < 0.8 => Visibility::Public,
            x if x < 0.86 => Visibility::Unlisted,
            _ => Visibility::Private,
        };
        NewElement {
            owner: self.people.humans[owner].id.clone(),
            media,
            bytes: 80_000 + dice.below(6_000_000) as u64,
            mime: original
                .map_or("image/jpeg", |m| m.mime.as_str())
                .to_owned(),
            width: picture.element.width,
            height: picture.element.height,
            taken_at: dice.chance(0.4).then(|| taken(at)),
            camera: dice.chance(0.35).then(|| (*dice.pick(&CAMERAS)).to_owned()),
            title,
            description,
            visibility,
            source: Source {
                via: if dice.chance(0.7) { "upload" } else { "import" }.to_owned(),
                file_name: Some(file_name),
                author: picture.element.source.author.clone(),
                license: picture.element.source.license.clone(),
                ..Source::default()
            },
            stages: StageName::IMAGE.to_vec(),
            backfill: true,
        }
    }

    /// What the classifier would say: what it said to the pictures this one is
    /// mixed of, as far as they are in it.
    fn tags(&mut self, mix: &Mix) -> Vec<ModelTag> {
        let mut tags: Vec<ModelTag> = Vec::new();
        for (rank, (view, weight)) in mix.0.iter().enumerate() {
            for seen in &self.views.views[*view].tags {
                let mut tag = seen.model_tag();
                if tags.iter().any(|known| known.name == tag.name) {
                    continue;
                }
                let kept = if rank == 0 {
                    0.9
                } else {
                    1.2 * f64::from(*weight)
                };
                if !self.dice.chance(kept) {
                    continue;
                }
                tag.score *= self.dice.between(0.7, 1.05) as f32;
                tag.score = tag.score.clamp(0.01, 1.0);
                if rank > 0 || self.dice.chance(0.1) {
                    tag.band = match tag.band {
                        TagBand::Sure => TagBand::Suggested,
                        _ => TagBand::Unsure,
                    };
                }
                tags.push(tag);
            }
        }
        tags.sort_by(|a, b| b.score.total_cmp(&a.score));
        tags.truncate(TAGS_MOST);
        tags
    }

    /// What the owner says to them, and adds.
    fn said(&mut self, tags: &[ModelTag]) -> Vec<(TagName, TagState)> {
        let mut said: Vec<(TagName, TagState)> = Vec::new();
        for tag in tags {
            let unsure = tag.band == TagBand::Unsure;
            let says = match self.dice.unit() {
                x if x < 0.06 && unsure => Some(TagState::Rejected),
                x if x < 0.04 => Some(TagState::Fact),
                _ => None,
            };
            said.extend(says.map(|state| (tag.name.clone(), state)));
        }
        if self.dice.chance(0.3) {
            for _ in 0..=self.dice.geometric(0.8) {
                let name = self.vocabulary.tag(&mut self.dice);
                if !said.iter().any(|(known, _)| *known == name) {
                    said.push((name, TagState::Fact));
                }
            }
        }
        said
    }

    fn likers(&mut self, new: &NewElement, topic: usize, at: i64) -> Vec<(UserId, Timestamp)> {
        if new.visibility != Visibility::Public || !self.dice.chance(0.35) {
            return Vec::new();
        }
        let mut likers: Vec<(UserId, Timestamp)> = Vec::new();
        for _ in 0..=self.dice.geometric(LIKES) {
            let Some(fan) = self.people.fan(topic, &mut self.dice) else {
                break;
            };
            let user = &self.people.humans[fan].id;
            if *user != new.owner && likers.iter().all(|(known, _)| known != user) {
                let later = at + self.dice.below(20 * DAY_MS as usize) as i64;
                likers.push((user.clone(), Timestamp::from_millis(later)));
            }
        }
        likers
    }

    fn count(
        &mut self,
        new: &NewElement,
        text: &str,
        tags: &[ModelTag],
        said: &[(TagName, TagState)],
    ) {
        self.made.edges += tags.len() + said.len();
        if new.visibility != Visibility::Public {
            return;
        }
        let mut words: Vec<String> = [new.title.as_str(), &new.description, text]
            .into_iter()
            .flat_map(plain)
            .collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *self.made.words.entry(word).or_default() += 1;
        }
        let sure = tags.iter().filter(|tag| tag.band != TagBand::Unsure);
        let of_person = |name: &TagName| said.iter().any(|(said, _)| said == name);
        let sure = sure.map(|tag| &tag.name).filter(|name| !of_person(name));
        let facts = said.iter().filter(|(_, state)| *state == TagState::Fact);
        for name in sure.chain(facts.map(|(name, _)| name)) {
            *self.made.tags.entry(name.clone()).or_default() += 1;
        }
    }
}

/// Some time in the last years, late ones more often, and by day.
fn moment(now: i64, dice: &mut Dice) -> i64 {
    let part = dice.unit().powf(0.65);
    let day = (DAYS as f64 * part) as i64;
    let hour = 7.0 + 15.0 * (dice.unit() + dice.unit()) / 2.0;
    let at = now - DAYS * DAY_MS + day * DAY_MS + (hour * 3_600_000.0) as i64;
    let late = dice.below(DAY_MS as usize) as i64;
    if at < now { at } else { now - 1 - late }
}

/// The day before, as cameras write it.
fn taken(at: i64) -> String {
    let days = at / DAY_MS - 1;
    let (year, day) = (1970 + days / 365, days % 365);
    format!(
        "{year}-{:02}-{:02}T12:00:00",
        1 + day / 31 % 12,
        1 + day % 28
    )
}

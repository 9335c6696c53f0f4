//! Clusters: what people put together out of what they care for.

use std::collections::HashSet;

use super::dice::Dice;
use db::{BulkCluster, BulkItem, BulkMember};
use protocol::cluster::{ClusterRole, Section};
use protocol::element::Visibility;
use protocol::{ClusterId, ElementId, Timestamp};

use super::SeedPlan;
use super::pictures::{Library, Made};
use super::population::Population;
use super::words::Vocabulary;

/// Clusters of one person beyond the first, on average.
const CLUSTERS: f64 = 3.0;
/// Elements of a cluster: the middle, how far it spreads, and the most.
const MIDDLE: f64 = 18.0;
const SPREAD: f64 = 1.1;
const MOST: usize = 1_500;
/// How much popular elements are kept by others, too.
const POPULAR: f64 = 2.2;
const DAY_MS: i64 = 86_400_000;

/// Makes everybody's clusters.
pub fn make(
    plan: &SeedPlan,
    people: &Population,
    library: &Library,
    vocabulary: &Vocabulary,
    dice: &mut Dice,
) -> Vec<BulkCluster> {
    let shelves = Shelves::new(people, library, dice);
    let mut clusters = Vec::new();
    for owner in 0..people.len() {
        let count = 1 + dice.geometric(CLUSTERS);
        for _ in 0..count.min(40) {
            let planner = Planner {
                plan,
                people,
                library,
                vocabulary,
                shelves: &shelves,
            };
            clusters.extend(planner.cluster(owner, dice));
        }
    }
    clusters.sort_by(|a, b| a.id.cmp(&b.id));
    clusters
}

/// Where elements are found.
struct Shelves {
    /// By topic, what everybody sees; popular ones first.
    public: Vec<Vec<usize>>,
    /// By owner.
    own: Vec<Vec<usize>>,
}

impl Shelves {
    fn new(people: &Population, library: &Library, dice: &mut Dice) -> Self {
        let mut public = vec![Vec::new(); people.topics.len()];
        let mut own = vec![Vec::new(); people.len()];
        for (at, element) in library.elements.iter().enumerate() {
            own[element.owner].push(at);
            if element.visibility == Visibility::Public {
                public[element.topic].push(at);
            }
        }
        for shelf in &mut public {
            dice.shuffle(shelf);
            shelf.sort_by_key(|at| std::cmp::Reverse(library.elements[*at].likes));
        }
        Self { public, own }
    }
}

struct Planner<'a> {
    plan: &'a SeedPlan,
    people: &'a Population,
    library: &'a Library,
    vocabulary: &'a Vocabulary,
    shelves: &'a Shelves,
}

impl Planner<'_> {
    /// None when there is nothing that would go into it.
    fn cluster(&self, owner: usize, dice: &mut Dice) -> Option<BulkCluster> {
        let human = &self.people.humans[owner];
        let topic = human.interest(dice);
        let visibility = match dice.unit() {
            x if x < 0.55 => Visibility::Public,
            x if x < 0.68 => Visibility::Unlisted,
            _ => Visibility::Private,
        };
        let members = self.members(owner, topic, visibility, dice);
        let elements = self.elements(owner, topic, dice);
        let first = elements.iter().map(|e| e.at).min()?;
        let created = first - dice.below(DAY_MS as usize) as i64;
        let id = ClusterId::from_parts(created as u64, u128::from(dice.bits()));
        let sections = self.sections(elements.len(), dice);
        let mut items: Vec<BulkItem> = elements
            .iter()
            .map(|element| {
                let span = (self.plan.now - element.at).max(1) as f64;
                let at = element.at + (span * dice.unit().powi(3)) as i64;
                let by = match members.iter().find(|m| m.role == ClusterRole::Editor) {
                    Some(editor) if dice.chance(0.2) => editor.user.clone(),
                    _ => human.id.clone(),
                };
                let section = match sections.is_empty() || dice.chance(0.3) {
                    true => String::new(),
                    false => dice.pick(&sections).id.clone(),
                };
                BulkItem {
                    element: element.id.clone(),
                    section,
                    by,
                    at: Timestamp::from_millis(at),
                }
            })
            .collect();
        items.sort_by_key(|item| item.at);
        let words = 1 + dice.geometric(0.9);
        let description = match dice.chance(0.3) {
            true => self.vocabulary.phrase(&[], 4 + dice.geometric(6.0), dice),
            false => String::new(),
        };
        Some(BulkCluster {
            id,
            owner: human.id.clone(),
            name: self.vocabulary.phrase(&[], words.min(5), dice),
            description,
            visibility,
            created_at: Timestamp::from_millis(created),
            followers: self.followers(owner, topic, visibility, created, dice),
            sections,
            items,
            members,
        })
    }

    fn sections(&self, elements: usize, dice: &mut Dice) -> Vec<Section> {
        if elements < 12 || !dice.chance(0.15) {
            return Vec::new();
        }
        let section = |n: u64| Section {
            id: ElementId::from_parts(self.plan.now as u64 + n, u128::from(dice.bits()))
                .to_string(),
            name: self.vocabulary.phrase(&[], 1, dice),
        };
        (0..2 + elements as u64 % 3).map(section).collect()
    }

    /// One's own first, then what others have shown.
    fn elements(&self, owner: usize, topic: usize, dice: &mut Dice) -> Vec<&Made> {
        let size = (MIDDLE * (SPREAD * f64::from(dice.normal())).exp()) as usize;
        let size = size.clamp(1, MOST);
        let mut chosen: HashSet<usize> = HashSet::new();
        let all = &self.library.elements;
        for at in &self.shelves.own[owner] {
            if chosen.len() < size && all[*at].topic == topic && dice.chance(0.4) {
                chosen.insert(*at);
            }
        }
        let shelf = &self.shelves.public[topic];
        // popular ones are found again and again: not forever
        for _ in 0..size * 3 {
            if chosen.len() >= size || shelf.is_empty() {
                break;
            }
            let place = (shelf.len() as f64 * dice.unit().powf(POPULAR)) as usize;
            chosen.insert(shelf[place.min(shelf.len() - 1)]);
        }
        let mut chosen: Vec<usize> = chosen.into_iter().collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|at| &all[at]).collect()
    }

    fn members(
        &self,
        owner: usize,
        topic: usize,
        visibility: Visibility,
        dice: &mut Dice,
    ) -> Vec<BulkMember> {
        let mut members: Vec<BulkMember> = Vec::new();
        let shared = if visibility == Visibility::Private {
            0.25
        } else {
            0.08
        };
        if !dice.chance(shared) {
            return members;
        }
        for _ in 0..=dice.geometric(1.5).min(8) {
            let Some(fan) = self.people.fan(topic, dice).filter(|fan| *fan != owner) else {
                continue;
            };
            let user = self.people.humans[fan].id.clone();
            if members.iter().any(|m| m.user == user) {
                continue;
            }
            members.push(BulkMember {
                user,
                role: match dice.chance(0.4) {
                    true => ClusterRole::Editor,
                    false => ClusterRole::Viewer,
                },
                since: Timestamp::from_millis(self.plan.now - dice.below(DAY_MS as usize) as i64),
            });
        }
        members
    }

    fn followers(
        &self,
        owner: usize,
        topic: usize,
        visibility: Visibility,
        created: i64,
        dice: &mut Dice,
    ) -> Vec<(super::Person, Timestamp)> {
        let mut followers: Vec<(super::Person, Timestamp)> = Vec::new();
        if visibility != Visibility::Public || !dice.chance(0.4) {
            return followers;
        }
        for _ in 0..=dice.geometric(3.0) {
            let Some(fan) = self.people.fan(topic, dice).filter(|fan| *fan != owner) else {
                continue;
            };
            let user = &self.people.humans[fan].id;
            if followers.iter().all(|(known, _)| known != user) {
                let span = (self.plan.now - created).max(1) as usize;
                let at = created + dice.below(span) as i64;
                followers.push((user.clone(), Timestamp::from_millis(at)));
            }
        }
        followers
    }
}

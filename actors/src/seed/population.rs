//! Who there is, and what they care for.

use super::dice::{Dice, Zipf};
use db::BulkUser;
use ml::vector::dot;
use protocol::{Timestamp, UserId};

use super::SeedPlan;
use super::views::Views;

/// Views of one topic, more or less.
const VIEWS_PER_TOPIC: usize = 14;
const TOPICS_LEAST: usize = 4;
/// Interests of one person.
const INTERESTS: (usize, usize) = (3, 7);
/// How unevenly people are busy.
const BUSY: f64 = 0.85;
/// The first account is so many days old.
const DAYS: i64 = 760;
const DAY_MS: i64 = 86_400_000;

const NAMES: [&str; 40] = [
    "ada", "amir", "anna", "ben", "carla", "chen", "dara", "elif", "emil", "fatou", "finn",
    "greta", "hana", "ivan", "jonas", "juno", "kai", "lena", "liam", "luz", "maja", "marco",
    "mina", "nils", "noor", "ola", "otto", "pia", "quinn", "ravi", "rosa", "sami", "sofia", "theo",
    "tuva", "uma", "vera", "wim", "yara", "zoe",
];

/// What pictures are about: views that look alike.
pub struct Topics {
    views: Vec<Vec<usize>>,
    popular: Zipf,
}

impl Topics {
    /// Centres far from each other, and every view with the nearest.
    pub fn new(views: &Views, dice: &mut Dice) -> Self {
        let mean = super::expand::mean(&views.clip());
        let centred: Vec<Vec<f32>> = views
            .clip()
            .iter()
            .map(|row| super::expand::centre(row, &mean))
            .collect();
        let count = (centred.len() / VIEWS_PER_TOPIC).max(TOPICS_LEAST.min(centred.len()));
        let mut centres = vec![dice.below(centred.len())];
        let mut likeness: Vec<f32> = vec![f32::MIN; centred.len()];
        let mut nearest = vec![0; centred.len()];
        for topic in 0..count {
            let centre = &centred[centres[topic]];
            for (at, row) in centred.iter().enumerate() {
                let alike = dot(row, centre);
                if alike > likeness[at] {
                    (likeness[at], nearest[at]) = (alike, topic);
                }
            }
            let farthest = (0..centred.len()).min_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
            centres.extend(farthest);
        }
        let mut topics = vec![Vec::new(); count];
        for (view, topic) in nearest.into_iter().enumerate() {
            topics[topic].push(view);
        }
        topics.retain(|views| !views.is_empty());
        dice.shuffle(&mut topics);
        Self {
            popular: Zipf::new(topics.len(), 0.7),
            views: topics,
        }
    }

    pub fn len(&self) -> usize {
        self.views.len()
    }

    /// A topic, popular ones more often.
    pub fn any(&self, dice: &mut Dice) -> usize {
        self.popular.roll(dice)
    }

    /// A view of a topic.
    pub fn view(&self, topic: usize, dice: &mut Dice) -> usize {
        *dice.pick(&self.views[topic])
    }
}

/// One person.
pub struct Human {
    pub id: UserId,
    pub handle: String,
    name: String,
    pub since: i64,
    /// Topics, the dearest first.
    pub interests: Vec<usize>,
}

impl Human {
    /// One of the interests, the dearest most often.
    pub fn interest(&self, dice: &mut Dice) -> usize {
        let rank = dice.geometric(1.2).min(self.interests.len() - 1);
        self.interests[rank]
    }
}

/// Everybody.
pub struct Population {
    pub humans: Vec<Human>,
    pub topics: Topics,
    busy: Zipf,
    /// By topic, who cares for it.
    pub fans: Vec<Vec<usize>>,
}

impl Population {
    pub fn new(plan: &SeedPlan, views: &Views, dice: &mut Dice) -> Self {
        let topics = Topics::new(views, dice);
        let human = |n: usize| {
            let name = NAMES[n % NAMES.len()];
            let since = plan.now - DAYS * DAY_MS + n as i64;
            let wanted = INTERESTS.0 + dice.below(INTERESTS.1 - INTERESTS.0 + 1);
            let mut interests: Vec<usize> = Vec::new();
            while interests.len() < wanted.min(topics.len()) {
                let topic = topics.any(dice);
                if !interests.contains(&topic) {
                    interests.push(topic);
                }
            }
            Human {
                id: UserId::from_parts(since as u64, u128::from(dice.bits())),
                handle: format!("{name}-{n}"),
                name: format!("{}{}", name[..1].to_uppercase(), &name[1..]),
                since,
                interests,
            }
        };
        let humans: Vec<Human> = (0..plan.users.max(1)).map(human).collect();
        let mut fans = vec![Vec::new(); topics.len()];
        for (at, human) in humans.iter().enumerate() {
            human
                .interests
                .iter()
                .for_each(|topic| fans[*topic].push(at));
        }
        Self {
            busy: Zipf::new(humans.len(), BUSY),
            topics,
            humans,
            fans,
        }
    }

    pub fn len(&self) -> usize {
        self.humans.len()
    }

    /// Somebody, busy ones more often.
    pub fn anybody(&self, dice: &mut Dice) -> usize {
        self.busy.roll(dice)
    }

    /// Somebody who cares for a topic, if anybody does.
    pub fn fan(&self, topic: usize, dice: &mut Dice) -> Option<usize> {
        let fans = &self.fans[topic];
        (!fans.is_empty()).then(|| *dice.pick(fans))
    }

    /// Their accounts, all with one password.
    pub fn accounts(&self, password_hash: &str) -> Vec<BulkUser> {
        let account = |human: &Human| BulkUser {
            id: human.id.clone(),
            handle: human.handle.parse().expect("names make handles"),
            display_name: human.name.clone(),
            password_hash: password_hash.to_owned(),
            created_at: Timestamp::from_millis(human.since),
        };
        self.humans.iter().map(account).collect()
    }
}

//! How tags stand between what models suggest and what people say. Pure, so
//! that what is said shows at once and is taken back where the server refuses.

use protocol::element::{Tag, TagBand, TagSource, TagState};
use protocol::value::TagName;

/// How sure it is that a tag belongs to a picture, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A person says so.
    Fact,
    Sure,
    Suggested,
    Unsure,
    /// A person says no.
    Rejected,
}

impl Standing {
    pub fn of(tag: &Tag) -> Self {
        match (tag.state, tag.band) {
            (TagState::Rejected, _) => Standing::Rejected,
            (TagState::Fact, _) => Standing::Fact,
            (TagState::Suggested, Some(TagBand::Sure)) => Standing::Sure,
            (TagState::Suggested, Some(TagBand::Unsure)) => Standing::Unsure,
            (TagState::Suggested, _) => Standing::Suggested,
        }
    }
}

/// What a person says of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is so, it is not so, or let the models decide.
    Put(TagState),
    /// Away with it.
    Delete,
}

impl Word {
    /// What brings back how it was; `before` is none for a tag that was not there.
    pub fn undoing(before: Option<&Tag>) -> Self {
        before.map_or(Word::Delete, |tag| Word::Put(tag.state))
    }
}

/// Words that the server has not answered yet, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pending(pub Vec<(TagName, Word)>);

/// A tag that is refused takes along what only follows from it.
fn cut_loose(tags: &mut Vec<Tag>) {
    let counts = |tags: &[Tag], name: &TagName| {
        let found = tags.iter().find(|tag| tag.name == *name);
        found.is_some_and(|tag| tag.state != TagState::Rejected)
    };
    loop {
        let before = tags.len();
        let all = tags.clone();
        tags.retain(|tag| {
            tag.implied_by
                .as_ref()
                .is_none_or(|cause| counts(&all, cause))
        });
        if tags.len() == before {
            return;
        }
    }
}

/// The tags as they will be once everything that was said is done.
pub fn with(tags: &[Tag], pending: &Pending) -> Vec<Tag> {
    let mut tags = tags.to_vec();
    for (name, word) in &pending.0 {
        let at = tags.iter().position(|tag| tag.name == *name);
        let by_model = at.is_some_and(|at| tags[at].source == TagSource::Model);
        match (at, word) {
            (Some(at), Word::Put(TagState::Suggested)) | (Some(at), Word::Delete) if !by_model => {
                tags.remove(at);
            }
            (Some(at), Word::Put(state)) => tags[at].state = *state,
            (Some(at), Word::Delete) => tags[at].state = TagState::Rejected,
            (None, Word::Put(TagState::Fact)) => tags.push(Tag {
                name: name.clone(),
                source: TagSource::Person,
                score: 1.0,
                state: TagState::Fact,
                band: None,
                implied_by: None,
            }),
            (None, _) => {}
        }
    }
    if !pending.0.is_empty() {
        cut_loose(&mut tags);
    }
    tags
}

/// Tags as they are shown, each group surest first.
#[derive(Debug, PartialEq, Default)]
pub struct Groups {
    pub shown: Vec<Tag>,
    pub unsure: Vec<Tag>,
    pub rejected: Vec<Tag>,
}

pub fn groups(mut tags: Vec<Tag>) -> Groups {
    tags.sort_by(|a, b| {
        // what only follows from others comes behind them
        let implied = a.implied_by.is_some().cmp(&b.implied_by.is_some());
        let standing = Standing::of(a).cmp(&Standing::of(b));
        implied.then(standing).then(b.score.total_cmp(&a.score))
    });
    let mut groups = Groups::default();
    for tag in tags {
        match Standing::of(&tag) {
            Standing::Rejected => groups.rejected.push(tag),
            Standing::Unsure => groups.unsure.push(tag),
            _ => groups.shown.push(tag),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(name: &str, source: TagSource, state: TagState, score: f32) -> Tag {
        Tag {
            name: name.parse().expect("a tag"),
            source,
            score,
            state,
            band: None,
            implied_by: None,
        }
    }

    fn suggested(name: &str, score: f32, band: TagBand) -> Tag {
        Tag {
            band: Some(band),
            ..tag(name, TagSource::Model, TagState::Suggested, score)
        }
    }

    fn said(tags: &[Tag], name: &str, word: Word) -> Groups {
        let pending = Pending(vec![(name.parse().expect("a tag"), word)]);
        groups(with(tags, &pending))
    }

    fn names(tags: &[Tag]) -> Vec<&str> {
        tags.iter().map(|tag| tag.name.as_str()).collect()
    }

    #[test]
    fn facts_come_first_and_what_is_unsure_waits_apart() {
        let tags = vec![
            suggested("dog", 0.3, TagBand::Unsure),
            suggested("pet", 0.6, TagBand::Suggested),
            suggested("animal", 0.95, TagBand::Sure),
            tag("tom", TagSource::Person, TagState::Fact, 1.0),
            tag("car", TagSource::Model, TagState::Rejected, 0.9),
        ];
        let groups = groups(tags);
        assert_eq!(names(&groups.shown), ["tom", "animal", "pet"]);
        assert_eq!(names(&groups.unsure), ["dog"]);
        assert_eq!(names(&groups.rejected), ["car"]);
    }

    #[test]
    fn what_follows_from_another_tag_stands_behind_all_and_goes_with_it() {
        let animal = Tag {
            implied_by: Some("cat".parse().expect("a tag")),
            ..tag("animal", TagSource::Person, TagState::Fact, 1.0)
        };
        let tags = [
            animal,
            tag("cat", TagSource::Person, TagState::Fact, 1.0),
            suggested("pet", 0.6, TagBand::Suggested),
        ];
        let shown = groups(tags.to_vec()).shown;
        assert_eq!(names(&shown), ["cat", "pet", "animal"]);
        let without = said(&tags, "cat", Word::Delete);
        assert_eq!(names(&without.shown), ["pet"]);
    }

    #[test]
    fn what_is_said_shows_before_the_server_answers() {
        let tags = [suggested("cat", 0.6, TagBand::Suggested)];
        let rejected = said(&tags, "cat", Word::Put(TagState::Rejected));
        assert_eq!(names(&rejected.rejected), ["cat"]);
        let added = said(&tags, "tom", Word::Put(TagState::Fact));
        assert_eq!(names(&added.shown), ["tom", "cat"]);
        // a model's tag stays refused for good, a person's is just gone
        assert_eq!(names(&said(&tags, "cat", Word::Delete).rejected), ["cat"]);
        let own = [tag("tom", TagSource::Person, TagState::Fact, 1.0)];
        assert_eq!(said(&own, "tom", Word::Delete), Groups::default());
    }

    #[test]
    fn undoing_brings_back_what_was() {
        let tags = [suggested("cat", 0.6, TagBand::Suggested)];
        let name: TagName = "cat".parse().expect("a tag");
        let both = Pending(vec![
            (name.clone(), Word::Put(TagState::Rejected)),
            (name, Word::undoing(tags.first())),
        ]);
        assert_eq!(with(&tags, &both), tags);
        assert_eq!(Word::undoing(None), Word::Delete);
    }
}

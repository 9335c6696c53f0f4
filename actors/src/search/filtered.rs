//! Searches as the language has them: what is allowed is known before anything
//! is looked for, and every list stays within it.

use std::collections::HashMap;

use index::Bits;
use protocol::query::{Branch, Filter, Order, Query};
use protocol::search::Why;
use protocol::{ClusterId, ElementId};

use super::Search;
use super::candidates::Looks;
use super::facts::{Sorted, asked};
use super::fusion::{Ranked, fuse};
use super::snapshots::{Entry, Ranking};
use crate::tags::TagNo;
use crate::{PlatformError, Viewer};

/// Entries of a ranking.
const MOST: usize = 5_000;
/// Cosine of centred vectors from which something is similar.
const SIMILAR: f32 = 0.1;
const SIMILAR_MOST: usize = 2_000;

/// One alternative, with all that has to be waited for.
pub(super) struct Prepared {
    branch: Branch,
    looks: Option<Looks>,
    /// What the clusters hold that are named, as far as the viewer may see.
    held: HashMap<ClusterId, Bits>,
    /// The elements that others are to be like, as far as the viewer may see.
    like: Vec<ElementId>,
}

/// What one alternative finds.
enum Answer {
    /// By words, in order.
    Ranked(Vec<Ranked>),
    /// All that is allowed, with what it is like.
    Plain {
        all: Bits,
        likeness: HashMap<u32, (f32, Why)>,
        tags: Vec<String>,
    },
}

impl Search {
    /// The ranking of a query with all that can be told of it.
    pub(super) async fn ranking(
        &self,
        viewer: &Viewer,
        query: &Query,
    ) -> Result<Ranking, PlatformError> {
        let (branches, more) = query.branches();
        let mut hints = Vec::new();
        if more {
            let kept = protocol::query::BRANCHES;
            hints.push(format!("Only the first {kept} alternatives were searched."));
        }
        let mut prepared = Vec::with_capacity(branches.len());
        for branch in branches {
            prepared.push(self.prepare(viewer, branch, &mut hints).await?);
        }
        hints.dedup();
        let (search, scope, order) = (self.clone(), viewer.scope(), query.order());
        let mut ranking = self
            .working
            .run(move || search.rank(&scope, &prepared, order))
            .await?;
        ranking.hints = hints;
        Ok(ranking)
    }

    async fn prepare(
        &self,
        viewer: &Viewer,
        mut branch: Branch,
        hints: &mut Vec<String>,
    ) -> Result<Prepared, PlatformError> {
        for filter in branch.filters.iter_mut().chain(&mut branch.not) {
            if let Filter::User(handle) = filter
                && let Some(user) = self.db.user_by_handle(handle).await?
            {
                // asked for by a former one
                *handle = user.handle;
            }
        }
        let text = branch.text();
        let looks = match text.is_empty() {
            true => None,
            false => match self.looks(&text).await {
                Ok(looks) => looks,
                // Words still find words while the models are away.
                Err(error @ (PlatformError::Ml(_) | PlatformError::Gone(_))) => {
                    tracing::warn!(%error, "search without looking at pictures");
                    let hint =
                        "Pictures themselves could not be searched just now, only words and tags.";
                    hints.push(hint.to_owned());
                    None
                }
                Err(error) => return Err(error),
            },
        };
        let (mut held, mut like) = (HashMap::new(), Vec::new());
        for filter in branch.filters.iter().chain(&branch.not) {
            match filter {
                Filter::Cluster(id) => {
                    let within = self.held(viewer, id).await?;
                    held.insert(id.clone(), within);
                }
                Filter::Similar(id) => {
                    let seen = self.db.element(&viewer.scope(), id).await?;
                    like.extend(seen.map(|element| element.id));
                }
                _ => {}
            }
        }
        Ok(Prepared {
            branch,
            looks,
            held,
            like,
        })
    }

    async fn held(&self, viewer: &Viewer, id: &ClusterId) -> Result<Bits, PlatformError> {
        let cluster = self.db.cluster(&viewer.scope(), id, None).await?;
        if cluster.is_none() {
            return Ok(Bits::default());
        }
        let ids = self.db.cluster_elements(id, MOST).await?;
        Ok(self.facts.bits(&ids))
    }

    /// Looks everything up, on the thread that it is called on.
    fn rank(
        &self,
        scope: &db::Viewer,
        prepared: &[Prepared],
        order: Option<Order>,
    ) -> Result<Ranking, PlatformError> {
        let mut answers = Vec::with_capacity(prepared.len());
        for one in prepared {
            let allowed = self.allowed(scope, one)?;
            let text = one.branch.text();
            answers.push(if text.is_empty() {
                self.plain(one, allowed)
            } else {
                let lists = self.candidates(&text, one.looks.as_ref(), &allowed)?;
                Answer::Ranked(fuse(lists))
            });
        }
        let ranks = prepared.iter().any(|one| {
            let alike = |f: &Filter| matches!(f, Filter::Similar(_) | Filter::Color(_));
            !one.branch.text().is_empty() || one.branch.filters.iter().any(alike)
        });
        let order = order.unwrap_or(if ranks {
            Order::Relevance
        } else {
            Order::Newest
        });
        let chosen = prepared.iter().flat_map(|one| &one.branch.filters);
        let chosen: Vec<&str> = chosen.filter_map(tag_of).collect();
        let all = everything(&answers);
        let (facets, narrow) = self.facts.narrowing(&all, &chosen);
        let ranked = self.ordered(answers, &all, order);
        let entries = ranked
            .into_iter()
            .map(|ranked| (ranked.at, ranked))
            .collect();
        let entry = |(element, ranked): (ElementId, Ranked)| Entry {
            element,
            score: ranked.score,
            why: ranked.why,
            confident: ranked.confident,
        };
        Ok(Ranking {
            entries: self.facts.named(entries).into_iter().map(entry).collect(),
            facets,
            narrow,
            hints: Vec::new(),
        })
    }

    /// What meets all conditions of an alternative.
    fn allowed(&self, scope: &db::Viewer, one: &Prepared) -> Result<Bits, PlatformError> {
        let branch = &one.branch;
        let unwanted: Vec<TagNo> = {
            let words = self.facts.vocabulary().read();
            let without = branch.without.iter();
            without.filter_map(|word| words.resolve(word)).collect()
        };
        let facts = &self.facts;
        let mut allowed = facts.meeting(scope, &branch.filters, &branch.not, &unwanted);
        for phrase in &branch.phrases {
            allowed = self.texts.containing(phrase, &allowed)?;
        }
        for text in &branch.without {
            allowed.without(&self.texts.containing(text, &allowed)?);
        }
        for (filters, wanted) in [(&branch.filters, true), (&branch.not, false)] {
            for filter in filters {
                let found = match filter {
                    Filter::Cluster(id) => one.held.get(id).cloned().unwrap_or_default(),
                    Filter::Similar(id) if one.like.contains(id) => self.similar_to(id, &allowed),
                    Filter::Similar(_) => Bits::default(),
                    _ => continue,
                };
                if wanted {
                    allowed.and(&found);
                } else {
                    allowed.without(&found);
                }
            }
        }
        Ok(allowed)
    }

    fn similar_to(&self, id: &ElementId, within: &Bits) -> Bits {
        let near = self.spaces.similar_within(id, SIMILAR_MOST, within);
        let near = near.into_iter().filter(|(_, cosine)| *cosine >= SIMILAR);
        near.map(|(at, _)| at).collect()
    }

    /// All that is allowed, and how much alike it is to what the filters name.
    fn plain(&self, one: &Prepared, all: Bits) -> Answer {
        let mut likeness = HashMap::new();
        for filter in &one.branch.filters {
            match filter {
                Filter::Similar(id) if one.like.contains(id) => {
                    let near = self.spaces.similar_within(id, SIMILAR_MOST, &all);
                    let alike = |similarity| (similarity, Why::Similar { similarity });
                    likeness.extend(near.into_iter().map(|(at, s)| (at, alike(s))));
                }
                Filter::Color(rgb) => {
                    let near = self.facts.colored(&[asked(*rgb)], MOST, &all);
                    let alike = |similarity| (similarity, Why::Colors { similarity });
                    likeness.extend(near.into_iter().map(|(at, s)| (at, alike(s))));
                }
                _ => {}
            }
        }
        let tags = one.branch.filters.iter().filter_map(tag_of);
        Answer::Plain {
            all,
            likeness,
            tags: tags.map(str::to_owned).collect(),
        }
    }

    /// What the alternatives found, each once, in order.
    fn ordered(&self, answers: Vec<Answer>, all: &Bits, order: Order) -> Vec<Ranked> {
        let sorted = match order {
            Order::Newest | Order::Relevance => Sorted::Newest,
            Order::Oldest => Sorted::Oldest,
            Order::Quality => Sorted::Quality,
        };
        let mut merged: HashMap<u32, Ranked> = HashMap::new();
        for answer in answers {
            for ranked in self.found(answer, sorted) {
                match merged.get_mut(&ranked.at) {
                    None => {
                        merged.insert(ranked.at, ranked);
                    }
                    Some(before) => {
                        before.confident |= ranked.confident;
                        before.score = before.score.max(ranked.score);
                        before.why.extend(ranked.why);
                    }
                }
            }
        }
        if order == Order::Relevance {
            let mut ranking: Vec<Ranked> = merged.into_values().collect();
            ranking.sort_by(Ranked::order);
            ranking.truncate(MOST);
            return ranking;
        }
        // who asks for an order wants no divider in it
        let first = self.facts.first(MOST, all, sorted).into_iter();
        let taken = first.filter_map(|at| {
            Some(Ranked {
                confident: true,
                ..merged.remove(&at)?
            })
        });
        taken.collect()
    }

    /// What one alternative found, as far as it can be in a ranking.
    fn found(&self, answer: Answer, sorted: Sorted) -> Vec<Ranked> {
        let (all, mut likeness, tags) = match answer {
            Answer::Ranked(ranking) => return ranking,
            Answer::Plain {
                all,
                likeness,
                tags,
            } => (all, likeness, tags),
        };
        let mut first = self.facts.first(MOST, &all, sorted);
        // what is alike comes first, however old it is
        first.extend(likeness.keys());
        first.sort_unstable();
        first.dedup();
        let ranked = |at: u32| {
            let tagged = tags.iter().map(|name| Why::Tag {
                name: name.clone(),
                score: 1.0,
            });
            let alike = likeness.remove(&at);
            Ranked {
                at,
                score: alike.as_ref().map_or(0.0, |(score, _)| *score),
                why: tagged.chain(alike.map(|(_, why)| why)).collect(),
                confident: true,
            }
        };
        first.into_iter().map(ranked).collect()
    }
}

/// All that any alternative found.
fn everything(answers: &[Answer]) -> Bits {
    let mut all = Bits::default();
    for answer in answers {
        match answer {
            Answer::Ranked(ranking) => all.extend(ranking.iter().map(|ranked| ranked.at)),
            Answer::Plain { all: plain, .. } => all.or(plain),
        }
    }
    all
}

fn tag_of(filter: &Filter) -> Option<&str> {
    match filter {
        Filter::Tag(tag) => Some(tag.as_str()),
        _ => None,
    }
}

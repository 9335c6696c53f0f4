//! What follows from what: closures both ways, and the few implications that
//! say all the others.

use std::collections::{BTreeSet, HashMap};

use super::words::{Entry, TagNo};

/// What a tag has to do with others. Lists are in order of numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Other words for it, in alphabetical order.
    pub aliases: Box<[TagNo]>,
    pub implies: Box<[TagNo]>,
    pub implied_by: Box<[TagNo]>,
    pub above: Box<[TagNo]>,
    pub below: Box<[TagNo]>,
}

/// The tag that a word stands for in the end.
pub(super) fn root(entries: &[Entry], no: TagNo) -> TagNo {
    let mut at = no;
    // a chain is as long as a merge of merges; a circle cannot be, and ends
    for _ in 0..entries.len() {
        match entries[at.at()].into {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// Works all links out anew from what was said. Returns the numbers from which
/// something else follows than before.
pub(super) fn tie(entries: &mut [Entry]) -> Vec<TagNo> {
    let numbers = || (0..entries.len() as u32).map(TagNo);
    let mut said: HashMap<TagNo, BTreeSet<TagNo>> = HashMap::new();
    let mut aliases: HashMap<TagNo, Vec<TagNo>> = HashMap::new();
    for no in numbers() {
        let tag = root(entries, no);
        if tag != no {
            aliases.entry(tag).or_default().push(no);
        }
        for other in &entries[no.at()].said {
            let other = root(entries, *other);
            if other != tag {
                said.entry(tag).or_default().insert(other);
            }
        }
    }
    let mut above: HashMap<TagNo, BTreeSet<TagNo>> = HashMap::new();
    for no in said.keys() {
        climb(*no, &said, &mut above);
    }
    let mut links: HashMap<TagNo, Links> = HashMap::new();
    for (tag, mut words) in aliases {
        words.sort_by(|a, b| entries[a.at()].word.cmp(&entries[b.at()].word));
        links.entry(tag).or_default().aliases = words.into();
    }
    let mut below: HashMap<TagNo, (Vec<TagNo>, Vec<TagNo>)> = HashMap::new();
    for (tag, all) in &above {
        let over = |one: &TagNo| {
            all.iter()
                .any(|other| above.get(other).is_some_and(|a| a.contains(one)))
        };
        let direct: Vec<TagNo> = all.iter().filter(|one| !over(one)).copied().collect();
        for one in all {
            below.entry(*one).or_default().0.push(*tag);
        }
        for one in &direct {
            below.entry(*one).or_default().1.push(*tag);
        }
        let links = links.entry(*tag).or_default();
        (links.above, links.implies) = (all.iter().copied().collect(), direct.into());
    }
    for (tag, (mut all, mut direct)) in below {
        all.sort();
        direct.sort();
        let links = links.entry(tag).or_default();
        (links.below, links.implied_by) = (all.into(), direct.into());
    }
    swap_in(entries, links)
}

/// Everything above a tag, found once for each.
fn climb(
    no: TagNo,
    said: &HashMap<TagNo, BTreeSet<TagNo>>,
    above: &mut HashMap<TagNo, BTreeSet<TagNo>>,
) {
    if above.contains_key(&no) {
        return;
    }
    let (mut found, mut waiting) = (BTreeSet::new(), vec![no]);
    while let Some(one) = waiting.pop() {
        for next in said.get(&one).into_iter().flatten() {
            // the database refuses circles; one would end here
            if *next != no && found.insert(*next) {
                waiting.push(*next);
            }
        }
    }
    above.insert(no, found);
}

fn swap_in(entries: &mut [Entry], mut links: HashMap<TagNo, Links>) -> Vec<TagNo> {
    let roots: Vec<TagNo> = (0..entries.len() as u32)
        .map(|no| root(entries, TagNo(no)))
        .collect();
    let mut moved = vec![false; entries.len()];
    for (at, entry) in entries.iter_mut().enumerate() {
        let new = links.remove(&TagNo(at as u32)).map(Box::new);
        let above = |links: &Option<Box<Links>>| links.as_ref().map(|l| l.above.clone());
        moved[at] = above(&entry.links).unwrap_or_default() != above(&new).unwrap_or_default();
        entry.links = new;
    }
    let mut bent = Vec::new();
    for (at, entry) in entries.iter_mut().enumerate() {
        let stood = entry.root.replace(roots[at]);
        let no = TagNo(at as u32);
        if moved[roots[at].at()] || stood.unwrap_or(no) != roots[at] {
            bent.push(no);
        }
    }
    bent
}

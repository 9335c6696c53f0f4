//! What words imply: every one that is named is there, none implies itself,
//! and no class leaves out what its tags imply.

use std::collections::HashMap;

use super::Tag;

/// Says what is wrong with them.
pub(super) fn check(tags: &[Tag], classes: &[Vec<usize>]) -> Result<(), String> {
    let places: HashMap<&str, usize> = tags
        .iter()
        .enumerate()
        .map(|(at, tag)| (tag.name.as_str(), at))
        .collect();
    let direct: Vec<Vec<usize>> = tags
        .iter()
        .map(|tag| {
            let place = |name: &String| {
                let known = places.get(name.as_str()).copied();
                known.ok_or_else(|| format!("{} implies {name}, which is no tag", tag.name))
            };
            tag.implies.iter().map(place).collect()
        })
        .collect::<Result<_, _>>()?;
    let above: Vec<Vec<usize>> = (0..tags.len()).map(|at| above(at, &direct)).collect();
    if let Some(at) = (0..tags.len()).find(|at| above[*at].contains(at)) {
        return Err(format!("{} implies itself", tags[at].name));
    }
    for (class, chain) in classes.iter().enumerate() {
        for &tag in chain {
            if let Some(&lacking) = above[tag].iter().find(|one| !chain.contains(one)) {
                let (name, lacking) = (&tags[tag].name, &tags[lacking].name);
                return Err(format!("class {class} has {name}, but not {lacking}"));
            }
        }
    }
    Ok(())
}

/// Everything that follows from a tag.
fn above(at: usize, direct: &[Vec<usize>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut waiting = direct[at].clone();
    while let Some(one) = waiting.pop() {
        if !found.contains(&one) {
            found.push(one);
            waiting.extend(&direct[one]);
        }
    }
    found
}

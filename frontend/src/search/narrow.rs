//! Ways to narrow results, as chips: what is chosen first, then what the
//! results offer.

use protocol::query::Filter;
use protocol::search::{Choice, Facet, Narrowing};
use yew::prelude::*;

use super::chip::{self, ChipText};
use super::pieces::{Chip, Pieces};
use crate::controls::{Icon, IconName};
use crate::nav::use_go;
use crate::store::use_clusters;

/// Tags that are offered.
const TAGS: usize = 12;

/// One chip.
#[derive(Debug, Clone, PartialEq)]
struct Way {
    chip: Chip,
    on: bool,
    /// Results that have it; unknown for what is chosen.
    count: Option<u32>,
}

#[derive(Properties, PartialEq)]
pub struct NarrowProps {
    /// The search as it is now.
    pub pieces: Pieces,
    pub facets: Vec<Facet>,
    pub narrow: Narrowing,
    /// Stands before what is no tag.
    pub children: Html,
}

#[component]
pub fn Narrow(props: &NarrowProps) -> Html {
    let tags = tags(&props.pieces, &props.facets);
    let others = others(&props.pieces, &props.narrow);
    html! {
        <div class="narrow">
            <div class="narrow-line" role="group" aria-label="Narrow by tag">{ for tags.into_iter().map(|way| shown(props, way)) }</div>
            <div class="narrow-line" role="group" aria-label="Narrow by colour and kind">
                { props.children.clone() }
                { for others.into_iter().map(|way| shown(props, way)) }
            </div>
        </div>
    }
}

fn shown(props: &NarrowProps, way: Way) -> Html {
    let next = props.pieces.toggled(way.chip.clone()).write();
    let key = way.chip.write();
    html! { <WayChip {key} {way} {next} /> }
}

#[derive(Properties, PartialEq)]
struct WayChipProps {
    way: Way,
    /// The search that it leads to.
    next: String,
}

#[component]
fn WayChip(props: &WayChipProps) -> Html {
    let (go, clusters) = (use_go(), use_clusters());
    let Way { chip, on, count } = props.way.clone();
    let onclick = {
        let next = props.next.clone();
        Callback::from(move |_: MouseEvent| go.search(&next, false))
    };
    let color = matches!(chip.filter, Filter::Color(_)) && !chip.not;
    let label = chip::text(&chip, &clusters);
    let label = match count {
        Some(count) => format!("{label}, {count}"),
        None => label,
    };
    let plain = matches!(chip.filter, Filter::Tag(_)) && !chip.not;
    html! {
        <button type="button" class={classes!("way", on.then_some("is-on"), color.then_some("is-color"))}
            aria-pressed={on.to_string()} aria-label={label.clone()} title={label} {onclick}>
            if color {
                <span class="hue is-large" style={format!("background:{}", chip.filter.write().1)}>if on { <Icon name={IconName::Check} size={16} /> }</span>
            } else {
                if on { <Icon name={IconName::Check} size={16} /> }
                if plain { { chip.filter.write().1.replace('_', " ") } } else { <ChipText chip={chip.clone()} /> }
                if let Some(count) = count { { " " }<span class="tag-score">{ count }</span> }
            }
        </button>
    }
}

fn tags(pieces: &Pieces, facets: &[Facet]) -> Vec<Way> {
    let chosen = chosen(pieces, |filter| matches!(filter, Filter::Tag(_)));
    let offered = facets.iter().filter_map(|facet| {
        let filter = Filter::Tag(facet.tag.parse().ok()?);
        Some((Chip { filter, not: false }, facet.count))
    });
    listed(chosen, offered, TAGS)
}

fn others(pieces: &Pieces, narrow: &Narrowing) -> Vec<Way> {
    let chosen = chosen(pieces, |filter| {
        matches!(
            filter,
            Filter::Color(_) | Filter::Style(_) | Filter::Type(_)
        )
    });
    // one kind of a thing narrows nothing
    let several = |all: &'_ [Choice]| {
        if all.len() > 1 {
            all.to_vec()
        } else {
            Vec::new()
        }
    };
    let all = narrow.colors.iter().cloned();
    let all = all
        .chain(several(&narrow.styles))
        .chain(several(&narrow.kinds));
    let offered = all.filter_map(|choice| Some((Chip::read(&choice.filter)?, choice.count)));
    listed(chosen, offered, usize::MAX)
}

fn chosen(pieces: &Pieces, fits: impl Fn(&Filter) -> bool) -> Vec<Chip> {
    let all = pieces.chips.iter().filter(|chip| fits(&chip.filter));
    all.cloned().collect()
}

/// The chosen ones first: they must never be lost from sight.
fn listed(chosen: Vec<Chip>, offered: impl Iterator<Item = (Chip, u32)>, most: usize) -> Vec<Way> {
    let mut all: Vec<Way> = chosen
        .into_iter()
        .map(|chip| Way {
            chip,
            on: true,
            count: None,
        })
        .collect();
    let most = most.max(all.len());
    for (chip, count) in offered {
        if all.len() < most && !all.iter().any(|way| way.chip.filter == chip.filter) {
            all.push(Way {
                chip,
                on: false,
                count: Some(count),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(ways: &[Way]) -> Vec<(String, bool)> {
        ways.iter().map(|w| (w.chip.write(), w.on)).collect()
    }

    #[test]
    fn what_is_chosen_stays_in_sight_and_is_offered_once() {
        let pieces = Pieces::read("sea tag:boat -tag:cat color:#2b5fb8");
        let facet = |tag: &str| Facet {
            tag: tag.into(),
            count: 3,
        };
        let ways = tags(&pieces, &[facet("boat"), facet("cat"), facet("blue sky")]);
        let expected = [
            ("tag:boat", true),
            ("-tag:cat", true),
            ("tag:blue_sky", false),
        ];
        assert_eq!(names(&ways), expected.map(|(n, on)| (n.to_owned(), on)));
        let choice = |filter: &str| Choice {
            filter: filter.into(),
            count: 1,
        };
        let narrow = Narrowing {
            colors: vec![choice("color:#2b5fb8"), choice("color:#c8322d")],
            styles: vec![choice("style:photo"), choice("style:illustration")],
            kinds: vec![choice("type:image")],
        };
        let ways = others(&pieces, &narrow);
        let names: Vec<_> = names(&ways).into_iter().map(|(n, _)| n).collect();
        assert_eq!(
            names,
            [
                "color:#2b5fb8",
                "color:#c8322d",
                "style:photo",
                "style:illustration"
            ]
        );
    }
}

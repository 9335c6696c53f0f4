//! A filter as it looks, in the field and above results.

use protocol::element::Kind;
use protocol::query::{Filter, Said};
use yew::prelude::*;

use super::pieces::Chip;
use super::values::order_words;
use crate::store::{Clusters, use_clusters};
use crate::words::color_name;

/// What a filter says, for people: what it is about, and what of it.
pub fn words(filter: &Filter, clusters: &Clusters) -> (&'static str, String) {
    let day = |filter: &Filter| filter.write().1;
    let said = |said: Said| match said {
        Said::Yes => "yes".to_owned(),
        Said::No => "no".to_owned(),
        Said::Unsure => "unsure".to_owned(),
    };
    match filter {
        Filter::Tag(tag) => ("tag", tag.to_string()),
        Filter::User(handle) => ("by", format!("@{handle}")),
        Filter::Type(Kind::Image) => ("", "pictures".into()),
        Filter::Type(Kind::Video) => ("", "videos".into()),
        Filter::Color(_) => {
            let hex = filter.write().1;
            let name = color_name(&hex).map(str::to_owned);
            ("colour", name.unwrap_or(hex))
        }
        Filter::Ai(word) => ("AI-made", said(*word)),
        Filter::Sensitive(word) => ("sensitive", said(*word)),
        Filter::Style(style) => ("", style.as_str().into()),
        Filter::Before(_) => ("before", day(filter)),
        Filter::After(_) => ("since", day(filter)),
        Filter::Similar(_) => ("like", "a picture".into()),
        Filter::Cluster(id) => {
            let known = clusters.now().cluster(id);
            (
                "in",
                known.map_or_else(|| "a cluster".into(), |c| c.name.clone()),
            )
        }
        Filter::Quality(from, 100) => ("quality", format!("{from} and more")),
        Filter::Quality(from, to) => ("quality", format!("{from}–{to}")),
        Filter::Has(has) => ("has", has.as_str().into()),
        Filter::Order(order) => ("", order_words(*order).into()),
    }
}

/// The same with its negation, as one text.
pub fn text(chip: &Chip, clusters: &Clusters) -> String {
    let (about, what) = words(&chip.filter, clusters);
    let parts = [if chip.not { "not" } else { "" }, about, &what];
    let parts: Vec<_> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(" ")
}

/// The colour a filter asks for.
pub fn swatch(filter: &Filter) -> Option<String> {
    matches!(filter, Filter::Color(_)).then(|| filter.write().1)
}

#[derive(Properties, PartialEq)]
pub struct ChipTextProps {
    pub chip: Chip,
}

#[component]
pub fn ChipText(props: &ChipTextProps) -> Html {
    let clusters = use_clusters();
    let (about, what) = words(&props.chip.filter, &clusters);
    // spaces between the parts: what is read aloud and what is seen are the same
    html! {
        <>
            if let Some(color) = swatch(&props.chip.filter) {
                <span class="hue" style={format!("background:{color}")}></span>
            }
            if props.chip.not { <span class="chip-not">{ "not" }</span>{ " " } }
            if !about.is_empty() { <span class="chip-about">{ about }</span>{ " " } }
            <span class="chip-what">{ what }</span>
        </>
    }
}

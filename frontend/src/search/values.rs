//! What may stand behind the keys of the search language.

use std::rc::Rc;

use protocol::cluster::Cluster;
use protocol::query::{Has, Order, Said, Style};

use super::offers::{Act, Group, Known, Offer, dash, offer, tags};
use super::token::Typed;
use crate::cluster::fold;
use crate::controls::IconName;
use crate::words::{self, COLORS};

/// Clusters that are offered.
const CLUSTERS: usize = 8;

/// What may stand behind a key.
pub fn values(key: &'static str, typed: &Typed, known: &Known) -> Group {
    let write = |value: &str| Act::Filter {
        from: typed.from,
        text: format!("{}{key}:{value}", dash(typed)),
    };
    let plain = |all: &[(&str, &str)]| -> Vec<Offer> {
        let low = fold(&typed.value);
        all.iter()
            .filter(|(value, about)| value.starts_with(&*low) || fold(about).starts_with(&low))
            .map(|(value, about)| Offer {
                name: (*value).into(),
                about: (*about).into(),
                ..offer(write(value), None)
            })
            .collect()
    };
    let (year, month) = (known.today.get(..4), known.today.get(..7));
    let times = [
        (known.today, "today"),
        (month.unwrap_or_default(), "this month"),
        (year.unwrap_or_default(), "this year"),
    ];
    let offers = match key {
        "tag" => tags(typed, known.tags),
        "user" => plain(&[(known.handle, "your own")]),
        "type" => plain(&[("image", "pictures"), ("video", "videos")]),
        "ai" => plain(&said("made with AI")),
        "sensitive" => plain(&said("sensitive")),
        "style" => plain(
            &Style::ALL
                .iter()
                .map(|s| (s.as_str(), ""))
                .collect::<Vec<_>>(),
        ),
        "has" => plain(
            &Has::ALL
                .iter()
                .map(|has| has_words(*has))
                .collect::<Vec<_>>(),
        ),
        "order" => plain(
            &Order::ALL
                .iter()
                .map(|o| (o.as_str(), order_words(*o)))
                .collect::<Vec<_>>(),
        ),
        "quality" => plain(&[
            (">90", "the best tenth"),
            (">70", "good"),
            ("..30", "the rest"),
        ]),
        "before" | "after" => plain(&times),
        "cluster" => clusters(typed, known.clusters, write),
        "color" => colors(typed, write),
        _ => Vec::new(),
    };
    Group {
        title: title(key),
        offers,
    }
}

fn title(key: &str) -> &'static str {
    match key {
        "tag" => "Tags",
        "user" => "Whose",
        "type" | "style" => "Kind of picture",
        "color" => "Colours",
        "ai" => "Made with AI",
        "sensitive" => "Sensitive",
        "before" | "after" => "Days",
        "cluster" => "Your clusters",
        "quality" => "Quality",
        "has" => "What there is of it",
        "order" => "What comes first",
        _ => "",
    }
}

fn said(what: &'static str) -> [(&'static str, &'static str); 3] {
    [Said::Yes, Said::No, Said::Unsure].map(|said| {
        let about = match said {
            Said::Yes => what,
            Said::No => "not",
            Said::Unsure => "may be",
        };
        (said.as_str(), about)
    })
}

fn has_words(has: Has) -> (&'static str, &'static str) {
    let about = match has {
        Has::Text => "words can be read in it",
        Has::Title => "it has a title",
        Has::Tags => "it is tagged",
    };
    (has.as_str(), about)
}

pub fn order_words(order: Order) -> &'static str {
    match order {
        Order::Newest => "newest first",
        Order::Oldest => "oldest first",
        Order::Quality => "best quality first",
        Order::Relevance => "best match first",
    }
}

fn clusters(typed: &Typed, all: &[Rc<Cluster>], write: impl Fn(&str) -> Act) -> Vec<Offer> {
    let low = fold(&typed.value);
    let found = all.iter().filter(|cluster| {
        let name = fold(&cluster.name);
        name.starts_with(&low) || name.contains(&format!(" {low}"))
    });
    let one = |cluster: &Rc<Cluster>| Offer {
        name: cluster.name.clone(),
        about: words::count(cluster.count as i64, "picture"),
        ..offer(write(cluster.id.as_str()), Some(IconName::Stack))
    };
    found.take(CLUSTERS).map(one).collect()
}

fn colors(typed: &Typed, write: impl Fn(&str) -> Act) -> Vec<Offer> {
    let low = typed.value.to_lowercase();
    let found = COLORS.iter().filter(|(name, hex)| {
        name.starts_with(&*low) || (low.starts_with('#') && hex.starts_with(&*low))
    });
    let one = |(name, hex): &(&str, &str)| Offer {
        name: (*name).into(),
        about: (*hex).into(),
        swatch: Some((*hex).into()),
        ..offer(write(hex), None)
    };
    found.map(one).collect()
}

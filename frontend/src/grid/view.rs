//! The masonry on the page.

use std::rc::Rc;

use protocol::element::Element;
use yew::prelude::*;

use super::card::Card;
use super::focus::use_return_of_focus;
use super::layout::{Layout, Shape};
use super::sight::use_sight;
use crate::store::{Entry, List, ListKey, use_library};

/// Width a column should have, spaces and the narrow screen's values, in CSS pixels.
const COLUMN: f64 = 236.0;
const GAP: f64 = 14.0;
const NARROW: f64 = 560.0;
const NARROW_GAP: f64 = 8.0;
/// The line under a picture that says why it was found.
const CAPTION: f64 = 30.0;
/// Two lines, where a cluster's name would not fit on one.
const NARROW_CAPTION: f64 = 44.0;
const DIVIDER: f64 = 76.0;
/// Cards that are fetched without waiting for the scroll position.
const EAGER: usize = 12;

#[derive(Properties, PartialEq)]
pub struct GridProps {
    pub list_key: ListKey,
    pub list: Rc<List>,
    pub label: AttrValue,
    /// Says below each picture why it is here.
    #[prop_or_default]
    pub reasons: bool,
    /// Only what is near the window's view is in the page. Not for lists that
    /// scroll in something else.
    #[prop_or(true)]
    pub windowed: bool,
    /// Hears when the end of the list comes near.
    #[prop_or_default]
    pub onend: Callback<()>,
}

#[component]
pub fn Grid(props: &GridProps) -> Html {
    let library = use_library();
    let node = use_node_ref();
    let sight = use_sight(node.clone());
    let list = &props.list;
    let cards: Vec<(Rc<Element>, Entry)> = list
        .entries
        .iter()
        .filter_map(|entry| Some((library.element(&entry.id)?, entry.clone())))
        .collect();
    let shape = Shape {
        width: sight.width,
        gap: if sight.width < NARROW {
            NARROW_GAP
        } else {
            GAP
        },
        column: COLUMN,
        least: 2,
        caption: if props.reasons || sight.width >= NARROW {
            CAPTION
        } else {
            NARROW_CAPTION
        },
        divider: DIVIDER,
    };
    let sizes: Vec<_> = cards.iter().map(|(e, _)| (e.width, e.height)).collect();
    let captioned: Vec<bool> = cards
        .iter()
        .map(|(_, entry)| props.reasons || entry.because.is_some())
        .collect();
    let layout = use_memo(
        (shape.into_key(), sizes, captioned.clone(), list.divider),
        |(_, sizes, captioned, divider)| Layout::new(shape, sizes, |at| captioned[at], *divider),
    );
    use_return_of_focus(node.clone(), list, &layout);
    let near_end = props.windowed && sight.bottom >= layout.height;
    use_effect_with((near_end, list.next.clone(), list.phase.clone()), {
        let onend = props.onend.clone();
        move |(near_end, next, _)| {
            if *near_end && next.is_some() {
                onend.emit(());
            }
        }
    });
    let shown: Vec<usize> = if props.windowed {
        layout.between(sight.top, sight.bottom).collect()
    } else {
        (0..layout.places.len()).collect()
    };
    let sizes = AttrValue::from(format!("{:.0}px", layout.column));
    html! {
        <div class="grid" ref={node} style={format!("height:{:.0}px", layout.height)}>
            <div role="feed" aria-label={props.label.clone()}
                aria-busy={(list.phase == crate::store::Phase::LoadingMore).to_string()}>
                { for shown.into_iter().map(|index| {
                    let (element, entry) = cards[index].clone();
                    html! {
                        <Card
                            key={element.id.to_string()}
                            element={element.clone()}
                            why={entry.why}
                            because={entry.because}
                            place={layout.places[index]}
                            position={index + 1}
                            list_key={props.list_key.clone()}
                            sizes={sizes.clone()}
                            caption={if captioned[index] { shape.caption } else { 0.0 }}
                            eager={index < EAGER}
                        />
                    }
                }) }
            </div>
            if let Some(top) = layout.divider {
                <div class="divider" style={format!("top:{top:.0}px;height:{DIVIDER}px")}>
                    <span>{ if list.divider == Some(0) { "No sure match. These come closest" } else { "Weaker matches" } }</span>
                </div>
            }
        </div>
    }
}

impl Shape {
    /// What a memo can compare: the numbers that change.
    fn into_key(self) -> [u64; 3] {
        [self.width, self.gap, self.caption].map(f64::to_bits)
    }
}

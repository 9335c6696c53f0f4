//! What models and people judged, with what it rests on.

mod appeal;
mod declaring;
mod evidence;
mod judged;
mod standing;

use std::rc::Rc;

use protocol::element::{Element, State};
use protocol::label::{Label, LabelName, Verdict};
use yew::prelude::*;

use self::declaring::MadeWithAi;
pub use self::evidence::EvidenceList;
use self::judged::Judged;
use self::standing::split;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct LabelsProps {
    pub element: Rc<Element>,
    pub mine: bool,
    pub changed: Callback<Element>,
}

#[component]
pub fn Labels(props: &LabelsProps) -> Html {
    let element = &props.element;
    if element.labels.is_empty() && (!props.mine || element.state == State::Failed) {
        return Html::default();
    }
    let (notable, rest) = split(&element.labels);
    let judged = |label: &&Label| {
        html! {
            <Judged key={label.label.as_str()} id={element.id.clone()} label={(*label).clone()}
                mine={props.mine} changed={props.changed.clone()} />
        }
    };
    let signs: Vec<_> = rest
        .iter()
        .filter(|label| is_sign(label))
        .map(|label| words::verdict(label.label, label.verdict))
        .collect();
    html! {
        <section class="block">
            <h2>{ "Labels" }</h2>
            { for notable.iter().map(judged) }
            if !signs.is_empty() {
                <ul class="traits" aria-label="Looks like">{ for signs.into_iter().map(|sign| html! { <li>{ sign }</li> }) }</ul>
            }
            if !rest.is_empty() {
                <details class="fold">
                    <summary>{ format!("All that was checked ({})", rest.len()) }</summary>
                    <div class="fold-body">{ for rest.iter().map(judged) }</div>
                </details>
            }
            if props.mine {
                <MadeWithAi element={element.clone()} changed={props.changed.clone()} />
            }
        </section>
    }
}

/// Worth a word without opening anything.
fn is_sign(label: &Label) -> bool {
    match label.label {
        LabelName::Style => label.verdict != Verdict::Unsure,
        LabelName::Nsfw | LabelName::AiMade => false,
        _ => label.verdict == Verdict::Yes,
    }
}

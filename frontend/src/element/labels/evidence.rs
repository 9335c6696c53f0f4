//! What a judgement rests on, strongest first.

use protocol::label::Label;
use yew::prelude::*;

use crate::words;

#[derive(Properties, PartialEq)]
pub struct EvidenceListProps {
    pub label: Label,
}

#[component]
pub fn EvidenceList(props: &EvidenceListProps) -> Html {
    let label = &props.label;
    html! {
        <>
            if label.evidence.is_empty() {
                <p class="quiet">{ "Nothing more is known." }</p>
            } else {
                <ul class="evidence" aria-label="Evidence">
                    { for label.evidence.iter().map(|one| html! {
                        <li>
                            <span class="evidence-kind">{ words::evidence_kind(&one.kind).to_owned() }</span>
                            <span class="evidence-detail">{ one.detail.clone() }</span>
                            if let Some(score) = one.score {
                                <span class="evidence-score">{ words::percent(score) }</span>
                            }
                        </li>
                    }) }
                </ul>
            }
            if let Some(model) = &label.model {
                <p class="model-note">{ format!("Judged by {model}") }</p>
            }
        </>
    }
}

//! One judgement: its verdict, how sure it is, why, and what became of an appeal.

use protocol::ElementId;
use protocol::element::Element;
use protocol::label::{Appeal, AppealState, Label, Verdict};
use yew::prelude::*;

use super::appeal::AppealButton;
use super::evidence::EvidenceList;
use super::standing::{can_appeal, opens};
use crate::controls::{Icon, IconName};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct JudgedProps {
    pub id: ElementId,
    pub label: Label,
    pub mine: bool,
    pub changed: Callback<Element>,
}

#[component]
pub fn Judged(props: &JudgedProps) -> Html {
    let label = &props.label;
    let (class, icon) = match label.verdict {
        Verdict::Explicit | Verdict::Sensitive => ("is-strong", IconName::Alert),
        Verdict::Unsure => ("is-unsure", IconName::Eye),
        Verdict::None | Verdict::No => ("is-clear", IconName::Check),
        _ => ("is-found", IconName::Spark),
    };
    html! {
        <details class={classes!("judged", class)} open={opens(label) && label.label.is_reviewed()}>
            <summary>
                <Icon name={icon} size={18} />
                <h3>{ words::evidence_title(label) }</h3>
                <span class="judged-certainty">{ words::certainty(label) }</span>
            </summary>
            <div class="judged-body">
                <EvidenceList label={label.clone()} />
                if let Some(appeal) = &label.appeal {
                    { told(appeal) }
                }
                if props.mine && can_appeal(label) {
                    <AppealButton id={props.id.clone()} label={label.clone()} changed={props.changed.clone()} />
                }
            </div>
        </details>
    }
}

/// What became of an appeal, for whoever may know of it.
fn told(appeal: &Appeal) -> Html {
    let (class, state) = match appeal.state {
        AppealState::Open => ("is-open", "Appeal open"),
        AppealState::Granted => ("is-granted", "Appeal granted"),
        AppealState::Declined => ("is-declined", "Appeal declined"),
    };
    let since = words::ago(js_sys::Date::now() as i64, appeal.at.millis());
    html! {
        <div class={classes!("appeal", class)}>
            <p><strong>{ state }</strong><span class="quiet">{ format!(" · {since}") }</span></p>
            if !appeal.note.is_empty() {
                <blockquote>{ appeal.note.clone() }</blockquote>
            }
            if let Some(answer) = appeal.answer.as_ref().filter(|a| !a.is_empty()) {
                <p>{ format!("Moderator: {answer}") }</p>
            }
        </div>
    }
}

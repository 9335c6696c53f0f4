//! One label that waits for a decision.

use std::rc::Rc;

use protocol::label::{Label, LabelName, Review, ReviewReason, Treatment, Verdict};
use protocol::limits;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::queue::Item;
use crate::controls::{Icon, IconName};
use crate::element::EvidenceList;
use crate::nav::{Link, Route};
use crate::picture::{Picture, alt_text};
use crate::sensitive::{Covered, Exposure, Veil, use_exposure};
use crate::store::use_revealed;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct ReviewCardProps {
    pub item: Item,
    pub selected: bool,
    pub onselect: Callback<()>,
    pub ondecide: Callback<(Verdict, String)>,
}

#[component]
pub fn ReviewCard(props: &ReviewCardProps) -> Html {
    let review = &props.item.review;
    let element = Rc::new(review.element.clone());
    let (node, note) = (use_node_ref(), use_node_ref());
    let exposure = use_review_exposure(review);
    use_effect_with(props.selected, {
        let node = node.clone();
        move |selected| {
            if let Some(card) = node.cast::<HtmlElement>()
                && *selected
                && !holds_focus(&card)
            {
                // what cannot take the focus leaves it where it is
                let _ = card.focus();
            }
        }
    });
    let decide = |verdict: Verdict| {
        let (note, ondecide) = (note.clone(), props.ondecide.clone());
        Callback::from(move |_: MouseEvent| {
            let area = note.cast::<HtmlTextAreaElement>();
            let note = area.map(|a| a.value()).unwrap_or_default();
            ondecide.emit((verdict, note.trim().to_owned()));
        })
    };
    let subject = words::subject(review.label);
    let name = alt_text(&element);
    let note_id = format!("note-{}-{}", element.id, review.label.as_str());
    html! {
        <article class={classes!("review", props.selected.then_some("is-selected"))} ref={node} tabindex="-1"
            aria-label={format!("{subject}: {name}")} aria-current={props.selected.then_some("true")}
            onfocusin={props.onselect.reform(|_: FocusEvent| ())}>
            <div class="review-picture">
                <Picture element={element.clone()} sizes="(min-width: 720px) 16rem, 100vw" covered={exposure.is_covered()} />
                <Veil element={element.clone()} {exposure} />
            </div>
            <div class="review-text">
                <h2>{ subject }</h2>
                <p class="review-who">
                    <Link to={Route::element(&element.id)}>{ name }</Link>
                    <span class="quiet">{ format!(" by {}", element.owner.display_name) }</span>
                </p>
                { why(review) }
                if let Some(label) = judged(review) {
                    <p><strong>{ words::verdict(label.label, label.verdict) }</strong>{ format!(", {}", words::certainty(label)) }</p>
                    <EvidenceList label={label.clone()} />
                }
                <label class="review-note" for={note_id.clone()}>{ "Answer to the owner" }<span class="field-optional">{ "optional" }</span></label>
                <textarea ref={note.clone()} id={note_id} rows="2" maxlength={limits::NOTE_MAX.to_string()} />
                if let Some(why) = &props.item.error {
                    <p class="field-error" role="alert">{ format!("Not decided: {why}") }</p>
                }
                <div class="row" role="group" aria-label="Decision">
                    { for review.label.verdicts().iter().enumerate().map(|(index, verdict)| html! {
                        <button type="button" class="button review-decide" onclick={decide(*verdict)}>
                            <kbd aria-hidden="true">{ index + 1 }</kbd>{ words::verdict(review.label, *verdict) }
                        </button>
                    }) }
                </div>
            </div>
        </article>
    }
}

fn judged(review: &Review) -> Option<&Label> {
    let mut labels = review.element.labels.iter();
    labels.find(|label| label.label == review.label)
}

fn why(review: &Review) -> Html {
    let since = words::ago(js_sys::Date::now() as i64, review.since.millis());
    let note = judged(review).and_then(|label| label.appeal.as_ref());
    match review.why {
        ReviewReason::Unsure => html! {
            <p class="quiet"><Icon name={IconName::Eye} size={16} class="is-inline" />{ format!("The models are unsure · {since}") }</p>
        },
        ReviewReason::Appealed => {
            let who = review
                .by
                .as_ref()
                .map_or("its owner".into(), |by| format!("@{by}"));
            html! {
                <div class="appeal is-open">
                    <p><Icon name={IconName::Flag} size={16} class="is-inline" /><strong>{ format!("Appealed by {who}") }</strong>{ format!(" · {since}") }</p>
                    if let Some(appeal) = note {
                        <blockquote>{ appeal.note.clone() }</blockquote>
                    }
                </div>
            }
        }
    }
}

/// Whatever may be sensitive is covered here, even where a viewer would see it.
#[hook]
fn use_review_exposure(review: &Review) -> Exposure {
    let exposure = use_exposure(&review.element);
    let revealed = use_revealed().has(&review.element.id);
    if exposure.why.is_some() {
        return exposure;
    }
    let found = |label: &&Label| label.label == LabelName::Nsfw && label.verdict != Verdict::None;
    let asked = |label: &&Label| label.label == LabelName::Nsfw && review.label == LabelName::Nsfw;
    let mut labels = review.element.labels.iter();
    let label = labels.find(|label| found(label) || asked(label));
    let why = label.map(|label| Covered {
        label: label.clone(),
        wish: None::<Treatment>,
    });
    Exposure { why, revealed }
}

fn holds_focus(card: &HtmlElement) -> bool {
    let active = gloo::utils::document().active_element();
    active.is_some_and(|active| card.contains(Some(&active)))
}

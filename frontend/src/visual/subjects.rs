//! What in a picture is worth a search of its own: dots to choose from.

use protocol::ElementId;
use protocol::element::State;
use protocol::visual::{Region, Subject};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::nav::Given;

/// Dots that are shown.
const SHOWN: usize = 8;

/// Those of an element, the most striking first; none of other pictures, nor
/// while they can't be had: the box does without them.
#[hook]
pub fn use_subjects(source: &Given) -> Vec<Subject> {
    let of = match source {
        Given::Element(element) => Some((element.id.clone(), element.state == State::Processing)),
        Given::File(_) | Given::Address(_) => None,
    };
    let found = use_state_eq(|| None::<(ElementId, Vec<Subject>)>);
    use_effect_with(of.clone(), {
        let found = found.setter();
        move |of| {
            let id = of.clone().map(|(id, _)| id);
            spawn_local(async move {
                let Some(id) = id else { return };
                if let Ok(mut subjects) = api::elements::subjects(&id).await {
                    subjects.items.truncate(SHOWN);
                    found.set(Some((id, subjects.items)));
                }
            });
        }
    });
    let known = (*found)
        .clone()
        .filter(|(id, _)| of.is_some_and(|(of, _)| of == *id));
    known.map(|(_, subjects)| subjects).unwrap_or_default()
}

#[derive(Properties, PartialEq)]
pub struct DotsProps {
    pub subjects: Vec<Subject>,
    /// Where the box is, if it counts.
    pub region: Option<Region>,
    pub onchoose: Callback<Region>,
}

#[component]
pub fn Dots(props: &DotsProps) -> Html {
    if props.subjects.is_empty() {
        return Html::default();
    }
    // the box below must not take it for the beginning of a new one
    let hold = Callback::from(|event: PointerEvent| event.stop_propagation());
    html! {
        <div class="look-dots" role="group" aria-label="Things in the picture">
            { for props.subjects.iter().enumerate().map(|(at, subject)| {
                let region = subject.region;
                let on = props.region.is_some_and(|chosen| is_same(chosen, region));
                let onclick = props.onchoose.reform(move |_: MouseEvent| region);
                let (x, y) = (region.x + region.w / 2.0, region.y + region.h / 2.0);
                let style = format!("left:{:.2}%;top:{:.2}%", x * 100.0, y * 100.0);
                let side = if x > 0.6 { "is-left" } else { "is-right" };
                html! {
                    <button key={at} type="button" class={classes!("look-dot", side, on.then_some("is-on"))} {style}
                        aria-pressed={on.to_string()} aria-label={said(subject, at)} {onclick} onpointerdown={hold.clone()}>
                        if let Some(tag) = &subject.tag { <span class="look-dot-name" aria-hidden="true">{ tag.to_string() }</span> }
                    </button>
                }
            }) }
        </div>
    }
}

fn said(subject: &Subject, at: usize) -> String {
    match &subject.tag {
        Some(tag) => format!("Search for the {tag}"),
        None => format!("Search for thing {}", at + 1),
    }
}

/// An address keeps thousandths.
fn is_same(one: Region, other: Region) -> bool {
    let near = |a: f32, b: f32| (a - b).abs() < 2e-3;
    near(one.x, other.x) && near(one.y, other.y) && near(one.w, other.w) && near(one.h, other.h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_is_on_while_the_box_is_at_its_subject() {
        let region = Region {
            x: 0.12345,
            y: 0.2,
            w: 0.3,
            h: 0.4,
        };
        let kept = Region::from_box(&region.to_box()).expect("a box");
        assert!(is_same(kept, region));
        let moved = Region { x: 0.2, ..region };
        assert!(!is_same(kept, moved));
        let subject = Subject {
            region,
            tag: "mug".parse().ok(),
            score: 0.9,
        };
        assert_eq!(said(&subject, 0), "Search for the mug");
        let nameless = Subject {
            tag: None,
            ..subject
        };
        assert_eq!(said(&nameless, 1), "Search for thing 2");
    }
}

//! Saving from a card: the pop-over, and beside it the cluster that fits best
//! in one press.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use protocol::ElementId;
use protocol::cluster::Cluster;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::save::SaveButton;
use super::saver::use_saver;
use crate::api;
use crate::store::use_clusters;

/// Passing over a card asks for nothing.
const DWELL_MS: u32 = 250;

#[derive(Properties, PartialEq)]
pub struct CardSaveProps {
    pub element: ElementId,
    pub about: AttrValue,
    /// Somebody points at the card or has the focus in it.
    pub near: bool,
}

#[component]
pub fn CardSave(props: &CardSaveProps) -> Html {
    let (clusters, saver) = (use_clusters(), use_saver());
    let answer = use_state_eq(|| None::<Option<Rc<Cluster>>>);
    let wanted = props.near && answer.is_none();
    use_effect_with((wanted, props.element.clone()), {
        let answer = answer.setter();
        move |(wanted, element)| {
            let element = element.clone();
            let timer = (*wanted && hovers()).then(|| {
                Timeout::new(DWELL_MS, move || {
                    spawn_local(async move {
                        let all = api::clusters::suggest(&element).await.ok();
                        let best = all.and_then(|all| all.items.into_iter().next());
                        answer.set(Some(best.map(|best| Rc::new(best.cluster))));
                    });
                })
            });
            move || drop(timer)
        }
    });
    // where nothing fits, the one that was used last
    let fits = answer.as_ref().and_then(|best| {
        let last = || clusters.now().editable().into_iter().next();
        best.clone().or_else(last)
    });
    let saved = clusters.now().is_saved(&props.element);
    let quick = fits.as_ref().filter(|_| !saved).map(|cluster| {
        let onclick = {
            let (element, cluster, saver) = (props.element.clone(), cluster.clone(), saver.clone());
            Callback::from(move |_: MouseEvent| saver.keep(&element, &cluster, true))
        };
        html! {
            <button type="button" class="card-quick" {onclick}
                aria-label={format!("Save to {}: {}", cluster.name, props.about)}>{ "Save" }</button>
        }
    });
    let name = fits.as_ref().filter(|_| !saved);
    let name = name.map(|cluster| AttrValue::from(cluster.name.clone()));
    html! {
        <div class={classes!("card-saves", quick.is_some().then_some("has-quick"))}>
            <SaveButton element={props.element.clone()} about={props.about.clone()} {name} class="card-save" />
            { quick }
        </div>
    }
}

/// Is there a pointer that can be near without pressing?
fn hovers() -> bool {
    let query = gloo::utils::window().match_media("(hover: hover)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

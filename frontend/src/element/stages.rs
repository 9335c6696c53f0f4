//! What is being done to a picture, step by step, as it happens.

use std::rc::Rc;

use protocol::element::{Element, Stage, StageState};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Icon, IconName};
use crate::store::use_toasts;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct StagesProps {
    pub element: Rc<Element>,
    pub mine: bool,
    pub changed: Callback<Element>,
}

#[component]
pub fn Stages(props: &StagesProps) -> Html {
    let toasts = use_toasts();
    let busy = use_state(|| false);
    let failed = props
        .element
        .stages
        .iter()
        .any(|s| s.state == StageState::Failed);
    let retry = {
        let (id, changed, busy) = (
            props.element.id.clone(),
            props.changed.clone(),
            busy.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (id, changed, busy, toasts) =
                (id.clone(), changed.clone(), busy.clone(), toasts.clone());
            spawn_local(async move {
                match api::elements::retry(&id).await {
                    Ok(element) => changed.emit(element),
                    Err(why) => toasts.say(why.message()),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <section class="block" aria-label="Processing">
            <ol class="stages" aria-live="polite">
                <li class="stage is-done"><Mark state={StageState::Done} />{ "Saved" }</li>
                { for props.element.stages.iter().map(|stage| html! { <Step stage={stage.clone()} /> }) }
            </ol>
            if failed && props.mine {
                <button type="button" class="button" onclick={retry} disabled={*busy}>
                    <Icon name={IconName::Retry} size={18} />{ "Retry" }
                </button>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct StepProps {
    stage: Stage,
}

#[component]
fn Step(props: &StepProps) -> Html {
    let stage = &props.stage;
    let (doing, done) = words::stage(stage.name);
    html! {
        <li class={classes!("stage", class(stage.state))}>
            <Mark state={stage.state} />
            <span>{ if stage.state == StageState::Done { done } else { doing } }</span>
            if let Some(why) = &stage.error {
                <small>{ why.clone() }</small>
            }
        </li>
    }
}

fn class(state: StageState) -> &'static str {
    match state {
        StageState::Waiting => "is-waiting",
        StageState::Running => "is-running",
        StageState::Done => "is-done",
        StageState::Failed => "is-failed",
    }
}

#[derive(Properties, PartialEq)]
struct MarkProps {
    state: StageState,
}

#[component]
fn Mark(props: &MarkProps) -> Html {
    let said = match props.state {
        StageState::Waiting => "waiting",
        StageState::Running => "running",
        StageState::Done => "done",
        StageState::Failed => "failed",
    };
    let sign = match props.state {
        StageState::Done => html! { <Icon name={IconName::Check} size={14} /> },
        StageState::Failed => html! { <Icon name={IconName::Alert} size={14} /> },
        _ => Html::default(),
    };
    html! { <span class="stage-mark" role="img" aria-label={said}>{ sign }</span> }
}

#[derive(Properties, PartialEq)]
pub struct DotsProps {
    pub stages: Vec<Stage>,
}

/// The same in one line, for small places.
#[component]
pub fn StageDots(props: &DotsProps) -> Html {
    let done = props
        .stages
        .iter()
        .filter(|s| s.state == StageState::Done)
        .count();
    let label = format!("{done} of {} steps done", props.stages.len());
    html! {
        <span class="dots" role="img" aria-label={label}>
            { for props.stages.iter().map(|stage| html! { <span class={classes!("dot", class(stage.state))}></span> }) }
        </span>
    }
}

//! What was found, and why nothing was.

use protocol::ErrorCode;
use yew::prelude::*;

use super::asked::{Asked, Scope};
use super::entry::PictureButton;
use super::narrowing::Narrowing;
use super::results::Results;
use crate::api::Failure;
use crate::controls::{Empty, IconName};
use crate::grid::Grid;
use crate::nav::{Link, Route};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct PanelProps {
    pub asked: Asked,
    pub results: Results,
    pub onask: Callback<Asked>,
    pub ontext: Callback<String>,
}

#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let Results {
        key, list, busy, ..
    } = &props.results;
    let found = list.entries.len();
    let status = match &props.results.failure {
        Some(why) => why.message(),
        None if *busy => "Searching…".to_owned(),
        None if found == 0 => "Nothing found".to_owned(),
        None => words::count(found as i64, "result"),
    };
    html! {
        <section class="look-results" aria-label="What looks like it" aria-busy={busy.to_string()}>
            <Narrowing asked={props.asked.clone()} facets={list.facets.clone()} onask={props.onask.clone()} ontext={props.ontext.clone()} />
            <p class={classes!("look-status", busy.then_some("is-busy"))} role="status">
                if *busy { <span class="pulse" aria-hidden="true"></span> }
                { status }
            </p>
            { for list.hints.iter().map(|hint| html! { <p class="hint">{ hint.clone() }</p> }) }
            if let Some(why) = &props.results.failure {
                { failed(props, why) }
            } else if found == 0 && !busy {
                { nothing(props) }
            }
            if found > 0 {
                <div class={classes!("feed", (*busy || props.results.failure.is_some()).then_some("is-stale"))}>
                    <Grid list_key={key.clone()} list={list.clone()} label="Results" reasons={true} />
                </div>
            } else if *busy {
                <div class="skeleton" aria-hidden="true">
                    { for (0..9).map(|i| html! { <span style={format!("aspect-ratio:{}", ["4/5", "1/1", "3/4"][i % 3])}></span> }) }
                </div>
            }
        </section>
    }
}

fn failed(props: &PanelProps, why: &Failure) -> Html {
    // the field says what is wrong; here stands the other way
    if why.field() == Some("url") {
        return html! {
            <Empty title="There was no picture to be had" text="Save it in your browser and search by the file instead." icon={IconName::Alert}>
                <PictureButton text="Choose a picture" />
            </Empty>
        };
    }
    let missing = why.code() == Some(ErrorCode::ModelMissing);
    if missing && props.asked.scope != Scope::Colors {
        let next = Asked {
            scope: Scope::Colors,
            text: String::new(),
            ..props.asked.clone()
        };
        return html! {
            <Empty title="This server can't compare pictures yet" text="The model for it is not installed. Colours can be compared without it." icon={IconName::Chip}>
                <button type="button" class="button is-primary" onclick={props.onask.reform(move |_: MouseEvent| next.clone())}>{ "Compare colours" }</button>
            </Empty>
        };
    }
    let retry = props.results.retry.reform(|_: MouseEvent| ());
    html! {
        <Empty title="The search didn't work" text={why.message()} icon={IconName::Alert}>
            <button type="button" class="button is-primary" onclick={retry}>{ "Try again" }</button>
        </Empty>
    }
}

/// The one thing that would find more.
fn nothing(props: &PanelProps) -> Html {
    let asked = &props.asked;
    let (text, name, next) = if asked.narrowed() {
        let wider = Asked {
            text: String::new(),
            tags: Vec::new(),
            ..asked.clone()
        };
        ("Nothing has all of it.", "Drop words and tags", wider)
    } else if asked.scope == Scope::Part {
        let wider = Asked {
            scope: Scope::Whole,
            ..asked.clone()
        };
        (
            "Move the box, or let the whole picture count.",
            "Use the whole picture",
            wider,
        )
    } else {
        return html! {
            <Empty title="Nothing like it here yet" text="More pictures, more neighbours." icon={IconName::Look}>
                <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
            </Empty>
        };
    };
    html! {
        <Empty title="Nothing looks like it" {text} icon={IconName::Look}>
            <button type="button" class="button is-primary" onclick={props.onask.reform(move |_: MouseEvent| next.clone())}>{ name }</button>
        </Empty>
    }
}

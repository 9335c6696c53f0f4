//! The picture with its box, and beside it what was found.

use gloo::timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::address::AddressField;
use super::asked::{Asked, Of, Scope};
use super::button::{give_focus_back, look_id};
use super::entry::ENTRY_ID;
use super::escape::use_escape;
use super::panel::Panel;
use super::results::{Results, of, use_results};
use super::stage::Stage;
use super::subjects::use_subjects;
use crate::controls::{Icon, IconName};
use crate::grid::use_place;
use crate::nav::{Given, use_go};

/// Asked again when nothing was changed for this many milliseconds.
const PAUSE_MS: u32 = 250;

#[derive(Properties, PartialEq)]
pub struct ViewProps {
    pub source: Given,
    /// What is asked at the start.
    pub start: Asked,
}

#[component]
pub fn View(props: &ViewProps) -> Html {
    let go = use_go();
    let live = use_state_eq(|| props.start.clone());
    let settled = use_state_eq(|| props.start.clone());
    let named = of(&props.source);
    let element = match &named {
        Of::Element(id) => Some(id.clone()),
        Of::Address(_) | Of::File => None,
    };
    use_effect_with((*live).clone(), {
        let settled = settled.clone();
        move |live| {
            let live = live.clone();
            let later =
                (*settled != live).then(|| Timeout::new(PAUSE_MS, move || settled.set(live)));
            move || drop(later)
        }
    });
    // the address follows, but not while it is that of something over this page
    let free = go.opened.is_none();
    use_effect_with(((*settled).clone(), free), {
        let (go, named) = (go.clone(), named.clone());
        move |(asked, free)| {
            let query = asked.write(&named);
            if named == Of::File {
                return;
            }
            if *free && go.here.query.trim_start_matches('?') != query {
                go.follow(query);
            }
        }
    });
    use_effect_with((), {
        let opener = match &element {
            Some(id) => look_id(id.as_str()),
            None => ENTRY_ID.to_owned(),
        };
        move |()| move || give_focus_back(opener)
    });
    let leave = {
        let (go, element) = (go.clone(), element.clone());
        use_callback((go, element), |(), (go, element)| {
            go.leave_look(element.as_ref());
        })
    };
    use_escape(!free, leave.clone());
    let head = use_node_ref();
    use_effect_with((), {
        let head = head.clone();
        move |()| {
            if let Some(head) = head.cast::<HtmlElement>() {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                // what cannot take the focus leaves it where it is
                let _ = head.focus_with_options(&options);
            }
        }
    });
    let results = use_results(&props.source, &settled);
    let subjects = use_subjects(&props.source);
    use_place(&results.key, results.list.loaded);

    let onregion = {
        let live = live.clone();
        Callback::from(move |region| {
            live.set(Asked {
                region,
                ..(*live).clone()
            });
        })
    };
    let now = {
        let (live, settled) = (live.clone(), settled.clone());
        Callback::from(move |()| settled.set((*live).clone()))
    };
    let onask = {
        let (live, settled) = (live.clone(), settled.clone());
        Callback::from(move |asked: Asked| {
            live.set(asked.clone());
            settled.set(asked);
        })
    };
    let onsubject = {
        let (live, ask) = (live.clone(), onask.clone());
        Callback::from(move |region| {
            ask.emit(Asked {
                region,
                scope: Scope::Part,
                ..(*live).clone()
            });
        })
    };
    let ontext = {
        let live = live.clone();
        Callback::from(move |text| {
            live.set(Asked {
                text,
                ..(*live).clone()
            });
        })
    };
    html! {
        <div class="look">
            <section class="look-side" aria-label="The picture to search in">
                <header class="look-head">
                    <button type="button" class="icon-button" aria-label="Close the search by picture" title="Close (Esc)" onclick={leave.reform(|_: MouseEvent| ())}>
                        <Icon name={IconName::Left} size={22} />
                    </button>
                    <h1 ref={head} tabindex="-1">{ "Search in this picture" }</h1>
                </header>
                if let Given::Address(url) = &props.source {
                    <AddressField key={url.clone()} url={url.clone()} error={refused(&results)} />
                }
                <Stage source={props.source.clone()} region={live.region} boxed={live.scope != Scope::Whole} {onregion} {now} {subjects} {onsubject} />
            </section>
            <Panel asked={(*live).clone()} {results} {onask} {ontext} />
        </div>
    }
}

/// What is wrong with the picture's address, for its field.
fn refused(results: &Results) -> Option<AttrValue> {
    let why = results.failure.as_ref()?;
    (why.field() == Some("url")).then(|| why.message().into())
}

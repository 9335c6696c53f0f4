//! The open menu: above everything, as a card cuts off what stands in it. A
//! sheet on phones.

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast;
use web_sys::{Element as Node, HtmlElement};
use yew::prelude::*;

use super::asked::{Asked, use_card_menu};
use super::items::Items;
use crate::controls::{Size, focusable, place_in_window, use_press_outside};
use crate::nav::use_go;
use crate::picture::name_of;
use crate::words;

/// With reasons and all items: what is cut off is not looked for.
const SIZE: Size = Size {
    width: 264.0,
    height: 540.0,
};

const ITEMS: &str = "[role^=menuitem]";

/// Shows it for whatever card asked last.
#[component]
pub fn CardMenuHost() -> Html {
    let menu = use_card_menu();
    let go = use_go();
    // it belongs to the page that it was opened on
    use_effect_with((go.here.clone(), go.opened.clone()), {
        let menu = menu.clone();
        move |_| menu.close()
    });
    match menu.asked {
        Some(asked) => {
            let key = asked.about.element.id.to_string();
            html! { <Panel {key} {asked} /> }
        }
        None => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct PanelProps {
    asked: Asked,
}

#[component]
fn Panel(props: &PanelProps) -> Html {
    let menu = use_card_menu();
    let panel = use_node_ref();
    let Asked {
        about,
        area,
        opener,
    } = &props.asked;
    let style = format!(
        "--menu-width:{}px;{}",
        SIZE.width,
        place_in_window(*area, SIZE).style()
    );
    let close = {
        let menu = menu.clone();
        use_callback((), move |(), _| menu.close())
    };
    use_press_outside(panel.clone(), opener.clone(), close.clone());
    use_effect_with((), {
        let (panel, close) = (panel.clone(), close.clone());
        move |()| {
            focus(&panel, |_, _| 0);
            // it stands where its card stood
            let options = EventListenerOptions {
                phase: EventListenerPhase::Capture,
                passive: true,
            };
            let window = gloo::utils::window();
            let inside = panel.clone();
            let scroll =
                EventListener::new_with_options(&window, "scroll", options, move |event| {
                    let own = event.target().and_then(|t| t.dyn_into::<Node>().ok());
                    if inside.cast::<Node>() != own {
                        close.emit(());
                    }
                });
            move || drop(scroll)
        }
    });
    let leave = {
        let (menu, opener) = (menu.clone(), opener.clone());
        Callback::from(move |()| {
            menu.close();
            focusable::focus(Some(&opener));
        })
    };
    let onkeydown = {
        let (panel, leave) = (panel.clone(), leave.clone());
        Callback::from(move |event: KeyboardEvent| {
            // what is pressed here concerns nothing below
            event.stop_propagation();
            match event.key().as_str() {
                "Escape" | "Tab" => leave.emit(()),
                "ArrowDown" => focus(&panel, |at, count| at.map_or(0, |at| (at + 1) % count)),
                "ArrowUp" => focus(&panel, |at, count| {
                    at.map_or(count - 1, |at| (at + count - 1) % count)
                }),
                "Home" => focus(&panel, |_, _| 0),
                "End" => focus(&panel, |_, count| count - 1),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let name = name_of(&about.element);
    let reasons = words::reasons_of(&about.why, about.because.as_deref());
    html! {
        <>
            <div class="picker-shade" aria-hidden="true"></div>
            <div class="card-menu" ref={panel} {style} {onkeydown}>
                if !reasons.is_empty() {
                    <div class="card-menu-why" id="card-menu-why">
                        <p>{ "Why it is here" }</p>
                        <ul>{ for reasons.iter().map(|reason| html! { <li>{ reason.clone() }</li> }) }</ul>
                    </div>
                }
                <div role="menu" aria-label={format!("More about {name}")}
                    aria-describedby={(!reasons.is_empty()).then_some("card-menu-why")}>
                    <Items about={about.clone()} onclose={leave} />
                </div>
            </div>
        </>
    }
}

/// Gives the focus to the item that is chosen by where it is now and how many
/// there are.
fn focus(panel: &NodeRef, which: impl Fn(Option<usize>, usize) -> usize) {
    let Some(root) = panel.cast::<Node>() else {
        return;
    };
    let items = focusable::shown(&root, ITEMS);
    if items.is_empty() {
        return;
    }
    let active = gloo::utils::document().active_element();
    let is = |item: &HtmlElement| active.as_ref().is_some_and(|active| **active == ***item);
    let at = items.iter().position(is);
    if let Some(item) = items.get(which(at, items.len())) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // what cannot take the focus leaves it where it is
        let _ = item.focus_with_options(&options);
    }
}

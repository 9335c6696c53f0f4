//! A button that opens a list of links and buttons below it.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// What the button is for.
    pub label: AttrValue,
    pub button: Html,
    #[prop_or_default]
    pub class: Classes,
    /// Links and buttons; choosing one closes the menu.
    pub children: Html,
}

/// A disclosure rather than an ARIA menu: Tab goes through it as through any list.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let open = use_state(|| false);
    let root = use_node_ref();
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    use_effect_with(*open, {
        let (open, root) = (open.clone(), root.clone());
        move |is_open| {
            let listener = is_open.then(|| {
                EventListener::new(&gloo::utils::document(), "pointerdown", move |event| {
                    let inside = root.get().is_some_and(|root| {
                        let target = event.target().and_then(|t| t.dyn_into::<Node>().ok());
                        root.contains(target.as_ref())
                    });
                    if !inside {
                        open.set(false);
                    }
                })
            });
            move || drop(listener)
        }
    });
    let onkeydown = {
        let (open, root) = (open.clone(), root.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *open {
                event.stop_propagation();
                open.set(false);
                focus_button(&root);
            }
        })
    };
    let choose = {
        let open = open.clone();
        Callback::from(move |event: MouseEvent| {
            let chosen = event
                .target()
                .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
                .and_then(|e| e.closest("a, button:not([data-stay])").ok().flatten());
            if chosen.is_some() {
                open.set(false);
            }
        })
    };
    html! {
        <div class={classes!("menu", props.class.clone())} ref={root} {onkeydown}>
            <button type="button" class="menu-button" aria-label={props.label.clone()}
                aria-expanded={open.to_string()} onclick={toggle}>
                { props.button.clone() }
            </button>
            if *open {
                <div class="menu-list" onclick={choose}>{ props.children.clone() }</div>
            }
        </div>
    }
}

fn focus_button(root: &NodeRef) {
    let button = root
        .cast::<web_sys::Element>()
        .and_then(|root| root.query_selector(".menu-button").ok().flatten())
        .and_then(|button| button.dyn_into::<HtmlElement>().ok());
    if let Some(button) = button {
        // an element that cannot take the focus keeps it where it is
        let _ = button.focus();
    }
}

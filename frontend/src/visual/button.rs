//! The way from a picture into the search by it.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use protocol::element::Element;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::nav::use_go;

/// The key `l` presses it.
pub const LOOK_SELECTOR: &str = ".look-button";

/// Time for the page that comes back to take its own focus first.
const SETTLE_MS: u32 = 120;

#[derive(Properties, PartialEq)]
pub struct LookButtonProps {
    pub element: Rc<Element>,
}

#[component]
pub fn LookButton(props: &LookButtonProps) -> Html {
    let go = use_go();
    let element = &props.element;
    if element.media.is_empty() {
        return Html::default();
    }
    let onclick = {
        let element = element.clone();
        Callback::from(move |_: MouseEvent| go.look(element.clone()))
    };
    html! {
        <button type="button" class="look-button" id={look_id(element.id.as_str())} {onclick}
            aria-label="Search in this picture" title="Search in this picture (l)">
            <Icon name={IconName::Look} size={22} />
        </button>
    }
}

/// The `id` by which the button is found again when the search is left.
pub fn look_id(id: &str) -> String {
    format!("look-{id}")
}

/// Gives the focus back to what opened the search, unless somebody chose
/// something else meanwhile.
pub fn give_focus_back(id: String) {
    let later = Timeout::new(SETTLE_MS, move || {
        let document = gloo::utils::document();
        let free = document
            .active_element()
            .is_none_or(|active| active.matches("body, .overlay").unwrap_or(false));
        let opener = document.get_element_by_id(&id);
        if let (true, Some(opener)) = (free, opener.and_then(|o| o.dyn_into::<HtmlElement>().ok()))
        {
            // what cannot take the focus leaves it where it is
            let _ = opener.focus();
        }
    });
    later.forget();
}

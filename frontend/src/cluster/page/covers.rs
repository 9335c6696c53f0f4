//! Which picture comes first on the cover.

use std::rc::Rc;

use protocol::ElementId;
use yew::prelude::*;

use crate::picture::{Picture, alt_text};
use crate::store::{List, use_library};

/// As many as can be looked through in a dialog.
const OFFERED: usize = 24;

#[derive(Properties, PartialEq)]
pub struct CoversProps {
    pub list: Rc<List>,
    pub chosen: Option<ElementId>,
    pub onchange: Callback<ElementId>,
}

#[component]
pub fn Covers(props: &CoversProps) -> Html {
    let library = use_library();
    if props.list.entries.is_empty() {
        return Html::default();
    }
    html! {
        <fieldset class="covers">
            <legend>{ "Cover" }</legend>
            <div class="covers-list">
                { for props.list.entries.iter().take(OFFERED).filter_map(|entry| {
                    let element = library.element(&entry.id)?;
                    let chosen = props.chosen.as_ref() == Some(&element.id);
                    let onchange = {
                        let id = element.id.clone();
                        props.onchange.reform(move |_: Event| id.clone())
                    };
                    let label = alt_text(&element);
                    Some(html! {
                        <label key={element.id.to_string()} class={classes!("cover-option", chosen.then_some("is-chosen"))}>
                            <input type="radio" name="cluster-cover" checked={chosen} aria-label={label} {onchange} />
                            <Picture {element} sizes="72px" decorative={true} />
                        </label>
                    })
                }) }
            </div>
        </fieldset>
    }
}

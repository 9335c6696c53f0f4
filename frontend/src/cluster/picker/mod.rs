//! "Save to a cluster": a pop-over at a Save button, a sheet on phones.

mod asked;
mod fold;
mod list;
mod panel;
mod position;
mod rows;

use yew::prelude::*;

pub use asked::{Picking, PickingProvider, use_picking};
pub use fold::fold;
pub use rows::{Row, Suggested, first_choice, groups};

use crate::store::use_clusters;
use panel::Panel;

/// Shows it for whatever Save button was used last.
#[component]
pub fn PickerHost() -> Html {
    let clusters = use_clusters();
    // so that the first pop-over has something to show at once
    use_effect_with((), move |()| clusters.load_mine(None));
    match use_picking().asked {
        Some(asked) => {
            // asked for at another cluster it begins there
            let at = asked.at.as_ref().map(ToString::to_string);
            let key = format!("{} {}", asked.element, at.unwrap_or_default());
            html! { <Panel {key} {asked} /> }
        }
        None => Html::default(),
    }
}

/// Is it open at this moment? For what ends later than it began.
pub fn is_picker_open() -> bool {
    let open = gloo::utils::document().query_selector(".picker");
    open.is_ok_and(|open| open.is_some())
}

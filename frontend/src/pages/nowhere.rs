//! An address that leads nowhere.

use yew::prelude::*;

use crate::controls::{Empty, IconName, use_title};
use crate::nav::{Link, Route};

#[component]
pub fn NowherePage() -> Html {
    use_title("Nothing here");
    html! {
        <Empty page={true} title="Nothing here" text="This address leads nowhere." icon={IconName::Compass}>
            <Link to={Route::Home} class="button is-primary">{ "Go home" }</Link>
        </Empty>
    }
}

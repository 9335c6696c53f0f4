//! Home.

use yew::prelude::*;

use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::Feed;
use crate::store::ListKey;
use crate::upload::AddButton;

#[component]
pub fn HomePage() -> Html {
    use_title("Home");
    let empty = html! {
        <Empty title="Your sky is still dark" text="Add a picture: drop it anywhere, paste it, or choose a file. A moment later you can find it by what it shows.">
            <AddButton class="button is-primary is-large"><Icon name={IconName::Plus} size={20} />{ "Add pictures" }</AddButton>
        </Empty>
    };
    html! {
        <>
            <h1 class="unseen">{ "Home" }</h1>
            <Feed list_key={ListKey::Home} label="Home" {empty} />
        </>
    }
}

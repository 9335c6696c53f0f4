//! An element's own page: its address was opened directly.

use protocol::ElementId;
use yew::prelude::*;

use super::NowherePage;
use crate::controls::{Icon, IconName};
use crate::element::Detail;
use crate::nav::{Link, Route, use_go};

#[derive(Properties, PartialEq)]
pub struct ElementPageProps {
    pub id: String,
}

#[component]
pub fn ElementPage(props: &ElementPageProps) -> Html {
    let go = use_go();
    let Ok(id) = props.id.parse::<ElementId>() else {
        return html! { <NowherePage /> };
    };
    let onclose = Callback::from(move |()| go.to(&Route::Home));
    html! {
        <div class="element-page">
            <Link to={Route::Home} class="back"><Icon name={IconName::Left} size={18} />{ "Home" }</Link>
            <Detail {id} {onclose} />
        </div>
    }
}

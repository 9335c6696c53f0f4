//! A cluster's page.

use protocol::ClusterId;
use yew::prelude::*;

use super::NowherePage;
use crate::cluster::ClusterPage as Shown;

#[derive(Properties, PartialEq)]
pub struct ClusterPageProps {
    pub id: String,
}

#[component]
pub fn ClusterPage(props: &ClusterPageProps) -> Html {
    match props.id.parse::<ClusterId>() {
        // another cluster starts afresh
        Ok(id) => html! { <Shown key={props.id.clone()} {id} /> },
        Err(_) => html! { <NowherePage /> },
    }
}

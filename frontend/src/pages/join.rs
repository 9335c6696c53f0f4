//! An invitation to a cluster was opened.

use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Empty, IconName, use_title};
use crate::nav::{Link, Route, use_go};
use crate::store::{use_clusters, use_toasts};

#[derive(Properties, PartialEq)]
pub struct JoinPageProps {
    pub token: String,
}

/// Accepts it and goes to the cluster.
#[component]
pub fn JoinPage(props: &JoinPageProps) -> Html {
    use_title("Invitation");
    let (go, clusters, toasts) = (use_go(), use_clusters(), use_toasts());
    let refused = use_state_eq(|| None::<String>);
    use_effect_with(props.token.clone(), {
        let refused = refused.clone();
        move |token| {
            let token = token.clone();
            spawn_local(async move {
                match api::clusters::join(&token).await {
                    Ok(cluster) => {
                        toasts.say(format!("You are in {} now", cluster.name));
                        let to = Route::cluster(&cluster.id);
                        clusters.put(cluster);
                        go.replace(&to);
                    }
                    Err(why) => refused.set(Some(why.message())),
                }
            });
        }
    });
    match &*refused {
        None => {
            html! { <div class="detail-loading" role="status" aria-label="Joining the cluster"></div> }
        }
        Some(why) => html! {
            <Empty page={true} title="This invitation doesn't work" icon={IconName::Alert}
                text={format!("{why} Ask whoever sent it for a new one.")}>
                <Link to={Route::Clusters} class="button is-primary">{ "Your clusters" }</Link>
            </Empty>
        },
    }
}

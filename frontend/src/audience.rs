//! "Who can see this?" in words, for its owner.

use protocol::element::{Audience, Through, Visibility};
use protocol::{ClusterId, ElementId};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};
use crate::cluster::visibility_icon;
use crate::controls::{Icon, IconName};
use crate::element::initial;
use crate::nav::{Link, Route};

/// Whose audience.
#[derive(Debug, Clone, PartialEq)]
pub enum Of {
    /// With its visibility as the page knows it: another one is asked about anew.
    Element(ElementId, Visibility),
    Cluster(ClusterId),
}

#[derive(Properties, PartialEq)]
pub struct AudienceProps {
    pub of: Of,
}

/// Asks the server, which alone knows every way.
#[component]
pub fn AudienceList(props: &AudienceProps) -> Html {
    let answer = use_state_eq(|| None::<Result<Audience, String>>);
    let attempt = use_state_eq(|| 0u32);
    // an answer to an earlier question is not shown
    let newest = use_mut_ref(|| 0u32);
    use_effect_with((props.of.clone(), *attempt), {
        let answer = answer.setter();
        move |(of, _)| {
            let of = of.clone();
            *newest.borrow_mut() += 1;
            let number = *newest.borrow();
            spawn_local(async move {
                let found: Result<Audience, Failure> = match &of {
                    Of::Element(id, _) => api::elements::audience(id).await,
                    Of::Cluster(id) => api::clusters::audience(id).await,
                };
                if *newest.borrow() == number {
                    answer.set(Some(found.map_err(|why| why.message())));
                }
            });
        }
    });
    match &*answer {
        None => html! { <p class="audience-wait" role="status">{ "Looking it up…" }</p> },
        Some(Err(why)) => {
            let onclick = Callback::from(move |_: MouseEvent| attempt.set(*attempt + 1));
            html! {
                <p class="audience-wait" role="alert">
                    { why.clone() }<button type="button" class="button is-small" {onclick}>{ "Try again" }</button>
                </p>
            }
        }
        Some(Ok(audience)) => shown(audience),
    }
}

fn shown(audience: &Audience) -> Html {
    html! {
        <div class="audience">
            <ul class="audience-says">
                { for audience.says.iter().enumerate().map(|(at, line)| html! {
                    <li><Icon name={if at == 0 { visibility_icon(audience.visibility) } else { IconName::Check }} size={16} /><span>{ line.clone() }</span></li>
                }) }
            </ul>
            if !audience.clusters.is_empty() {
                <ul class="audience-ways" aria-label="Clusters that hold it">
                    { for audience.clusters.iter().map(way) }
                </ul>
            }
            if !audience.people.is_empty() {
                <ul class="audience-people" aria-label="People who can see it">
                    { for audience.people.iter().map(|one| html! {
                        <li key={one.id.to_string()}>
                            <Link to={Route::profile(&one.handle)} class="owner">
                                <span class="avatar" aria-hidden="true">{ initial(&one.display_name) }</span>
                                <span>{ one.display_name.clone() }</span>
                            </Link>
                        </li>
                    }) }
                </ul>
            }
        </div>
    }
}

fn way(through: &Through) -> Html {
    let (name, id) = (&through.cluster.name, &through.cluster.id);
    html! {
        <li key={id.to_string()}>
            <Icon name={visibility_icon(through.visibility)} size={16} />
            <span>
                { if through.shows { "Shown in " } else { "Not shown to others in " } }
                <Link to={Route::cluster(id)}>{ name.clone() }</Link>
            </span>
        </li>
    }
}

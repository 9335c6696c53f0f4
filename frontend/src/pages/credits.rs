//! Thanks to whoever made the sample pictures.

use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, credits::Credit};
use crate::controls::{Empty, IconName, use_title};

#[component]
pub fn CreditsPage() -> Html {
    use_title("Credits");
    let credits = use_state(|| None::<Result<Vec<Credit>, String>>);
    use_effect_with((), {
        let credits = credits.setter();
        move |()| {
            spawn_local(async move {
                let answer = api::credits::credits().await;
                credits.set(Some(answer.map_err(|why| why.message())));
            });
        }
    });
    let body = match &*credits {
        None => html! { <div class="detail-loading" role="status" aria-label="Loading"></div> },
        Some(Err(why)) => {
            html! { <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert} /> }
        }
        Some(Ok(list)) if list.is_empty() => {
            html! { <p class="quiet">{ "This server has no sample library." }</p> }
        }
        Some(Ok(list)) => html! {
            <ul class="cards is-tight">{ for list.iter().map(row) }</ul>
        },
    };
    html! {
        <div class="page">
            <h1>{ "Credits" }</h1>
            <p class="lead">{ "The sample library is made of freely licensed pictures. Thank you to their authors." }</p>
            { body }
        </div>
    }
}

fn row(credit: &Credit) -> Html {
    let part = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let title = if credit.title.is_empty() {
        "Untitled"
    } else {
        &credit.title
    };
    let source = part(&credit.source);
    let link = source.clone().filter(|s| s.starts_with("https://"));
    html! {
        <li class="card-row">
            <div class="card-row-text">
                <p class="card-row-title">
                    if let Some(url) = link {
                        <a href={url} target="_blank" rel="noopener noreferrer">{ title.to_owned() }</a>
                    } else {
                        { title.to_owned() }
                    }
                </p>
                <p class="quiet">{ [part(&credit.author), source.filter(|s| !s.starts_with("https://"))].into_iter().flatten().collect::<Vec<_>>().join(" · ") }</p>
            </div>
            if let Some(license) = part(&credit.license) {
                <span class="badge">{ license }</span>
            }
        </li>
    }
}

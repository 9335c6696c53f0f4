//! More like this.

use protocol::ElementId;
use protocol::element::State;
use yew::prelude::*;

use crate::grid::Grid;
use crate::store::{ListKey, Mode, Phase, use_library, use_loader, use_reload_of_forgotten};

#[derive(Properties, PartialEq)]
pub struct SimilarProps {
    pub id: ElementId,
    /// Nothing resembles a picture that nobody has looked at yet.
    pub state: State,
}

#[component]
pub fn Similar(props: &SimilarProps) -> Html {
    let library = use_library();
    let loader = use_loader();
    let key = ListKey::Similar(props.id.clone());
    let list = library.list(&key);
    use_effect_with((props.id.clone(), props.state), {
        let (key, loaded) = (key.clone(), !list.entries.is_empty());
        move |_| {
            if !loaded {
                loader.list(key, Mode::Anew);
            }
        }
    });
    use_reload_of_forgotten(&key);
    let body = match &list.phase {
        Phase::Failed(why) if list.entries.is_empty() => {
            html! { <p class="quiet">{ why.clone() }</p> }
        }
        _ if list.entries.is_empty() && list.loaded => {
            let text = match props.state {
                State::Processing => "This fills as soon as the picture has been looked at.",
                _ => "Nothing here looks like it yet. More pictures, more neighbours.",
            };
            html! { <p class="quiet">{ text }</p> }
        }
        _ => html! { <Grid list_key={key} {list} label="More like this" windowed={false} /> },
    };
    html! {
        <section class="similar">
            <h2>{ "More like this" }</h2>
            { body }
        </section>
    }
}

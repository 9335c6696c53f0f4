//! Pictures that may fit into the cluster.

use protocol::ClusterId;
use yew::prelude::*;

use crate::grid::Grid;
use crate::store::{ListKey, Mode, Phase, use_library, use_loader, use_reload_of_forgotten};

#[derive(Properties, PartialEq)]
pub struct IdeasProps {
    pub id: ClusterId,
    /// May the viewer take them up?
    pub edits: bool,
}

/// Says nothing while there is nothing to say: it stands below everything.
#[component]
pub fn Ideas(props: &IdeasProps) -> Html {
    let (library, loader) = (use_library(), use_loader());
    let key = ListKey::Ideas(props.id.clone());
    let list = library.list(&key);
    use_effect_with(props.id.clone(), {
        let (loader, key, loaded) = (loader.clone(), key.clone(), list.loaded);
        move |_| {
            if !loaded {
                loader.list(key, Mode::Anew);
            }
        }
    });
    use_reload_of_forgotten(&key);
    if list.entries.is_empty() {
        return Html::default();
    }
    let onend = {
        let (key, list) = (key.clone(), list.clone());
        Callback::from(move |()| {
            if let (Phase::Idle, Some(next)) = (&list.phase, &list.next) {
                loader.list(key.clone(), Mode::More(next.clone()));
            }
        })
    };
    let about = if props.edits {
        "They resemble what is in this cluster. Save the ones that belong."
    } else {
        "They resemble what is in this cluster."
    };
    html! {
        <section class="cluster-ideas">
            <h2>{ "More ideas" }</h2>
            <p class="quiet">{ about }</p>
            <Grid list_key={key} {list} label="More ideas" {onend} />
        </section>
    }
}

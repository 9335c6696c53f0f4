//! The owner's own word: made with AI.

use std::rc::Rc;

use protocol::element::{Element, ElementPatch};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::standing::is_declared;
use crate::api;
use crate::store::use_toasts;

#[derive(Properties, PartialEq)]
pub struct MadeWithAiProps {
    pub element: Rc<Element>,
    pub changed: Callback<Element>,
}

#[component]
pub fn MadeWithAi(props: &MadeWithAiProps) -> Html {
    let toasts = use_toasts();
    // what was chosen shows at once, and goes back where the server refuses
    let wanted = use_state_eq(|| None::<bool>);
    let now = wanted.unwrap_or_else(|| is_declared(&props.element.labels));
    let onclick = {
        let (wanted, id) = (wanted.clone(), props.element.id.clone());
        let changed = props.changed.clone();
        Callback::from(move |_: MouseEvent| {
            if wanted.is_some() {
                return;
            }
            wanted.set(Some(!now));
            let (wanted, id) = (wanted.clone(), id.clone());
            let (changed, toasts) = (changed.clone(), toasts.clone());
            let patch = ElementPatch {
                declares_ai: Some(!now),
                ..ElementPatch::default()
            };
            spawn_local(async move {
                match api::elements::patch(&id, &patch).await {
                    Ok(element) => changed.emit(element),
                    Err(why) => toasts.say(format!("Not changed: {}", why.message())),
                }
                wanted.set(None);
            });
        })
    };
    html! {
        <div class="switch-row">
            <button type="button" class="switch" role="switch" aria-checked={now.to_string()} aria-labelledby="made-with-ai" aria-describedby="made-with-ai-note" {onclick}>
                <span class="switch-knob"></span>
            </button>
            <div>
                <p id="made-with-ai" class="switch-label">{ "Made with AI" }</p>
                <p id="made-with-ai-note" class="field-hint">{ "Say so where a generator made or changed it. Viewers see it as your word." }</p>
            </div>
        </div>
    }
}

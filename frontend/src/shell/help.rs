//! The keyboard's help.

use yew::prelude::*;

use super::keys;
use crate::controls::Dialog;

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn Help(props: &HelpProps) -> Html {
    html! {
        <Dialog title="Keyboard shortcuts" onclose={props.onclose.clone()}>
            <dl class="keys">
                { for keys::ALL.iter().map(|(keys, what)| html! {
                    <div>
                        <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                        <dd>{ *what }</dd>
                    </div>
                }) }
            </dl>
            <p class="note">{ "Pictures can also be dropped or pasted anywhere." }</p>
        </Dialog>
    }
}

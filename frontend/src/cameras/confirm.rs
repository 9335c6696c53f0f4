//! Asks once more before something that cannot be taken back.

use yew::prelude::*;

use crate::controls::Dialog;

#[derive(Properties, PartialEq)]
pub struct ConfirmProps {
    pub title: AttrValue,
    pub text: AttrValue,
    pub action: AttrValue,
    pub onclose: Callback<()>,
    pub onconfirm: Callback<()>,
}

#[component]
pub fn Confirm(props: &ConfirmProps) -> Html {
    html! {
        <Dialog title={props.title.clone()} onclose={props.onclose.clone()}>
            <div class="dialog-form">
                <p>{ &props.text }</p>
                <div class="row is-end">
                    <button type="button" class="button" data-first="" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    <button type="button" class="button is-danger-filled" onclick={props.onconfirm.reform(|_: MouseEvent| ())}>{ &props.action }</button>
                </div>
            </div>
        </Dialog>
    }
}

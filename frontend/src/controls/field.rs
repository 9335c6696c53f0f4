//! A labelled text field with its hint and its error.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Icon, IconName};

#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// Also the `id`.
    pub name: AttrValue,
    pub label: AttrValue,
    pub value: AttrValue,
    pub oninput: Callback<String>,
    /// What browsers and password managers fill in.
    pub autocomplete: AttrValue,
    #[prop_or_default]
    pub hint: AttrValue,
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Hidden until somebody asks to see it.
    #[prop_or_default]
    pub secret: bool,
    #[prop_or_default]
    pub autofocus: bool,
    #[prop_or_default]
    pub optional: bool,
    #[prop_or(256)]
    pub longest: usize,
}

#[component]
pub fn Field(props: &FieldProps) -> Html {
    let node = use_node_ref();
    let visible = use_state(|| !props.secret);
    // the field that was refused gets the focus, like the first one at the start
    use_effect_with((props.autofocus, props.error.clone()), {
        let node = node.clone();
        move |(autofocus, error)| {
            if (*autofocus || error.is_some())
                && let Some(input) = node.cast::<HtmlInputElement>()
            {
                let _ = input.focus();
            }
        }
    });
    let oninput = {
        let (tell, node) = (props.oninput.clone(), node.clone());
        Callback::from(move |_: InputEvent| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                tell.emit(input.value());
            }
        })
    };
    let reveal = {
        let visible = visible.clone();
        Callback::from(move |_: MouseEvent| visible.set(!*visible))
    };
    let note = format!("{}-note", props.name);
    let described = props.error.is_some() || !props.hint.is_empty();
    html! {
        <div class={classes!("field", props.error.is_some().then_some("is-wrong"))}>
            <label for={props.name.clone()}>
                { &props.label }
                if props.optional { <span class="field-optional">{ "optional" }</span> }
            </label>
            <div class="field-box">
                <input
                    ref={node}
                    id={props.name.clone()}
                    name={props.name.clone()}
                    type={if *visible { "text" } else { "password" }}
                    value={props.value.clone()}
                    autocomplete={props.autocomplete.clone()}
                    autocapitalize="none"
                    spellcheck="false"
                    // a dialog that opens looks for this
                    data-first={props.autofocus.then_some("")}
                    required={!props.optional}
                    maxlength={props.longest.to_string()}
                    aria-invalid={props.error.is_some().then_some("true")}
                    aria-describedby={described.then(|| note.clone())}
                    {oninput}
                />
                if props.secret {
                    <button type="button" class="icon-button field-reveal" onclick={reveal}
                        aria-label={if *visible { "Hide password" } else { "Show password" }}>
                        <Icon name={if *visible { IconName::EyeOff } else { IconName::Eye }} />
                    </button>
                }
            </div>
            if let Some(error) = &props.error {
                <p class="field-error" id={note} role="alert">{ error }</p>
            } else if !props.hint.is_empty() {
                <p class="field-hint" id={note}>{ &props.hint }</p>
            }
        </div>
    }
}

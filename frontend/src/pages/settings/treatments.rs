//! Show, blur or hide, label by label.

use protocol::label::{LabelPreferences, Treatment};
use yew::prelude::*;

use super::saver::use_saver;

/// One label that viewers decide about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Sensitive,
    Explicit,
    AiMade,
}

impl Field {
    pub const ALL: [Field; 3] = [Field::Sensitive, Field::Explicit, Field::AiMade];

    pub fn of(self, wishes: &LabelPreferences) -> Treatment {
        match self {
            Field::Sensitive => wishes.sensitive,
            Field::Explicit => wishes.explicit,
            Field::AiMade => wishes.ai_made,
        }
    }

    pub fn set(self, wishes: &mut LabelPreferences, to: Treatment) {
        match self {
            Field::Sensitive => wishes.sensitive = to,
            Field::Explicit => wishes.explicit = to,
            Field::AiMade => wishes.ai_made = to,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Field::Sensitive => "sensitive",
            Field::Explicit => "explicit",
            Field::AiMade => "ai_made",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Field::Sensitive => "Sensitive",
            Field::Explicit => "Explicit",
            Field::AiMade => "AI-made",
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Field::Sensitive => "Partial nudity and suggestive pictures.",
            Field::Explicit => "Full nudity and sexual acts.",
            Field::AiMade => {
                "Pictures that a generator made: by their metadata, their owner's word or a model's judgement. \
                 What only a model says is at most blurred."
            }
        }
    }
}

fn treatment(treatment: Treatment) -> (&'static str, &'static str) {
    match treatment {
        Treatment::Show => ("Show", "Shown like any other picture."),
        Treatment::Blur => (
            "Blur",
            "Covered, with the reason, until you choose to see it.",
        ),
        Treatment::Hide => ("Hide", "In none of your lists and searches."),
    }
}

#[component]
pub fn Treatments() -> Html {
    let saver = use_saver();
    let wanted = saver.wanted();
    html! {
        <div class="treatments">
            { for Field::ALL.map(|field| {
                let now = field.of(&wanted);
                let (name, error) = (field.name(), saver.error(field));
                let note = format!("{name}-note");
                html! {
                    <fieldset class="treatment" aria-describedby={note.clone()}>
                        <legend>{ field.title() }</legend>
                        <p class="field-hint">{ field.explanation() }</p>
                        <div class="segments">
                            { for [Treatment::Show, Treatment::Blur, Treatment::Hide].map(|option| {
                                let saver = saver.clone();
                                let onchange = Callback::from(move |_: Event| saver.choose(field, option));
                                html! {
                                    <label class={classes!("segment", (option == now).then_some("is-chosen"))}>
                                        <input type="radio" {name} checked={option == now} {onchange} />
                                        { treatment(option).0 }
                                    </label>
                                }
                            }) }
                        </div>
                        <p class="field-hint" id={note}>{ treatment(now).1 }</p>
                        if let Some(why) = error {
                            <p class="field-error" role="alert">{ format!("Not saved: {why}") }</p>
                        }
                    </fieldset>
                }
            }) }
            <p class="unseen" role="status">{ if saver.saved() { "Saved" } else { "" } }</p>
        </div>
    }
}

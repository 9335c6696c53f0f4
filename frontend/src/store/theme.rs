//! Light and dark: the system's choice unless somebody chose here.

use yew::prelude::*;

use super::kept;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    System,
    Light,
    Dark,
}

impl Choice {
    /// As it stands in the page and in storage.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Choice::System => None,
            Choice::Light => Some("light"),
            Choice::Dark => Some("dark"),
        }
    }

    fn read(name: Option<&str>) -> Self {
        match name {
            Some("light") => Choice::Light,
            Some("dark") => Choice::Dark,
            _ => Choice::System,
        }
    }
}

/// The choice and the way to change it.
#[derive(Clone, PartialEq)]
pub struct Theme {
    pub choice: Choice,
    set: UseStateSetter<Choice>,
}

impl Theme {
    pub fn choose(&self, choice: Choice) {
        kept::set_theme(choice.name());
        show(choice);
        self.set.set(choice);
    }
}

fn show(choice: Choice) {
    let Some(root) = gloo::utils::document().document_element() else {
        return;
    };
    // the attribute's name is valid, so neither can fail
    let _ = match choice.name() {
        Some(name) => root.set_attribute("data-theme", name),
        None => root.remove_attribute("data-theme"),
    };
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn ThemeProvider(props: &ProviderProps) -> Html {
    let choice = use_state(|| Choice::read(kept::theme().as_deref()));
    let theme = Theme {
        choice: *choice,
        set: choice.setter(),
    };
    html! {
        <ContextProvider<Theme> context={theme}>{ props.children.clone() }</ContextProvider<Theme>>
    }
}

#[hook]
pub fn use_theme() -> Theme {
    use_context::<Theme>().expect("ThemeProvider stands above everything")
}

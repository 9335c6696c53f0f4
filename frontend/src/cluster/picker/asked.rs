//! Which picture the pop-over is open for, and at which button.

use protocol::ElementId;
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Clone, PartialEq)]
pub struct Asked {
    pub element: ElementId,
    pub button: HtmlElement,
}

#[derive(Clone, PartialEq)]
pub struct Picking {
    pub asked: Option<Asked>,
    set: UseStateSetter<Option<Asked>>,
}

impl Picking {
    pub fn is_open_at(&self, button: &NodeRef) -> bool {
        let open = self.asked.as_ref().map(|asked| &asked.button);
        open.is_some() && open == button.cast::<HtmlElement>().as_ref()
    }

    /// Opens it at this button, or closes it there.
    pub fn toggle(&self, element: &ElementId, button: HtmlElement) {
        let asked = Asked {
            element: element.clone(),
            button,
        };
        let open = self.asked.as_ref() == Some(&asked);
        self.set.set((!open).then_some(asked));
    }

    pub fn close(&self) {
        self.set.set(None);
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn PickingProvider(props: &ProviderProps) -> Html {
    let asked = use_state_eq(|| None::<Asked>);
    let picking = Picking {
        asked: (*asked).clone(),
        set: asked.setter(),
    };
    html! {
        <ContextProvider<Picking> context={picking}>{ props.children.clone() }</ContextProvider<Picking>>
    }
}

#[hook]
pub fn use_picking() -> Picking {
    use_context::<Picking>().expect("PickingProvider stands above every page")
}

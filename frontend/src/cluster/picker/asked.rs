//! Which picture the pop-over is open for, and at which button.

use protocol::{ClusterId, ElementId};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::controls::focusable;

#[derive(Clone, PartialEq)]
pub struct Asked {
    pub element: ElementId,
    pub button: HtmlElement,
    /// The cluster to begin at.
    pub at: Option<ClusterId>,
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
            at: None,
        };
        let same = |open: &Asked| open.element == asked.element && open.button == asked.button;
        let open = self.asked.as_ref().is_some_and(same);
        self.set.set((!open).then_some(asked));
    }

    /// Opens it once more for something that was saved to this cluster, where
    /// its Save button stands, or else where the notices are.
    pub fn change(&self, element: &ElementId, at: ClusterId) {
        let Some(button) = button_of(element) else {
            return;
        };
        self.set.set(Some(Asked {
            element: element.clone(),
            button,
            at: Some(at),
        }));
    }

    pub fn close(&self) {
        self.set.set(None);
    }
}

/// What lies over the page comes after it.
fn button_of(element: &ElementId) -> Option<HtmlElement> {
    let document = gloo::utils::document();
    let root = document.document_element()?;
    let save = format!("[data-save=\"{element}\"]");
    let found = focusable::shown(&root, &save).into_iter().next_back();
    found.or_else(|| {
        let notices = document.query_selector(".toasts").ok().flatten()?;
        notices.dyn_into().ok()
    })
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

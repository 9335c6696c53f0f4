//! Short notices that come and go without taking the focus.

use std::rc::Rc;

use yew::prelude::*;

/// Notices shown at once; older ones leave.
const SHOWN: usize = 3;

#[derive(Clone, PartialEq)]
pub struct Toast {
    pub key: u32,
    pub text: AttrValue,
    /// What can be done about it, each in one word.
    pub actions: Vec<Action>,
}

#[derive(Clone, PartialEq)]
pub struct Action {
    pub label: AttrValue,
    pub run: Callback<()>,
}

#[derive(Clone, PartialEq, Default)]
pub struct ToastState {
    pub shown: Vec<Toast>,
    next: u32,
}

pub enum Change {
    Add(AttrValue, Vec<Action>),
    Drop(u32),
}

impl Reducible for ToastState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Add(text, actions) => {
                next.next += 1;
                // saying the same twice helps nobody
                next.shown.retain(|toast| toast.text != text);
                let key = next.next;
                next.shown.push(Toast { key, text, actions });
                if next.shown.len() > SHOWN {
                    next.shown.remove(0);
                }
            }
            Change::Drop(key) => next.shown.retain(|toast| toast.key != key),
        }
        Rc::new(next)
    }
}

/// The way to say something.
#[derive(Clone, PartialEq)]
pub struct Toasts(UseReducerHandle<ToastState>);

impl Toasts {
    pub fn say(&self, text: impl Into<AttrValue>) {
        self.0.dispatch(Change::Add(text.into(), Vec::new()));
    }

    /// With a button; the notice leaves when it is used.
    pub fn offer(&self, text: impl Into<AttrValue>, label: &'static str, run: Callback<()>) {
        self.offer_all(text, [(label, run)]);
    }

    /// With several buttons.
    pub fn offer_all(
        &self,
        text: impl Into<AttrValue>,
        actions: impl IntoIterator<Item = (&'static str, Callback<()>)>,
    ) {
        let action = |(label, run)| Action {
            label: AttrValue::Static(label),
            run,
        };
        let actions = actions.into_iter().map(action).collect();
        self.0.dispatch(Change::Add(text.into(), actions));
    }

    pub fn drop(&self, key: u32) {
        self.0.dispatch(Change::Drop(key));
    }

    pub fn shown(&self) -> Vec<Toast> {
        self.0.shown.clone()
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn ToastProvider(props: &ProviderProps) -> Html {
    let toasts = Toasts(use_reducer(ToastState::default));
    html! {
        <ContextProvider<Toasts> context={toasts}>{ props.children.clone() }</ContextProvider<Toasts>>
    }
}

#[hook]
pub fn use_toasts() -> Toasts {
    use_context::<Toasts>().expect("ToastProvider stands above everything")
}

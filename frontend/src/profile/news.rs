//! Word that an account is different, for whoever shows it.

use std::cell::RefCell;

use protocol::UserId;
use yew::prelude::*;

thread_local! {
    static EARS: RefCell<Vec<(usize, Callback<UserId>)>> = const { RefCell::new(Vec::new()) };
    static NEXT: RefCell<usize> = const { RefCell::new(0) };
}

/// Tells whoever shows the account.
pub fn announce(id: &UserId) {
    // told of outside the borrow: whoever hears may stop listening
    let ears: Vec<Callback<UserId>> =
        EARS.with_borrow(|ears| ears.iter().map(|(_, tell)| tell.clone()).collect());
    for tell in ears {
        tell.emit(id.clone());
    }
}

/// Hears of every account that is different while the component is shown.
#[hook]
pub fn use_news(heard: Callback<UserId>) {
    let latest = use_mut_ref(|| heard.clone());
    latest.replace(heard);
    use_effect_with((), move |()| {
        let key = NEXT.with_borrow_mut(|next| {
            *next += 1;
            *next
        });
        let tell = Callback::from(move |id: UserId| {
            let heard = latest.borrow().clone();
            heard.emit(id);
        });
        EARS.with_borrow_mut(|ears| ears.push((key, tell)));
        move || EARS.with_borrow_mut(|ears| ears.retain(|(other, _)| *other != key))
    });
}

//! What the account set for itself.

mod notifications;
mod saver;
mod treatments;

use yew::prelude::*;

use self::notifications::NotificationSettings;
use self::treatments::Treatments;
use crate::controls::{Icon, IconName, use_title};
use crate::nav::{Link, Route};
use crate::shell::ThemeChoice;

#[component]
pub fn SettingsPage() -> Html {
    use_title("Settings");
    html! {
        <div class="page">
            <h1>{ "Settings" }</h1>
            <section class="settings-part" aria-labelledby="sensitive">
                <h2 id="sensitive">{ "Sensitive and AI-made pictures" }</h2>
                <p class="lead">{ "What happens to pictures of other people that carry a label. Every choice is saved at once. Your own pictures are always shown to you." }</p>
                <Treatments />
            </section>
            <section class="settings-part" aria-labelledby="notifications">
                <h2 id="notifications">{ "Notifications" }</h2>
                <p class="lead">{ "What you are told in the app, and whether several of a kind on one day are one entry. Every choice is saved at once. What happens while a kind is off is not kept." }</p>
                <NotificationSettings />
            </section>
            <section class="settings-part" aria-labelledby="appearance">
                <h2 id="appearance">{ "Appearance" }</h2>
                <div class="settings-theme"><ThemeChoice /></div>
            </section>
            <section class="settings-part" aria-labelledby="account">
                <h2 id="account">{ "Account" }</h2>
                <p class="row">
                    <Link to={Route::EditProfile} class="button"><Icon name={IconName::Pencil} size={18} />{ "Edit profile" }</Link>
                    <Link to={Route::People} class="button"><Icon name={IconName::User} size={18} />{ "People" }</Link>
                    <Link to={Route::Sessions} class="button"><Icon name={IconName::Device} size={18} />{ "Sessions" }</Link>
                    <Link to={Route::Leave} class="button"><Icon name={IconName::Download} size={18} />{ "Your data" }</Link>
                </p>
            </section>
        </div>
    }
}

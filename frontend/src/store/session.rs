//! Who is signed in.

use protocol::account::{Me, MePatch, Preferences, Role, User};
use protocol::label::LabelPreferences;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};

/// The account of this page.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Not known yet.
    Asking,
    /// The server did not answer.
    Unreachable(String),
    SignedOut,
    SignedIn(Me),
}

/// The standing and the ways to change it.
#[derive(Clone, PartialEq)]
pub struct Session {
    pub standing: Standing,
    set: UseStateSetter<Standing>,
}

impl Session {
    pub fn enter(&self, me: Me) {
        self.set.set(Standing::SignedIn(me));
    }

    /// Has the server keep what the account wants done with labelled pictures,
    /// then acts on it here.
    pub async fn prefer(&self, labels: LabelPreferences) -> Result<(), Failure> {
        let patch = MePatch {
            preferences: Some(Preferences { labels }),
        };
        self.enter(api::accounts::patch_me(&patch).await?);
        Ok(())
    }

    /// Forgets the account here; the server has ended the login already.
    pub fn left(&self) {
        self.set.set(Standing::SignedOut);
    }

    /// Asks how the account is now; while that fails, it stays as it was.
    pub fn refresh(&self) {
        let set = self.set.clone();
        spawn_local(async move {
            if let Ok(me) = api::accounts::me().await {
                set.set(Standing::SignedIn(me));
            }
        });
    }

    pub fn ask(&self) {
        ask(self.set.clone());
    }

    /// Ends the login at the server, then here.
    pub fn sign_out(&self, failed: Callback<Failure>) {
        let set = self.set.clone();
        spawn_local(async move {
            match api::accounts::logout().await {
                Ok(()) => set.set(Standing::SignedOut),
                // it is gone already: just what was wanted
                Err(Failure::Refused(p)) if p.status == 401 => set.set(Standing::SignedOut),
                Err(why) => failed.emit(why),
            }
        });
    }
}

fn ask(set: UseStateSetter<Standing>) {
    spawn_local(async move {
        set.set(match api::accounts::me().await {
            Ok(me) => Standing::SignedIn(me),
            Err(Failure::Refused(problem)) if problem.status == 401 => Standing::SignedOut,
            Err(why) => Standing::Unreachable(why.message()),
        });
    });
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn SessionProvider(props: &ProviderProps) -> Html {
    let standing = use_state(|| Standing::Asking);
    let set = standing.setter();
    use_effect_with((), {
        let set = set.clone();
        move |()| {
            api::on_signed_out({
                let set = set.clone();
                Callback::from(move |()| set.set(Standing::SignedOut))
            });
            ask(set);
        }
    });
    let session = Session {
        standing: (*standing).clone(),
        set,
    };
    html! {
        <ContextProvider<Session> context={session}>{ props.children.clone() }</ContextProvider<Session>>
    }
}

#[hook]
pub fn use_session() -> Session {
    use_context::<Session>().expect("SessionProvider stands above everything")
}

/// The account that is signed in; nobody on the pages before.
#[hook]
pub fn use_user() -> Option<User> {
    use_me().map(|me| me.user)
}

/// The same as it sees itself.
#[hook]
pub fn use_me() -> Option<Me> {
    match use_session().standing {
        Standing::SignedIn(me) => Some(me),
        _ => None,
    }
}

/// What the account may do; nothing special on the pages before.
#[hook]
pub fn use_role() -> Role {
    use_me().map(|me| me.role).unwrap_or_default()
}

//! The page on which an account says what it shows of itself.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use protocol::profile::{Profile, ProfileLink};
use protocol::value::Handle;
use protocol::{UserId, limits};
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, HtmlInputElement, HtmlTextAreaElement};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::card::Card;
use super::draft::{self, Draft};
use super::state::{Known, use_profile};
use crate::api::{Failure, profiles};
use crate::controls::{Empty, Field, Icon, IconName, use_title};
use crate::nav::{Link, Route, use_go};
use crate::store::{use_session, use_toasts, use_user};

mod picture;

#[component]
pub fn EditProfilePage() -> Html {
    use_title("Edit profile");
    let Some(user) = use_user() else {
        return Html::default();
    };
    html! { <Loading handle={user.handle} /> }
}

#[derive(Properties, PartialEq)]
struct LoadingProps {
    handle: Handle,
}

#[component]
fn Loading(props: &LoadingProps) -> Html {
    let (known, take) = use_profile(&props.handle);
    let again = take.reform(|_: MouseEvent| None);
    match known {
        Known::Here(profile) => {
            let key = profile.user.id.to_string();
            html! { <Form {key} {profile} onchange={take} /> }
        }
        Known::Asking => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
        Known::Nobody | Known::Failed(_) => html! {
            <Empty page={true} title="This didn't load" icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={again}>{ "Try again" }</button>
            </Empty>
        },
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    profile: Rc<Profile>,
    onchange: Callback<Option<Profile>>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let profile = &props.profile;
    let id = &profile.user.id;
    let (session, toasts) = (use_session(), use_toasts());
    let saved = Draft::of(profile);
    let again = use_memo((), |()| draft::kept(id));
    let now = use_state_eq(|| (*again).clone().unwrap_or_else(|| Draft::of(profile)));
    let busy = use_state_eq(|| false);
    // the field, and what is wrong with it
    let wrong = use_state_eq(|| None::<(String, String)>);
    let changed = now.is_changed(&saved);
    use_guard(id, changed);
    let change = {
        let (now, wrong, id) = (now.clone(), wrong.clone(), id.clone());
        Callback::from(move |next: Draft| {
            draft::keep(&id, &next);
            wrong.set(None);
            now.set(next);
        })
    };
    let edit = |set: fn(&mut Draft, String)| {
        let (change, now) = (change.clone(), (*now).clone());
        Callback::from(move |text: String| {
            let mut next = now.clone();
            set(&mut next, text);
            change.emit(next);
        })
    };
    let onsubmit = {
        let (busy, wrong, now, onchange) = (
            busy.clone(),
            wrong.clone(),
            now.clone(),
            props.onchange.clone(),
        );
        let (session, toasts, saved) = (session.clone(), toasts.clone(), saved.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            if let Err(why) = now.handle.parse::<Handle>() {
                wrong.set(Some(("handle".into(), why.to_string())));
                return;
            }
            busy.set(true);
            let (busy, wrong, now, onchange) =
                (busy.clone(), wrong.clone(), now.clone(), onchange.clone());
            let (session, toasts, patch) = (session.clone(), toasts.clone(), now.patch(&saved));
            spawn_local(async move {
                match profiles::patch(&patch).await {
                    Ok(profile) => {
                        draft::drop();
                        wrong.set(None);
                        now.set(Draft::of(&profile));
                        // names in bars and menus are of the session
                        session.refresh();
                        onchange.emit(Some(profile));
                        toasts.say("Profile saved");
                    }
                    Err(why) => wrong.set(Some(field_of(&why, &now))),
                }
                busy.set(false);
            });
        })
    };
    let discard = {
        let (now, wrong, saved) = (now.clone(), wrong.clone(), saved.clone());
        Callback::from(move |_: MouseEvent| {
            draft::drop();
            wrong.set(None);
            now.set(saved.clone());
        })
    };
    let error = |field: &str| {
        let found = wrong.as_ref().filter(|(of, _)| of == field);
        found.map(|(_, why)| AttrValue::from(why.clone()))
    };
    let elsewhere = wrong.as_ref().filter(|(of, _)| {
        !["handle", "display_name", "bio"].contains(&of.as_str()) && !of.starts_with("links")
    });
    let onbio = {
        let set = edit(|draft, text| draft.bio = text);
        Callback::from(move |event: InputEvent| {
            set.emit(event.target_unchecked_into::<HtmlTextAreaElement>().value());
        })
    };
    let onshare = {
        let (change, now) = (change.clone(), (*now).clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            change.emit(Draft {
                share_likes: input.checked(),
                ..now.clone()
            });
        })
    };
    let left = limits::BIO_MAX.saturating_sub(now.bio.trim().chars().count());
    let shown = now.shown(profile);
    html! {
        <div class="page profile-edit">
            <h1>{ "Edit profile" }</h1>
            <picture::PictureForm profile={profile.clone()} onchange={props.onchange.clone()} />
            <form class="profile-form" {onsubmit} novalidate={true}>
                if again.is_some() && changed {
                    <p class="note" role="status">{ "You had not saved these changes." }</p>
                }
                <Field name="display_name" label="Name" value={now.display_name.clone()} oninput={edit(|d, t| d.display_name = t)}
                    autocomplete="name" longest={limits::DISPLAY_NAME_MAX} error={error("display_name")} />
                <Field name="handle" label="Handle" value={now.handle.clone()} oninput={edit(|d, t| d.handle = t)}
                    autocomplete="username" longest={limits::HANDLE_MAX} error={error("handle")}
                    hint="Your address here. The former one goes on leading to you. It can be changed three times in 30 days." />
                <div class={classes!("field", error("bio").is_some().then_some("is-wrong"))}>
                    <label for="bio">{ "About you" }<span class="field-optional">{ "optional" }</span></label>
                    <textarea id="bio" rows="4" maxlength={limits::BIO_MAX.to_string()} value={now.bio.clone()} oninput={onbio}
                        aria-invalid={error("bio").is_some().then_some("true")} aria-describedby="bio-note" />
                    if let Some(why) = error("bio") {
                        <p class="field-error" id="bio-note" role="alert">{ why }</p>
                    } else {
                        <p class="field-hint" id="bio-note">{ format!("{left} characters left") }</p>
                    }
                </div>
                <LinksForm draft={(*now).clone()} onchange={change.clone()} wrong={(*wrong).clone()} />
                <label class="check">
                    <input type="checkbox" checked={now.share_likes} onchange={onshare} />
                    <span>{ "Show what I like on my profile" }<small>{ "Off: only you see your likes." }</small></span>
                </label>
                if let Some((_, why)) = elsewhere {
                    <p class="field-error" role="alert">{ why.clone() }</p>
                }
                <div class="row">
                    <button type="submit" class="button is-primary" disabled={*busy || !changed}>{ if *busy { "Saving…" } else { "Save" } }</button>
                    if changed {
                        <button type="button" class="button" onclick={discard}>{ "Discard changes" }</button>
                    }
                    <Link to={Route::profile(&profile.user.handle)} class="button is-quiet">{ "View profile" }</Link>
                </div>
            </form>
            <section class="profile-preview" aria-label="Preview">
                <h2>{ "Preview" }</h2>
                <Card profile={shown} heading={false} />
            </section>
        </div>
    }
}

/// Changes the links by what was typed.
type SetLinks = dyn Fn(&mut Vec<ProfileLink>, String);

#[derive(Properties, PartialEq)]
struct LinksFormProps {
    draft: Draft,
    onchange: Callback<Draft>,
    wrong: Option<(String, String)>,
}

#[component]
fn LinksForm(props: &LinksFormProps) -> Html {
    let draft = &props.draft;
    let with = |set: Rc<SetLinks>| {
        let (draft, tell) = (draft.clone(), props.onchange.clone());
        Callback::from(move |text: String| {
            let mut next = draft.clone();
            set(&mut next.links, text);
            tell.emit(next);
        })
    };
    let whole = props.wrong.as_ref().filter(|(field, _)| field == "links");
    html! {
        <fieldset class="links-form">
            <legend>{ "Links" }<span class="field-optional">{ "optional" }</span></legend>
            { for draft.links.iter().enumerate().map(|(at, link)| {
                let wrong = props.wrong.as_ref().filter(|(field, _)| *field == format!("links[{at}]"));
                let remove = with(Rc::new(move |links, _| drop(links.remove(at)))).reform(|_: MouseEvent| String::new());
                html! {
                    <div class="link-row" key={at}>
                        <Field name={format!("link-{at}-title")} label={format!("Title of link {}", at + 1)} value={link.title.clone()} optional={true}
                            oninput={with(Rc::new(move |links, text| links[at].title = text))} autocomplete="off" longest={limits::LINK_TITLE_MAX} />
                        <Field name={format!("link-{at}-url")} label={format!("Address of link {}", at + 1)} value={link.url.clone()}
                            oninput={with(Rc::new(move |links, text| links[at].url = text))} autocomplete="url" longest={limits::URL_MAX}
                            error={wrong.map(|(_, why)| AttrValue::from(why.clone()))} />
                        <button type="button" class="icon-button" aria-label={format!("Remove link {}", at + 1)} onclick={remove}><Icon name={IconName::Trash} /></button>
                    </div>
                }
            }) }
            if let Some((_, why)) = whole {
                <p class="field-error" role="alert">{ why.clone() }</p>
            }
            if draft.links.len() < limits::PROFILE_LINKS {
                <button type="button" class="button is-small" onclick={with(Rc::new(|links, _| links.push(ProfileLink::default()))).reform(|_: MouseEvent| String::new())}>
                    <Icon name={IconName::Plus} size={16} />{ "Add a link" }
                </button>
            }
        </fieldset>
    }
}

/// The field of the form that a refusal is about.
fn field_of(why: &Failure, draft: &Draft) -> (String, String) {
    let field = why.field().unwrap_or_default();
    let sent = field
        .strip_prefix("links[")
        .and_then(|rest| rest.trim_end_matches(']').parse().ok());
    let field = match sent {
        Some(sent) => format!("links[{}]", draft.row_of(sent)),
        None => field.to_owned(),
    };
    (field, why.message())
}

/// Leaving the page asks first; going elsewhere within the app keeps what was
/// typed and says so.
#[hook]
fn use_guard(id: &UserId, changed: bool) {
    let (go, toasts) = (use_go(), use_toasts());
    use_effect_with(changed, |changed| {
        let listener = changed.then(|| {
            let options = EventListenerOptions::enable_prevent_default();
            let window = gloo::utils::window();
            EventListener::new_with_options(&window, "beforeunload", options, |event| {
                event.prevent_default();
                // older browsers ask only where this is set
                if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                    event.set_return_value("unsaved");
                }
            })
        });
        move || std::mem::drop(listener)
    });
    let unsaved = use_mut_ref(|| false);
    unsaved.replace(changed);
    use_effect_with(id.clone(), move |id| {
        let id = id.clone();
        move || {
            if !*unsaved.borrow() || draft::kept(&id).is_none() {
                return;
            }
            let back = Callback::from(move |()| go.open(&Route::EditProfile));
            toasts.offer(
                "Your profile's changes are not saved yet",
                "Go on editing",
                back,
            );
        }
    });
}

//! The app: what everything shares, then the page that the address names.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::admin::{JobsPage, ModelsPage, ReviewsPage};
use crate::cluster::{PickerHost, PickingProvider};
use crate::controls::{Empty, IconName};
use crate::element::Overlay;
use crate::explore::{
    AroundPage, ColorsPage, ExplorePage, ExploreProvider, RisingPage, TopicPage, TopicsPage,
};
use crate::grid::{CardMenuHost, CardMenuProvider};
use crate::live::LiveProvider;
use crate::nav::{Place, Route, use_go};
use crate::pages::{
    CamerasPage, ClusterPage, ClustersPage, CreditsPage, ElementPage, FollowedPage, HomePage,
    JoinPage, NotificationsPage, NowherePage, ProfilePage, SessionsPage, SettingsPage, SignInPage,
    Tab,
};
use crate::profile::{EditProfilePage, LeavePage, PeoplePage, ReceiptPage};
use crate::search::SearchPage;
use crate::selection::SelectionHost;
use crate::shell::{Banner, BottomBar, Help, Keys, Toaster, TopBar};
use crate::store::{
    ClustersProvider, DevicesProvider, InboxProvider, LibraryProvider, LikesProvider,
    RevealedProvider, SelectionProvider, SessionProvider, Standing, ThemeProvider, ToastProvider,
    use_session,
};
use crate::tag::TagView;
use crate::upload::{DropTarget, Tray, UploadProvider};
use crate::visual::VisualPage;

#[component]
pub fn App() -> Html {
    html! {
        <BrowserRouter>
            <ThemeProvider>
                <ToastProvider>
                    <SessionProvider>
                        <Door />
                        <Toaster />
                    </SessionProvider>
                </ToastProvider>
            </ThemeProvider>
        </BrowserRouter>
    }
}

/// Lets in whoever is signed in; everybody else is asked for who they are.
#[component]
fn Door() -> Html {
    let session = use_session();
    let route = use_go().here.route;
    match &session.standing {
        Standing::Asking => html! { <div class="waking" role="status" aria-label="Loading"></div> },
        Standing::Unreachable(why) => {
            let onclick = {
                let session = session.clone();
                Callback::from(move |_: MouseEvent| session.ask())
            };
            html! {
                <main class="waking-failed">
                    <Empty page={true} title="Asterism can't be reached" text={why.clone()} icon={IconName::Alert}>
                        <button type="button" class="button is-primary" {onclick}>{ "Try again" }</button>
                    </Empty>
                </main>
            }
        }
        // whoever has just left is shown what became of everything
        Standing::SignedOut if route == Route::Receipt => html! { <main><ReceiptPage /></main> },
        Standing::SignedOut => html! { <SignInPage new={route == Route::SignUp} /> },
        // another account sees nothing of what this one left behind
        Standing::SignedIn(me) => html! {
            <LibraryProvider key={me.user.id.as_str().to_owned()}>
                <RevealedProvider>
                    <ClustersProvider>
                        <LikesProvider>
                            <ExploreProvider>
                                <DevicesProvider>
                                    <InboxProvider>
                                        <LiveProvider>
                                            <UploadProvider>
                                                <PickingProvider>
                                                    <SelectionProvider>
                                                        <CardMenuProvider>
                                                            <Inside />
                                                        </CardMenuProvider>
                                                    </SelectionProvider>
                                                </PickingProvider>
                                            </UploadProvider>
                                        </LiveProvider>
                                    </InboxProvider>
                                </DevicesProvider>
                            </ExploreProvider>
                        </LikesProvider>
                    </ClustersProvider>
                </RevealedProvider>
            </LibraryProvider>
        },
    }
}

#[component]
fn Inside() -> Html {
    let go = use_go();
    let help = use_state(|| false);
    let show_help = {
        let help = help.clone();
        Callback::from(move |()| help.set(true))
    };
    let hide_help = {
        let help = help.clone();
        Callback::from(move |()| help.set(false))
    };
    use_effect_with(go.here.route.clone(), {
        let go = go.clone();
        move |route| {
            if matches!(route, Route::SignIn | Route::SignUp) {
                go.replace(&Route::Home);
            }
        }
    });
    html! {
        <>
            <div id="page" class="shell">
                <a class="skip" href="#main">{ "Skip to content" }</a>
                <TopBar />
                <Banner />
                <main id="main" class="main" tabindex="-1">{ page(&go.here) }</main>
                <BottomBar />
            </div>
            <Overlay />
            <PickerHost />
            <CardMenuHost />
            <SelectionHost />
            <Tray />
            <DropTarget />
            <Keys onhelp={show_help} />
            if *help {
                <Help onclose={hide_help} />
            }
        </>
    }
}

fn page(place: &Place) -> Html {
    match &place.route {
        Route::Home | Route::SignIn | Route::SignUp => html! { <HomePage /> },
        Route::Explore => html! { <ExplorePage /> },
        Route::Topics => html! { <TopicsPage /> },
        Route::Topic { id } => html! { <TopicPage id={id.clone()} /> },
        Route::Rising => html! { <RisingPage /> },
        Route::Colors => html! { <ColorsPage /> },
        Route::Color { hex } => html! { <ColorsPage hex={Some(hex.clone())} /> },
        Route::Around { name } => html! { <AroundPage name={name.clone()} /> },
        Route::Tag { name } => html! { <TagView name={name.clone()} /> },
        Route::Search => html! { <SearchPage words={place.words()} /> },
        Route::Visual => html! { <VisualPage place={place.clone()} /> },
        Route::Element { id } => html! { <ElementPage id={id.clone()} /> },
        Route::Profile { handle } => html! { <ProfilePage handle={handle.clone()} /> },
        Route::ProfileClusters { handle } => {
            html! { <ProfilePage handle={handle.clone()} tab={Tab::Clusters} /> }
        }
        Route::ProfileLikes { handle } => {
            html! { <ProfilePage handle={handle.clone()} tab={Tab::Likes} /> }
        }
        Route::Clusters => html! { <ClustersPage /> },
        Route::Followed => html! { <FollowedPage /> },
        Route::Cluster { id } => html! { <ClusterPage id={id.clone()} /> },
        Route::Join { token } => html! { <JoinPage token={token.clone()} /> },
        Route::Cameras => html! { <CamerasPage /> },
        Route::Notifications => html! { <NotificationsPage /> },
        Route::Settings => html! { <SettingsPage /> },
        Route::Sessions => html! { <SessionsPage /> },
        Route::EditProfile => html! { <EditProfilePage /> },
        Route::People => html! { <PeoplePage /> },
        Route::Leave => html! { <LeavePage /> },
        Route::Receipt => html! { <ReceiptPage /> },
        Route::Reviews => html! { <ReviewsPage /> },
        Route::Models => html! { <ModelsPage /> },
        Route::Jobs => html! { <JobsPage /> },
        Route::Credits => html! { <CreditsPage /> },
        Route::Nowhere => html! { <NowherePage /> },
    }
}

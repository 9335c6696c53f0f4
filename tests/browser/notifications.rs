//! What people see of what they are told: the bell, the page, the notices.

use serde_json::json;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::support::http::Client;
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Setup};

const BELL: &str = "document.querySelector('.top-bell .bell-count')";

fn like(client: &Client, id: &str) {
    let path = format!("/api/v1/elements/{id}/like");
    client.put(&path, &json!({})).ok();
}

fn read_everything(client: &Client) {
    let latest = client.get("/api/v1/notifications").ok()["latest"].clone();
    let read = json!({"up_to": latest});
    client.post("/api/v1/notifications/read", &read).ok();
}

/// Headings and lines of the page, as one text.
fn page_says(words: &str) -> String {
    format!("document.querySelector('.page').innerText.includes({words:?})")
}

#[tokio::test]
async fn the_bell_counts_the_page_keeps_its_boundary_and_notices_can_be_paused() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|who| Client::register(&server.url, who));
    let save = |seed: u8, title: &str| {
        let picture = gradient(seed.into(), 120, 90);
        let id = bob.save("a.bmp", &picture, &[("title", title)]);
        bob.ready(&id);
        id
    };
    let (door, gate) = (save(1, "Blue door"), save(2, "Garden gate"));
    bob.told("element_ready");
    read_everything(&bob);

    browser.sign_in(&server.url, "bob").await;
    browser
        .until("document.querySelector('.top-bell[aria-label=\"Notifications\"]')")
        .await;
    browser.until(&format!("!{BELL}")).await;
    // live: a count and a notice, without a reload
    like(&ada, &door);
    browser.until(&format!("{BELL}?.innerText === '1'")).await;
    browser
        .until("document.querySelector('.toast')?.innerText.includes('ada likes Blue door')")
        .await;
    browser.shot("notice").await;
    browser.click_saying(".toast-action", "Pause").await;
    browser
        .until("document.querySelector('.toasts').innerText.includes('No notices pop up')")
        .await;
    like(&ada, &gate);
    browser.until(&format!("{BELL}?.innerText === '2'")).await;
    browser
        .until("!document.querySelector('.toasts').innerText.includes('Garden gate')")
        .await;

    // by the keyboard alone
    let body = browser.find("body").await;
    body.send_keys("gn").await.expect("typed");
    browser
        .until("location.pathname === '/notifications'")
        .await;
    browser
        .until("document.querySelectorAll('.notice.is-unread').length === 2")
        .await;
    browser.until(&page_says("ada likes Garden gate")).await;
    browser.until(&format!("!{BELL}")).await;
    let read = bob.get("/api/v1/notifications").ok();
    assert_eq!(read["unread"], 0, "to open it is to read it: {read:#}");
    browser.no_sideways_scroll().await;
    browser.accessible("notifications").await;
    browser.shot("notifications").await;

    // what comes waits, and nothing moves; the boundary stays
    let order = "return [...document.querySelectorAll('.notice-line')].map(l => l.innerText)";
    let before = browser.page.execute(order, vec![]).await.expect("lines");
    like(&cleo, &door);
    browser
        .until("document.querySelector('.new-pill button')?.innerText.includes('1 new')")
        .await;
    let after = browser.page.execute(order, vec![]).await.expect("lines");
    assert_eq!(before, after, "nothing moves until it is asked for");
    browser.click(".new-pill button").await;
    browser
        .until("document.querySelector('.notice-line')?.innerText.includes('cleo and ada like Blue door')")
        .await;
    browser
        .until("document.querySelectorAll('.notice.is-unread').length === 2")
        .await;
    browser
        .click_saying(".notices-tools button", "Mark all read")
        .await;
    browser
        .until("!document.querySelector('.notice.is-unread') && !document.querySelector('#notices-new')")
        .await;
    // a row leads to the picture, over the page, and back
    browser.click(".notice-link").await;
    browser
        .until(&format!("location.pathname === '/e/{door}'"))
        .await;
    browser.find("[role=dialog]").await;
    body.send_keys("\u{e00c}").await.expect("typed");
    browser
        .until("location.pathname === '/notifications'")
        .await;

    // what is taken back is gone from the list; another device reads it here too
    let third = save(3, "Red wall");
    like(&ada, &third);
    browser.until(&format!("{BELL}?.innerText >= '1'")).await;
    read_everything(&bob);
    browser.until(&format!("!{BELL}")).await;
    browser.end().await;
}

#[tokio::test]
async fn on_a_phone_the_bottom_bar_counts_and_settings_are_kept() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob] = ["ada", "bob"].map(|who| Client::register(&server.url, who));
    browser.sign_in(&server.url, "bob").await;
    browser.open(&format!("{}/notifications", server.url)).await;
    browser.until(&page_says("Nothing has happened yet")).await;
    let id = bob.save("a.bmp", &gradient(1, 120, 90), &[("title", "Blue door")]);
    bob.ready(&id);
    read_everything(&bob);
    browser.open(&server.url).await;
    like(&ada, &id);
    browser
        .until("document.querySelector('.bottom .bell-count')?.innerText === '1'")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("bell-phone").await;
    browser.click(".bottom a.bell").await;
    browser.until(&page_says("ada likes Blue door")).await;
    browser.no_sideways_scroll().await;
    browser.shot("notifications-phone").await;

    browser.open(&format!("{}/settings", server.url)).await;
    browser.until(&into_view("liked-told")).await;
    browser.click("input[name=liked-told]").await;
    let saved = "document.querySelector('.wishes [role=status]')?.textContent === 'Saved'";
    browser.until(saved).await;
    let wishes = bob.get("/api/v1/notifications/preferences").ok();
    assert_eq!(wishes["kinds"]["liked"]["in_app"], false);
    browser
        .until("document.querySelector('input[name=liked-grouped]').disabled")
        .await;
    browser.until(&into_view("quiet-on")).await;
    browser.click("input[name=quiet-on]").await;
    browser
        .until("!document.querySelector('input[name=quiet-from]').disabled")
        .await;
    browser.until(saved).await;
    browser.no_sideways_scroll().await;
    browser.accessible("settings").await;
    browser.shot("settings-notifications-phone").await;
    let start = std::time::Instant::now();
    while bob.get("/api/v1/notifications/preferences").ok()["quiet"]["on"] != true {
        assert!(start.elapsed() < crate::chromium::PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let list = bob.get("/api/v1/notifications").ok();
    assert!(
        list["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|n| n["kind"] != "liked"),
        "{list:#}"
    );
    browser.end().await;
}

/// Scrolls a box to the middle of the screen, as a thumb does; the driver alone
/// would leave it at the edge, under the bar.
fn into_view(name: &str) -> String {
    format!(
        "(tick => tick && (tick.scrollIntoView({{block: 'center', behavior: 'instant'}}), true))\
         (document.querySelector('input[name={name}]'))"
    )
}

//! A newcomer's way through the app.

use fantoccini::Locator;
use serde_json::json;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::support::http::Client;
use crate::support::pictures::samples;
use crate::support::process::{Paths, Setup};

#[tokio::test]
async fn sign_up_drop_a_photo_watch_it_and_find_it() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let page = &browser.page;
    browser.open(&format!("{}/sign-up", server.url)).await;
    browser.fill("input[name=handle]", "ada").await;
    browser.fill("input[name=password]", "ada-password").await;
    browser.click("button[type=submit]").await;
    let picker = browser.find("input[type=file][multiple]").await;

    // Choose a photo of a cat, and see every step of it.
    let cat = samples(&setup.paths.samples)
        .into_iter()
        .find(|p| p.to_string_lossy().contains("chelsea-the-cat"))
        .expect("a cat");
    page.execute(
        "arguments[0].hidden = false",
        vec![serde_json::to_value(&picker).expect("an element")],
    )
    .await
    .expect("shown");
    picker
        .send_keys(&cat.to_string_lossy())
        .await
        .expect("chosen");
    browser.find(".tray-row").await;
    browser
        .until("document.querySelector('.tray-row')?.innerText.match(/ready|found|done/i)")
        .await;
    browser.no_sideways_scroll().await;
    browser.accessible("home").await;

    // Find it by what it shows.
    page.execute("document.activeElement?.blur()", vec![])
        .await
        .expect("blurred");
    page.find(Locator::Css("body"))
        .await
        .expect("the body")
        .send_keys("/")
        .await
        .expect("typed");
    browser
        .until("document.activeElement?.closest('[role=search]')")
        .await;
    page.active_element()
        .await
        .expect("the box")
        .send_keys("cat\n")
        .await
        .expect("typed");
    browser.until("location.pathname === '/search'").await;
    let card = browser.find("article.card a").await;
    browser.until("[...document.querySelectorAll('article.card img')].some(i => i.complete && i.naturalWidth > 0)").await;

    // The overlay has its own address, tags with their source, and closes by Esc.
    card.click().await.expect("clicked");
    browser.find("[role=dialog] .tags").await;
    browser.until("location.pathname.startsWith('/e/')").await;
    browser.until("[...document.querySelectorAll('[role=dialog] .tag')].some(t => t.innerText.toLowerCase().startsWith('cat'))").await;
    browser
        .until("document.querySelector('[role=dialog]').innerText.match(/Only you/)")
        .await;
    page.find(Locator::Css("body"))
        .await
        .expect("the body")
        .send_keys("\u{e00c}")
        .await
        .expect("typed");
    browser
        .until("!document.querySelector('[role=dialog]') && location.pathname === '/search'")
        .await;
    browser
        .until("document.activeElement?.closest('article.card')")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn what_is_saved_elsewhere_waits_behind_a_pill_in_every_open_tab() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let pictures = samples(&setup.paths.samples);
    let read = |n: usize| std::fs::read(&pictures[n]).expect("readable");
    for n in 0..6 {
        let id = ada.save("a.jpg", &read(n), &[]);
        ada.ready(&id);
    }
    let page = &browser.page;
    browser.sign_in(&server.url, "bob").await;
    browser
        .until("document.querySelectorAll('article.card').length >= 6")
        .await;
    browser.no_sideways_scroll().await;
    let order = "return [...document.querySelectorAll('article.card a')].map(a => a.id)";
    let before = page.execute(order, vec![]).await.expect("ids");

    let first = ada.save("new.jpg", &read(6), &[]);
    let second = ada.save("newer.jpg", &read(7), &[]);
    browser
        .until("[...document.querySelectorAll('button')].some(b => /2 new/i.test(b.innerText))")
        .await;
    assert_eq!(
        page.execute(order, vec![]).await.expect("ids"),
        before,
        "nothing moves until it is asked for"
    );
    page.execute(
        "[...document.querySelectorAll('button')].find(b => /2 new/i.test(b.innerText)).click()",
        vec![],
    )
    .await
    .expect("clicked");
    for id in [&first, &second] {
        browser
            .until(&format!(
                "document.querySelector('article.card a[href=\"/e/{id}\"]')"
            ))
            .await;
    }
    // What another page removes is gone here too.
    bob.get("/api/v1/users/me").ok();
    ada.delete(&format!("/api/v1/elements/{second}")).ok();
    browser
        .until(&format!(
            "!document.querySelector('article.card a[href=\"/e/{second}\"]')"
        ))
        .await;

    // A revoked login ends in the sign-in page.
    let logins = bob.get("/api/v1/auth/sessions").ok();
    let logins = logins
        .as_array()
        .or(logins["items"].as_array())
        .expect("logins")
        .clone();
    for login in logins.iter().filter(|l| l["current"] == json!(false)) {
        bob.delete(&format!(
            "/api/v1/auth/sessions/{}",
            login["id"].as_str().expect("an id")
        ))
        .ok();
    }
    browser.find("input[name=password]").await;
    browser.end().await;
}

//! Saving, liking, going back, deleting: what people do all day.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::chromium::{Browser, PATIENCE};
use crate::support::http::Client;
use crate::support::pictures::samples;
use crate::support::process::{Paths, Setup};

const TOAST: &str = ".toast .toast-action";

#[tokio::test]
async fn a_save_is_told_undone_and_changed_where_it_was_made() {
    let Some(paths) = Paths::find() else { return };
    // low, so that there is something to scroll
    let Some(browser) = Browser::start(900, 560).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let pictures = samples(&setup.paths.samples);
    let mut ids = Vec::new();
    for picture in pictures.iter().take(24) {
        let bytes = std::fs::read(picture).expect("readable");
        ids.push(ada.save("a.jpg", &bytes, &[]));
    }
    for id in &ids {
        ada.ready(id);
    }
    let id = ids.last().expect("the newest").clone();
    for name in ["Doors", "Cats"] {
        ada.post("/api/v1/clusters", &json!({"name": name})).ok();
    }
    let page = &browser.page;
    browser.sign_in(&server.url, "ada").await;
    browser.find("article.card").await;

    // Saved by the pop-over; Undo takes it back, Change goes to its row.
    let save = format!("[data-save=\"{id}\"]");
    let click = format!("document.querySelector('{save}').click()");
    page.execute(&click, vec![]).await.expect("clicked");
    browser.click_saying(".picker-row", "Doors").await;
    browser.click_saying(TOAST, "Undo").await;
    browser
        .until("[...document.querySelectorAll('.toast')].some(t => t.innerText.includes('Removed from Doors'))")
        .await;
    browser.click_saying(".picker-row", "Cats").await;
    browser
        .until("[...document.querySelectorAll('.toast')].some(t => t.innerText.includes('Saved to Cats'))")
        .await;
    browser.click_saying(".picker .button", "Done").await;
    browser.until("!document.querySelector('.picker')").await;
    page.execute(
        "[...document.querySelectorAll('.toast')].find(t => t.innerText.includes('Saved to Cats')).querySelectorAll('.toast-action')[1].click()",
        vec![],
    )
    .await
    .expect("clicked");
    browser
        .until("document.querySelector('.picker-row.is-active')?.innerText.includes('Cats')")
        .await;
    browser.click_saying(".picker .button", "Done").await;

    // A card's menu by the secondary button; a like shows on the picture's page.
    page.execute(
        &format!(
            "document.querySelector('#card-{id}').dispatchEvent(new MouseEvent('contextmenu', {{bubbles: true, cancelable: true, clientX: 300, clientY: 300}}))"
        ),
        vec![],
    )
    .await
    .expect("opened");
    browser
        .until("document.activeElement?.getAttribute('role') === 'menuitemcheckbox'")
        .await;
    browser.shot("card-menu").await;
    browser.click(".card-menu .menu-like").await;
    browser
        .until("document.querySelector('.menu-like')?.getAttribute('aria-checked') === 'true'")
        .await;
    let likes = format!("/api/v1/elements/likes?ids={id}");
    // the page shows it at once, the server has it a moment later
    let begun = std::time::Instant::now();
    while ada.get(&likes).ok()["items"] != json!([id]) {
        assert!(begun.elapsed() < PATIENCE, "the like never came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    // Back finds the very place again, from an element and from a cluster.
    page.execute("document.body.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true})); window.scrollTo(0, 420)", vec![])
        .await
        .expect("scrolled");
    browser.until("window.scrollY === 420").await;
    let order = "return [...document.querySelectorAll('article.card a.card-link')].map(a => a.id)";
    let before = page.execute(order, vec![]).await.expect("ids");
    browser.click_saying(".top-nav .nav-link", "Clusters").await;
    browser.until("location.pathname === '/clusters'").await;
    browser.find(".tile-link").await;
    page.back().await.expect("back");
    browser
        .until("location.pathname === '/' && window.scrollY === 420")
        .await;
    let after = page.execute(order, vec![]).await.expect("ids");
    let ids = |list: &Value| list.as_array().expect("a list").clone();
    let (before, mut after) = (ids(&before), ids(&after));
    // more may have come below, as on any scroll
    after.truncate(before.len());
    assert_eq!(after, before);
    browser.end().await;
}

#[tokio::test]
async fn a_deleted_picture_comes_back_where_it_was() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let pictures = samples(&setup.paths.samples);
    let mut ids = Vec::new();
    for picture in pictures.iter().take(4) {
        let bytes = std::fs::read(picture).expect("readable");
        ids.push(ada.save("a.jpg", &bytes, &[]));
    }
    for id in &ids {
        ada.ready(id);
    }
    let id = ids[2].clone();
    let page = &browser.page;
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/u/ada", server.url)).await;
    browser
        .until("document.querySelectorAll('article.card').length === 4")
        .await;
    let order = "return [...document.querySelectorAll('article.card a.card-link')].map(a => a.id)";
    let before = page.execute(order, vec![]).await.expect("ids");
    browser.click(&format!("#card-{id}")).await;
    browser
        .click_saying("[role=dialog] .is-danger", "Delete picture")
        .await;
    browser
        .until("!document.querySelector('.overlay') && document.querySelectorAll('article.card').length === 3")
        .await;
    browser.click_saying(TOAST, "Undo").await;
    browser
        .until("document.querySelectorAll('article.card').length === 4")
        .await;
    let after = page.execute(order, vec![]).await.expect("ids");
    let ids = |list: &Value| list.as_array().expect("a list").clone();
    let (before, mut after) = (ids(&before), ids(&after));
    // more may have come below, as on any scroll
    after.truncate(before.len());
    assert_eq!(after, before);
    assert_eq!(ada.element(&id)["state"], "ready");
    browser.no_sideways_scroll().await;
    browser.end().await;
}

//! Several pictures at once: selecting, tagging with undo, clusters, deleting.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::keys::{ENTER, ESCAPE};
use crate::support::http::Client;
use crate::support::pictures::sample;
use crate::support::process::{Paths, Setup};

const FILES: [&str; 4] = ["chelsea-the-cat", "dahlia", "yellow-fiat", "grazing-fawn"];

/// Eventually.
async fn holds(says: &str, so: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !so() {
        assert!(start.elapsed() < crate::chromium::PATIENCE, "never: {says}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

fn has(client: &Client, id: &str, tag: &str) -> bool {
    let element = client.element(id);
    let tags = element["tags"].as_array().expect("tags");
    let fact = |t: &&Value| t["name"] == tag && t["state"] == "fact";
    tags.iter().any(|t| fact(&t))
}

fn count(n: usize) -> String {
    format!("document.querySelector('.select-count')?.innerText.trim().startsWith('{n}')")
}

/// Takes back what that notice tells of: others may be there, too.
async fn undo(browser: &Browser, says: &str) {
    let notice = format!(
        "[...document.querySelectorAll('.toast')].find(t => t.innerText.includes({}))",
        json!(says)
    );
    browser.until(&notice).await;
    let button =
        format!("[...{notice}.querySelectorAll('button')].find(b => b.innerText === 'Undo')");
    browser.run(&format!("{button}.click()")).await;
}

#[tokio::test]
async fn pictures_are_selected_tagged_and_everything_is_taken_back() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let read = |file: &str| sample(&setup.paths.samples, file);
    let mut ids: Vec<String> = FILES.iter().map(|f| ada.save(f, &read(f), &[])).collect();
    let theirs = bob.save("red-harbour", &read("red-harbour"), &[]);
    ids.push(theirs.clone());
    for id in &ids {
        ada.ready(id);
    }
    let owner = |id: &str| if id == theirs { &bob } else { &ada };
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/explore", server.url)).await;
    browser
        .until("document.querySelectorAll('article.card').length === 5")
        .await;

    // x selects the card with the focus, Shift and Ctrl with a click do the rest.
    browser.focus("article.card a.card-link").await;
    browser.press("x").await;
    browser.until(&count(1)).await;
    let click = |n: usize, held: &str| {
        format!(
            "document.querySelectorAll('article.card a.card-link')[{n}].dispatchEvent(new MouseEvent('click', {{bubbles: true, cancelable: true, {held}: true}}))"
        )
    };
    browser.run(&click(4, "shiftKey")).await;
    browser.until(&count(5)).await;
    browser.run(&click(1, "ctrlKey")).await;
    browser.until(&count(4)).await;
    browser.run(&click(1, "ctrlKey")).await;
    browser.until(&count(5)).await;
    browser
        .until("[...document.querySelectorAll('[role=status]')].some(s => s.innerText === '5 pictures selected' || s.textContent === '5 pictures selected')")
        .await;
    browser.shot("select").await;
    browser.accessible("a selection").await;

    // One tag for all: what is not one's own stays as it was, and is named.
    browser
        .click_saying(".select-bar button", "Edit tags")
        .await;
    browser.find("dialog #bulk-tag").await;
    browser.press("holiday").await;
    browser.press(ENTER).await;
    browser
        .until(
            "[...document.querySelectorAll('dialog .tag')].some(t => /holiday/.test(t.innerText))",
        )
        .await;
    browser.shot("select-tags").await;
    browser.accessible("tags of several pictures").await;
    browser.click_saying("dialog button", "Change tags").await;
    browser
        .until("document.querySelectorAll('dialog .failure').length === 1")
        .await;
    browser.shot("select-failures").await;
    browser.accessible("what was left as before").await;
    browser.click_saying("dialog button", "OK").await;
    holds("tagged", || {
        ids.iter()
            .all(|id| has(owner(id), id, "holiday") == (*id != theirs))
    })
    .await;
    undo(&browser, "Tags changed on 4 pictures").await;
    holds("taken back", || {
        ids.iter().all(|id| !has(owner(id), id, "holiday"))
    })
    .await;

    // e edits the tags of the card with the focus alone.
    browser.press(ESCAPE).await;
    browser
        .until("!document.querySelector('.select-bar')")
        .await;
    let own = format!("#card-{}", ids[0]);
    browser.focus(&own).await;
    browser.press("e").await;
    browser.find("dialog #bulk-tag").await;
    browser.press("whiskers").await;
    browser.press(ENTER).await;
    browser.click_saying("dialog button", "Change tags").await;
    holds("one is tagged", || has(&ada, &ids[0], "whiskers")).await;
    browser.until("!document.querySelector('dialog')").await;

    // Into a new cluster, and back out.
    browser
        .run("[...document.querySelectorAll('.card-check')].slice(0, 3).forEach(c => c.click())")
        .await;
    browser.until(&count(3)).await;
    browser
        .click_saying(".select-bar button", "Add to cluster")
        .await;
    browser.find("dialog [role=combobox]").await;
    browser.press("Postcards").await;
    browser.press(ENTER).await;
    let held = || {
        let mine = ada.get("/api/v1/clusters").ok();
        let found = mine["items"].as_array().expect("clusters").clone();
        let found = found.into_iter().find(|c| c["name"] == "Postcards");
        found.map(|c| c["count"].clone())
    };
    holds("three in the cluster", || held() == Some(json!(3))).await;
    browser.until("!document.querySelector('dialog')").await;
    undo(&browser, "Saved 3 pictures").await;
    holds("none in the cluster", || held() == Some(json!(0))).await;

    // Deleting can be taken back, in the place where each was.
    browser.press(ESCAPE).await;
    let order = "return [...document.querySelectorAll('article.card a.card-link')].map(a => a.id)";
    let before = browser.page.execute(order, vec![]).await.expect("ids");
    browser
        .run(&format!("['{}', '{}'].forEach(id => document.querySelector(`[data-element=\"${{id}}\"] .card-check`).click())", ids[0], ids[1]))
        .await;
    browser.until(&count(2)).await;
    browser.click_saying(".select-bar button", "Delete").await;
    browser
        .until("document.querySelectorAll('article.card').length === 3")
        .await;
    assert_eq!(ada.get(&format!("/api/v1/elements/{}", ids[0])).status, 404);
    undo(&browser, "Deleted 2 pictures").await;
    browser
        .until("document.querySelectorAll('article.card').length === 5")
        .await;
    let after = browser.page.execute(order, vec![]).await.expect("ids");
    assert_eq!(after, before);
    ada.get(&format!("/api/v1/elements/{}", ids[0])).ok();
    browser.end().await;
}

#[tokio::test]
async fn a_long_press_begins_a_selection_on_a_phone() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    for file in FILES {
        let id = ada.save(file, &sample(&setup.paths.samples, file), &[]);
        ada.ready(&id);
    }
    browser.sign_in(&server.url, "ada").await;
    browser
        .until("document.querySelectorAll('article.card').length === 4")
        .await;
    let touch = |name: &str| {
        format!(
            "document.querySelector('article.card a.card-link').dispatchEvent(new PointerEvent('{name}', {{bubbles: true, pointerType: 'touch', clientX: 60, clientY: 120}}))"
        )
    };
    browser.run(&touch("pointerdown")).await;
    browser.find(".card-menu [role=menuitem]").await;
    browser.run(&touch("pointerup")).await;
    // the click that ends the press opens nothing: the menu is there
    browser
        .run("document.querySelector('article.card a.card-link').click()")
        .await;
    browser.until("location.pathname === '/'").await;
    browser
        .click_saying(".card-menu [role=menuitem]", "Select")
        .await;
    browser.until(&count(1)).await;
    // from then on a tap selects
    browser
        .run("document.querySelectorAll('article.card a.card-link')[1].click()")
        .await;
    browser.until(&count(2)).await;
    browser.until("location.pathname === '/'").await;
    browser.no_sideways_scroll().await;
    browser.shot("select-phone").await;
    browser.accessible("a selection on a phone").await;
    browser
        .click_saying(".select-bar button", "Edit tags")
        .await;
    browser.find("dialog #bulk-tag").await;
    browser.no_sideways_scroll().await;
    browser.shot("select-phone-tags").await;
    browser.end().await;
}

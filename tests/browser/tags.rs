//! The page of a tag: what it says, changing it, and taking changes back.

use serde_json::json;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::keys::{ENTER, ESCAPE};
use crate::support::http::Client;
use crate::support::pictures::sample;
use crate::support::process::{Paths, Server, Setup};

fn library(setup: &Setup) -> (Server, Client) {
    let server = setup.start();
    // the first account is the administrator
    let ada = Client::register(&server.url, "ada");
    for (file, tags) in [
        ("chelsea-the-cat", ["cat", "sofa"]),
        ("house-cat-in-motion", ["cat", "sofa"]),
        ("grazing-fawn", ["deer", "garden"]),
    ] {
        let bytes = sample(&setup.paths.samples, file);
        let id = ada.save(file, &bytes, &[]);
        ada.ready(&id);
        for tag in tags {
            ada.put(
                &format!("/api/v1/elements/{id}/tags/{tag}"),
                &json!({"state": "fact"}),
            )
            .ok();
        }
    }
    (server, ada)
}

#[tokio::test]
async fn a_tag_is_described_tied_to_others_and_taken_back() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let (server, ada) = library(&setup);
    browser.sign_in(&server.url, "ada").await;

    // A chip on a picture leads to the page of its tag.
    browser.click("article.card a.card-link").await;
    browser.find("[role=dialog] .tags").await;
    browser.click("[role=dialog] a.tag-link").await;
    browser
        .until("location.pathname.startsWith('/t/') && !document.querySelector('[role=dialog]')")
        .await;
    browser.open(&format!("{}/t/cat", server.url)).await;
    browser
        .until("document.querySelector('.tag-head h1')?.innerText === 'cat'")
        .await;
    browser
        .until("document.querySelectorAll('article.card').length === 2")
        .await;
    browser
        .until("document.querySelector('.tag-facts').innerText.includes('2 public pictures')")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("tag").await;
    browser.accessible("tag").await;

    // Describing it is seen at once, and kept.
    browser.click_saying(".tag-actions button", "Edit").await;
    browser.find("dialog #tag-description").await;
    browser
        .run("const d = document.querySelector('#tag-description'); d.focus(); d.select()")
        .await;
    browser.press("Purrs when it wants to.").await;
    browser.shot("tag-edit").await;
    browser.accessible("editing a tag").await;
    browser.click("dialog form button[type=submit]").await;
    browser
        .until("document.querySelector('.tag-about').innerText === 'Purrs when it wants to.'")
        .await;
    let known = ada.get("/api/v1/tags/cat").ok();
    assert_eq!(known["description"], "Purrs when it wants to.");

    // Another word for it; a tag that would imply itself is refused on its field.
    browser.click_saying(".tag-actions button", "Edit").await;
    browser.fill("#tag-alias", "moggy").await;
    browser.press(ENTER).await;
    browser.find("[aria-label='Remove moggy']").await;
    browser.fill("#tag-implies", "cat").await;
    browser.press(ENTER).await;
    browser
        .until("document.querySelector('.field.is-wrong #tag-implies') && document.querySelector('#tag-implies-note').innerText.length > 10")
        .await;
    browser.shot("tag-refused").await;
    browser.press(ESCAPE).await;
    browser.until("!document.querySelector('dialog')").await;
    browser.open(&format!("{}/t/moggy", server.url)).await;
    browser
        .until("location.pathname === '/t/cat' && /also called/.test(document.querySelector('.tag-facts')?.innerText)")
        .await;

    // Everything that was changed can be taken back.
    browser.click_saying(".tag-actions button", "History").await;
    browser
        .until("document.querySelectorAll('.change').length >= 2")
        .await;
    browser.shot("tag-history").await;
    browser.accessible("history of a tag").await;
    browser
        .run("[...document.querySelectorAll('.change')].find(c => /descri/.test(c.innerText)).querySelector('button').click()")
        .await;
    browser
        .until("[...document.querySelectorAll('.change.is-undone')].some(c => /taken back/.test(c.innerText))")
        .await;
    browser.press(ESCAPE).await;
    browser
        .until("document.querySelector('.tag-about').innerText !== 'Purrs when it wants to.'")
        .await;
    let known = ada.get("/api/v1/tags/cat").ok();
    assert_ne!(known["description"], "Purrs when it wants to.");

    // A member describes, and does not rename.
    Client::register(&server.url, "eve");
    browser.page.delete_all_cookies().await.expect("signed out");
    browser.sign_in(&server.url, "eve").await;
    browser.open(&format!("{}/t/cat", server.url)).await;
    browser.click_saying(".tag-actions button", "Edit").await;
    browser.find("dialog #tag-description").await;
    browser
        .until("!document.querySelector('#tag-name, #tag-alias, #tag-into')")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn a_tag_on_a_phone() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let (server, _ada) = library(&setup);
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/t/cat", server.url)).await;
    browser
        .until("document.querySelectorAll('article.card').length === 2")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("tag-phone").await;
    browser.accessible("tag on a phone").await;
    browser.click_saying(".tag-actions button", "Edit").await;
    browser.find("dialog #tag-into").await;
    browser.shot("tag-phone-edit").await;
    browser.press(ESCAPE).await;
    browser
        .open(&format!("{}/t/no_such_tag_at_all", server.url))
        .await;
    browser
        .until("/Nobody uses the tag/.test(document.querySelector('.empty')?.innerText)")
        .await;
    browser.end().await;
}

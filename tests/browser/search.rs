//! The search field with its chips and suggestions, and narrowing results.

use serde_json::json;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::keys::{BACKSPACE, DOWN, ENTER, ESCAPE, TAB};
use crate::support::http::Client;
use crate::support::pictures::sample;
use crate::support::process::{Paths, Server, Setup};

const FIELD: &str = "[role=search] [role=combobox]";

/// A library of six pictures with tags that people gave them.
fn library(setup: &Setup) -> (Server, Client) {
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let pictures: [(&str, &str, &[&str]); 6] = [
        ("chelsea-the-cat", "Chelsea", &["cat", "ginger"]),
        ("house-cat-in-motion", "Running", &["cat", "garden"]),
        ("grazing-fawn", "Fawn", &["deer", "garden"]),
        // two: what one result alone has is no way to narrow
        ("dahlia", "Dahlia", &["flower", "garden"]),
        ("acanthus-mollis", "Acanthus", &["flower", "garden"]),
        ("yellow-fiat", "Fiat", &["car"]),
    ];
    for (file, title, tags) in pictures {
        let bytes = sample(&setup.paths.samples, file);
        let id = ada.save(file, &bytes, &[("title", title)]);
        ada.ready(&id);
        for tag in tags {
            let fact = json!({"state": "fact"});
            ada.put(&format!("/api/v1/elements/{id}/tags/{tag}"), &fact)
                .ok();
        }
    }
    (server, ada)
}

fn cards(titles: &[&str]) -> String {
    let titles = json!(titles);
    format!(
        "JSON.stringify([...document.querySelectorAll('.feed:not(.is-stale) article.card .card-title')].map(t => t.innerText || t.textContent).sort()) === JSON.stringify({titles})"
    )
}

const CHIPS: &str = "[...document.querySelectorAll('.search-chip')].map(c => c.innerText.replace(/\\s+/g, ' ').trim())";

#[tokio::test]
async fn filters_are_chips_that_are_completed_removed_and_narrowed() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let (server, _ada) = library(&setup);
    browser.sign_in(&server.url, "ada").await;
    browser.find("article.card").await;
    browser.accessible("home").await;

    // Whatever is typed may be a tag: chosen by keys, it becomes a chip.
    browser.run("document.activeElement.blur()").await;
    browser.press("/").await;
    browser.press("ca").await;
    browser
        .until("[...document.querySelectorAll('[role=option]')].some(o => /^cat\\b/.test(o.innerText) && /2 pictures/.test(o.innerText))")
        .await;
    browser.shot("search-offers").await;
    browser.accessible("suggestions").await;
    browser
        .until(&format!(
            "document.querySelector('{FIELD}').getAttribute('aria-expanded') === 'true'"
        ))
        .await;
    loop {
        browser.press(DOWN).await;
        let at = "(document.getElementById(document.activeElement.getAttribute('aria-activedescendant')) || {}).innerText";
        let at = browser
            .page
            .execute(&format!("return {at}"), vec![])
            .await
            .expect("a row");
        if at.as_str().is_some_and(|at| at.starts_with("cat")) {
            break;
        }
    }
    browser.press(ENTER).await;
    browser
        .until("new URLSearchParams(location.search).get('q') === 'tag:cat'")
        .await;
    browser
        .until(&format!("{CHIPS}.join() === 'tag cat'"))
        .await;
    browser.until(&cards(&["Chelsea", "Running"])).await;

    // A key lists what may stand behind it; Tab completes and searches nothing.
    // where nothing hovers, results have the screen to themselves: the field let go
    browser.focus(FIELD).await;
    browser.press("style:ph").await;
    browser
        .until("document.querySelectorAll('[role=option]').length === 1")
        .await;
    browser.press(DOWN).await;
    browser.press(TAB).await;
    browser
        .until(&format!("{CHIPS}.join() === 'tag cat,photo'"))
        .await;

    // Backspace goes to the last chip, and again takes it away.
    browser.press(BACKSPACE).await;
    browser
        .until("document.activeElement.matches('.search-chip')")
        .await;
    browser.press(BACKSPACE).await;
    browser
        .until(&format!("{CHIPS}.join() === 'tag cat'"))
        .await;
    browser.press(ESCAPE).await;

    // Facets narrow with a click and show what is chosen.
    browser
        .open(&format!("{}/search?q=tag:garden", server.url))
        .await;
    browser
        .until(&cards(&["Acanthus", "Dahlia", "Fawn", "Running"]))
        .await;
    browser.shot("search-facets").await;
    browser.accessible("results").await;
    browser.click_saying(".way", "flower").await;
    browser.until(&cards(&["Acanthus", "Dahlia"])).await;
    browser
        .until("[...document.querySelectorAll('.way[aria-pressed=true]')].some(w => /flower/.test(w.innerText))")
        .await;
    browser.page.back().await.expect("back");
    browser
        .until(&cards(&["Acanthus", "Dahlia", "Fawn", "Running"]))
        .await;
    browser
        .until(&format!("{CHIPS}.join() === 'tag garden'"))
        .await;

    // Another order is a chip like any other.
    browser
        .run("const s = document.querySelector('.order select'); s.value = 'oldest'; s.dispatchEvent(new Event('change', {bubbles: true}))")
        .await;
    browser
        .until(&format!("{CHIPS}.join() === 'tag garden,oldest first'"))
        .await;

    // What is misspelt is told with what it is about, and put right by a click.
    browser
        .open(&format!("{}/search?q=colour:%23e8c53a", server.url))
        .await;
    browser
        .until("/colour:#e8c53a/.test(document.querySelector('.hint code')?.innerText)")
        .await;
    browser.shot("search-hint").await;
    browser.click(".hint a").await;
    browser
        .until("new URLSearchParams(location.search).get('q') === 'color:#e8c53a'")
        .await;

    // Nothing found: one thing to do, and what else may be meant.
    browser
        .open(&format!("{}/search?q=tag:cat%20tag:deer", server.url))
        .await;
    browser
        .until(
            "/Nothing fits all of these filters/.test(document.querySelector('.empty')?.innerText)",
        )
        .await;
    browser.shot("search-nothing").await;
    browser.accessible("nothing found").await;
    browser
        .click_saying(".suggested a", "without “tag deer”")
        .await;
    browser.until(&cards(&["Chelsea", "Running"])).await;

    // A search that is kept is offered again.
    browser.click("[aria-label='Save this search']").await;
    browser.open(&format!("{}/explore", server.url)).await;
    browser.find("article.card").await;
    browser.press("/").await;
    browser
        .until("[...document.querySelectorAll('[role=group]')].some(g => g.ariaLabel === 'Saved searches' && /tag:cat/.test(g.innerText))")
        .await;

    // Help lists the language, with examples to try.
    browser.press("?").await;
    browser.find("#search-help").await;
    browser.shot("search-help").await;
    browser.accessible("search help").await;
    browser
        .click_saying("#search-help .try", "type:image")
        .await;
    browser
        .until(&format!("{CHIPS}.join() === 'pictures'"))
        .await;

    // The address of a picture is searched by, not for.
    browser
        .press("\u{e009}a\u{e000}https://example.org/cat.jpg")
        .await;
    browser
        .until("[...document.querySelectorAll('[role=option]')].some(o => /Search by this picture/.test(o.innerText))")
        .await;
    browser.press(ENTER).await;
    browser
        .until("location.pathname === '/search/visual' && new URLSearchParams(location.search).get('url') === 'https://example.org/cat.jpg'")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn searching_on_a_phone() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let (server, _ada) = library(&setup);
    browser.sign_in(&server.url, "ada").await;
    browser.find("article.card").await;
    browser.focus(FIELD).await;
    browser.press("gar").await;
    browser
        .until(
            "[...document.querySelectorAll('[role=option]')].some(o => /garden/.test(o.innerText))",
        )
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("search-phone-offers").await;
    browser
        .run("[...document.querySelectorAll('[role=option]')].find(o => /garden/.test(o.innerText)).click()")
        .await;
    browser
        .until(&format!("{CHIPS}.join() === 'tag garden'"))
        .await;
    browser
        .until("document.querySelectorAll('article.card').length === 4")
        .await;
    browser.run("document.activeElement.blur()").await;
    browser.no_sideways_scroll().await;
    browser.shot("search-phone").await;
    browser.accessible("results on a phone").await;
    browser.focus(FIELD).await;
    browser
        .click_saying(".search-foot button", "How to search")
        .await;
    browser.find("#search-help").await;
    browser.no_sideways_scroll().await;
    browser.shot("search-phone-help").await;
    browser.end().await;
}

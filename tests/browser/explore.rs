//! Explore: colours, what stands near a tag, and what is new.

use serde_json::json;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::support::http::Client;
use crate::support::pictures::{flat, sample};
use crate::support::process::{Paths, Server, Setup};

fn library(setup: &Setup) -> Server {
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    for (file, tags) in [
        ("chelsea-the-cat", ["cat", "sofa"]),
        ("house-cat-in-motion", ["cat", "garden"]),
        ("dahlia", ["flower", "garden"]),
        ("acanthus-mollis", ["flower", "garden"]),
    ] {
        let id = ada.save(file, &sample(&setup.paths.samples, file), &[]);
        ada.ready(&id);
        for tag in tags {
            let fact = json!({"state": "fact"});
            ada.put(&format!("/api/v1/elements/{id}/tags/{tag}"), &fact)
                .ok();
        }
    }
    let blue = ada.save(
        "blue.bmp",
        &flat([43, 95, 184], 320, 240),
        &[("title", "Blue")],
    );
    ada.ready(&blue);
    server
}

async fn journey(width: u32, height: u32, name: &str) {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(width, height).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = library(&setup);
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/explore", server.url)).await;
    browser
        .until("document.querySelectorAll('.explore article.card').length === 5")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot(&format!("explore-{name}")).await;
    browser.accessible("explore").await;

    // A colour has its own address; the nearest picture comes first.
    browser.click("[aria-label=blue].palette-color").await;
    browser
        .until("location.pathname === '/explore/colors/2b5fb8'")
        .await;
    browser
        .until("document.querySelector('article.card')?.ariaLabel === 'Blue'")
        .await;
    browser
        .until("document.querySelector('.palette-color[aria-current]')?.ariaLabel === 'blue'")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot(&format!("colour-{name}")).await;
    browser.accessible("a colour").await;
    // any other, too
    browser
        .run("const c = document.querySelector('.palette-own input'); c.value = '#2c60b9'; c.dispatchEvent(new Event('change', {bubbles: true}))")
        .await;
    browser
        .until("location.pathname === '/explore/colors/2c60b9'")
        .await;
    browser
        .until("document.querySelector('article.card')?.ariaLabel === 'Blue'")
        .await;

    // Back finds Explore as it was.
    browser.page.back().await.expect("back");
    browser.page.back().await.expect("back");
    browser
        .until("location.pathname === '/explore' && document.querySelectorAll('.explore article.card').length === 5")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn exploring_by_colour() {
    journey(1280, 900, "desktop").await;
}

#[tokio::test]
async fn exploring_by_colour_on_a_phone() {
    journey(390, 844, "phone").await;
}

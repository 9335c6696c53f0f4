//! What people see of the models' judgements, and how they overrule them.

use serde_json::Value;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::support::http::Client;
use crate::support::pictures::{GENERATED, sample, with_xmp};
use crate::support::process::{Paths, Setup};

#[tokio::test]
async fn a_cover_says_why_and_a_moderator_lifts_it_for_everybody() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    // the first account is the administrator
    Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    Client::register(&server.url, "eve");
    let marked = with_xmp(&sample(&setup.paths.samples, "dahlia"), GENERATED);
    let id = bob.save("flower.jpg", &marked, &[("title", "My dahlia")]);
    bob.ready(&id);
    let card = format!("article.card:has(a[href=\"/e/{id}\"])");
    let covered = format!("document.querySelector('{card} .veil')");

    // Eve wants such pictures covered: said once, kept by the server.
    browser.sign_in(&server.url, "eve").await;
    browser.open(&format!("{}/settings", server.url)).await;
    let choice = "fieldset:has(input[name=ai_made]) label:nth-of-type(2)";
    browser.click(choice).await;
    browser
        .until("document.querySelector('.treatments [role=status]').textContent === 'Saved'")
        .await;
    browser.shot("settings").await;
    browser.open(&format!("{}/explore", server.url)).await;
    browser.until(&covered).await;
    browser
        .until(&format!("{covered}.innerText.includes('AI-made')"))
        .await;
    browser
        .until(&format!(
            "!document.querySelector('{card} img[src]:not([src^=data])')"
        ))
        .await;
    browser.shot("covered").await;
    browser.click(&format!("{card} .veil-show")).await;
    browser.until(&format!("!{covered}")).await;
    browser
        .until(&format!(
            "[...document.querySelectorAll('{card} img')].some(i => i.naturalWidth > 100)"
        ))
        .await;

    // Bob sees what the judgement rests on, and disagrees.
    browser.page.delete_all_cookies().await.expect("signed out");
    browser.sign_in(&server.url, "bob").await;
    browser.open(&format!("{}/e/{id}", server.url)).await;
    browser
        .until("[...document.querySelectorAll('.judged')].some(j => /AI-made/.test(j.innerText) && /XMP metadata/.test(j.innerText))")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("labels").await;
    browser
        .click("button[aria-label=\"Appeal: AI-made\"]")
        .await;
    browser.fill("#appeal-note", "I grew it myself").await;
    browser.click_saying("dialog button", "Send appeal").await;
    browser
        .until("/I grew it myself/.test(document.querySelector('.judged .appeal, .appeal')?.innerText)")
        .await;

    // Ada decides, with the keyboard's help or without.
    browser.page.delete_all_cookies().await.expect("signed out");
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/admin/reviews", server.url)).await;
    browser
        .until("/Appealed by @bob/.test(document.querySelector('article.review')?.innerText)")
        .await;
    browser.shot("reviews").await;
    browser.click_saying(".review-decide", "Not AI-made").await;
    browser
        .until("/Nothing waits/.test(document.body.innerText)")
        .await;

    // What runs, and what waits.
    browser.open(&format!("{}/admin/models", server.url)).await;
    browser
        .until("document.querySelectorAll('table tbody tr').length >= 5")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("models").await;
    browser.open(&format!("{}/admin/jobs", server.url)).await;
    browser
        .until("document.querySelectorAll('table tbody tr').length >= 7")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("jobs").await;

    // Eve's wish has nothing left to cover.
    browser.page.delete_all_cookies().await.expect("signed out");
    browser.sign_in(&server.url, "eve").await;
    browser.open(&format!("{}/explore", server.url)).await;
    browser
        .until(&format!("document.querySelector('{card}')"))
        .await;
    browser.until(&format!("!{covered}")).await;
    // a member is not shown other people's judgements to decide
    browser.open(&format!("{}/admin/reviews", server.url)).await;
    browser
        .until("!document.querySelector('article.review') && /moderator/i.test(document.body.innerText)")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn an_owner_accepts_and_rejects_tags_on_a_phone() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let cat = sample(&setup.paths.samples, "chelsea-the-cat");
    let id = ada.save("cat.jpg", &cat, &[]);
    let element = ada.ready(&id);
    let tags = element["tags"].as_array().expect("tags");
    let asked = tags.iter().find(|tag| tag["band"] != "sure");
    let name = asked.expect("a tag to decide about")["name"].clone();
    let name = name.as_str().expect("a name").to_owned();
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/e/{id}", server.url)).await;
    browser.until("document.querySelector('.tags')").await;
    browser.no_sideways_scroll().await;
    browser.shot("tags-phone").await;
    let reject = format!("document.querySelector('[aria-label=\"Reject {name}\"]')");
    browser.until(&reject).await;
    let click = format!("{reject}.click()");
    browser.page.execute(&click, vec![]).await.expect("clicked");
    browser.until(&format!("!{reject}")).await;
    let start = std::time::Instant::now();
    loop {
        let now = ada.element(&id);
        let left = now["tags"].as_array().expect("tags");
        let kept = |tag: &&Value| tag["name"] == name.as_str() && tag["state"] != "rejected";
        if !left.iter().any(|tag| kept(&tag)) {
            break;
        }
        assert!(start.elapsed() < crate::chromium::PATIENCE, "{now:#}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    browser.end().await;
}

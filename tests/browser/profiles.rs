//! Profiles: edited, looked at, followed, blocked, and left.

use serde_json::json;
use tempfile::tempdir;

use crate::chromium::Browser;
use crate::support::http::Client;
use crate::support::pictures::{sample, samples};
use crate::support::process::{Paths, Setup};

/// Gives a file to the page as if it had been chosen.
fn choose(base64: &str) -> String {
    format!(
        "(() => {{ const bytes = Uint8Array.from(atob('{base64}'), c => c.charCodeAt(0)); \
         const files = new DataTransfer(); files.items.add(new File([bytes], 'me.jpg', {{ type: 'image/jpeg' }})); \
         const input = document.querySelector('.profile-picture input[type=file]'); \
         input.files = files.files; input.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
    )
}

/// Types over what stands in a field.
async fn retype(browser: &Browser, css: &str, text: &str) {
    browser.find(css).await;
    let script = format!(
        "(() => {{ const field = document.querySelector({}); \
         Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, {}); \
         field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); }})()",
        json!(css),
        json!(text)
    );
    browser.page.execute(&script, vec![]).await.expect("typed");
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0u32, |bits, b| (bits << 8) | u32::from(*b))
            << (8 * (3 - three.len()));
        for at in 0..4 {
            text.push(match at <= three.len() {
                true => char::from(SIGNS[(bits >> (18 - 6 * at)) as usize & 63]),
                false => '=',
            });
        }
    }
    text
}

#[tokio::test]
async fn an_account_edits_its_profile_and_others_find_it() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(1280, 900).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let mut ids = Vec::new();
    for picture in samples(&setup.paths.samples).iter().take(6) {
        ids.push(ada.save("a.jpg", &std::fs::read(picture).expect("readable"), &[]));
    }
    for id in &ids {
        ada.ready(id);
    }
    let page = &browser.page;
    browser.sign_in(&server.url, "ada").await;
    browser
        .open(&format!("{}/settings/profile", server.url))
        .await;
    browser.find("#display_name").await;

    // a picture: chosen, cut by keys, sent
    let jpeg = sample(&setup.paths.samples, "dahlia");
    page.execute(&choose(&base64(&jpeg)), vec![])
        .await
        .expect("chosen");
    browser.find(".crop-box").await;
    browser
        .until("document.querySelector('.crop-box').getAttribute('aria-label').includes('100 %')")
        .await;
    page.execute(
        "(() => { const box = document.querySelector('.crop-box'); box.focus(); \
         for (let i = 0; i < 5; i++) box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', shiftKey: true, bubbles: true, cancelable: true })); })()",
        vec![],
    )
    .await
    .expect("keys");
    browser
        .until("!document.querySelector('.crop-box').getAttribute('aria-label').includes('100 %')")
        .await;
    browser.shot("profile-crop").await;
    browser
        .click_saying(".profile-picture button", "Use this part")
        .await;
    browser
        .until("document.querySelector('.profile-picture picture img')?.naturalWidth > 0")
        .await;

    // words; a refused one is told at its field
    retype(&browser, "#display_name", "Ada Lovelace").await;
    retype(&browser, "#bio", "Pots and engines.").await;
    browser
        .click_saying(".links-form button", "Add a link")
        .await;
    retype(&browser, "#link-0-title", "Notes").await;
    retype(&browser, "#link-0-url", "nonsense").await;
    retype(&browser, "#handle", "bob").await;
    browser.click_saying(".profile-form button", "Save").await;
    browser
        .until("document.querySelector('#link-0-url').getAttribute('aria-invalid') === 'true'")
        .await;
    retype(&browser, "#link-0-url", "https://notes.example").await;
    browser.click_saying(".profile-form button", "Save").await;
    browser
        .until("document.querySelector('#handle-note')?.innerText.includes('taken')")
        .await;
    retype(&browser, "#handle", "lovelace").await;
    browser
        .until("document.querySelector('.profile-preview').innerText.includes('@lovelace')")
        .await;
    browser.shot("profile-edit").await;
    browser.accessible("profile-edit").await;

    // going elsewhere keeps what was typed
    page.execute("document.querySelector('.brand').click()", vec![])
        .await
        .expect("clicked");
    browser
        .click_saying(".toast .toast-action", "Go on editing")
        .await;
    browser
        .until("document.querySelector('#handle')?.value === 'lovelace'")
        .await;
    browser.click_saying(".profile-form button", "Save").await;
    browser
        .until("[...document.querySelectorAll('.toast')].some(t => t.innerText.includes('Profile saved'))")
        .await;

    // the former address leads to the new one, which the page then shows
    browser.open(&format!("{}/u/ada", server.url)).await;
    browser.until("location.pathname === '/u/lovelace'").await;
    browser
        .until("document.querySelector('.profile')?.innerText.includes('Pots and engines.')")
        .await;
    browser.find("article.card").await;
    browser.shot("profile-own").await;
    browser.accessible("profile").await;
    drop(bob);
    browser.end().await;
}

#[tokio::test]
async fn others_are_followed_muted_and_blocked_on_a_phone() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    Client::register(&server.url, "bob");
    let first = std::fs::read(&samples(&setup.paths.samples)[0]).expect("readable");
    let id = ada.save("a.jpg", &first, &[]);
    ada.ready(&id);
    let patch = json!({
        "display_name": "Ada Lovelace", "bio": "Pots and engines.\nLondon.", "share_likes": true,
        "links": [{"title": "Notes", "url": "https://notes.example"}],
    });
    ada.patch("/api/v1/users/me/profile", &patch).ok();
    ada.put(&format!("/api/v1/elements/{id}/like"), &json!({}))
        .ok();
    browser.sign_in(&server.url, "bob").await;
    browser.open(&format!("{}/u/ada", server.url)).await;
    browser.find("article.card").await;
    browser.no_sideways_scroll().await;
    browser.shot("profile-phone").await;
    browser
        .click_saying(".profile-actions button", "Follow")
        .await;
    browser
        .until("document.querySelector('.profile-counts').innerText.includes('1 follower')")
        .await;
    browser.click_saying(".tabs a", "Likes").await;
    browser.find("article.card").await;

    // a change elsewhere shows here without a reload
    ada.patch("/api/v1/users/me/profile", &json!({"bio": "Engines only."}))
        .ok();
    browser
        .until("document.querySelector('.profile-bio')?.innerText.includes('Engines only.')")
        .await;

    browser.click(".profile-menu .menu-button").await;
    browser
        .click_saying(".profile-menu .menu-item", "Mute")
        .await;
    browser
        .until("document.querySelector('.profile')?.innerText.includes('Muted:')")
        .await;
    browser.click(".profile-menu .menu-button").await;
    browser
        .click_saying(".profile-menu .menu-item", "Block @ada")
        .await;
    browser.click("dialog .is-danger-filled").await;
    browser
        .until("document.querySelector('.profile')?.innerText.includes('You block Ada')")
        .await;
    browser
        .until("!document.querySelector('article.card')")
        .await;
    browser
        .open(&format!("{}/settings/people", server.url))
        .await;
    browser
        .until("document.querySelector('.page')?.innerText.includes('@ada')")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("people-phone").await;
    browser.accessible("people").await;
    browser.click_saying(".card-row button", "Unblock").await;
    browser
        .until("document.querySelector('.page')?.innerText.includes('Nobody is blocked.')")
        .await;

    // and the end of it: the receipt stays when the account is gone
    browser.open(&format!("{}/settings/data", server.url)).await;
    browser
        .click_saying(".settings-part button", "Show what would be erased")
        .await;
    browser.find(".receipt").await;
    retype(&browser, "#password", "not-this-one").await;
    // below the bar at the bottom, for a pointer that does not scroll
    let sure = "document.querySelector('.check input').click()";
    browser.page.execute(sure, vec![]).await.expect("clicked");
    browser
        .click_saying(".profile-form button", "Delete my account")
        .await;
    browser
        .until("document.querySelector('#password-note')?.innerText.includes('not the account')")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("account-delete").await;
    retype(&browser, "#password", "bob-password").await;
    browser
        .click_saying(".profile-form button", "Delete my account")
        .await;
    browser
        .until(
            "document.querySelector('.receipt-page')?.innerText.includes('Everything was erased')",
        )
        .await;
    browser.shot("account-receipt").await;
    let gone = Client::anonymous(&server.url).login("bob");
    assert_eq!(gone.status, 401);
    browser.end().await;
}

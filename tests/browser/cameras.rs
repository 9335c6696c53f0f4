//! The page of cameras.

use tempfile::tempdir;

use crate::chromium::Browser;
use crate::support::http::Client;
use crate::support::process::{Paths, Setup, free_port};

#[tokio::test]
async fn a_camera_is_made_shown_its_secret_once_and_revoked() {
    let Some(paths) = Paths::find() else { return };
    let Some(browser) = Browser::start(390, 844).await else {
        return;
    };
    let data = tempdir().expect("a folder");
    let mut setup = Setup::new(paths, data.path());
    setup.mqtt = ["--mqtt-listen".into(), format!("127.0.0.1:{}", free_port())];
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    browser.sign_in(&server.url, "ada").await;
    browser.open(&format!("{}/cameras", server.url)).await;
    browser.click_saying("button", "New device").await;
    browser.fill("#device-name", "Front door").await;
    browser.click("dialog button[type=submit]").await;
    browser
        .until("document.querySelector('dialog')?.innerText.includes('asd_')")
        .await;
    browser.no_sideways_scroll().await;
    browser.shot("camera-secret").await;
    browser
        .click_saying("dialog button", "I have copied it")
        .await;
    browser
        .until("document.querySelector('.device')?.innerText.includes('Never connected')")
        .await;
    browser
        .until("!document.body.innerText.includes('asd_')")
        .await;
    browser.no_sideways_scroll().await;

    // what happens elsewhere shows here without a reload
    let devices = ada.get("/api/v1/devices").ok();
    let id = devices["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    ada.patch(
        &format!("/api/v1/devices/{id}"),
        &serde_json::json!({"name": "Back door"}),
    )
    .ok();
    browser
        .until("document.querySelector('.device-name')?.innerText.includes('Back door')")
        .await;
    browser.click_saying(".device button", "Revoke").await;
    browser
        .until("document.querySelector('dialog')?.innerText.includes('Revoke Back door?')")
        .await;
    browser.click("dialog .is-danger-filled").await;
    browser
        .until("document.querySelector('.device')?.innerText.includes('Revoked')")
        .await;
    let now = ada.get(&format!("/api/v1/devices/{id}")).ok();
    assert!(now["revoked_at"].is_string());
    browser.shot("cameras").await;
    browser.end().await;
}

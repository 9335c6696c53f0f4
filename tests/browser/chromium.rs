//! A headless Chromium, driven through chromedriver.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;

use crate::support::process::free_port;

/// How long the page may take to show something.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Browser {
    pub page: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// None, with the reason, where there is no browser; in CI that fails.
    pub async fn start(width: u32, height: u32) -> Option<Self> {
        let find = |name: &str| std::env::var_os(name);
        let (Some(chromium), Some(chromedriver)) =
            (find("XTASK_CHROMIUM"), find("XTASK_CHROMEDRIVER"))
        else {
            assert!(
                std::env::var_os("CI").is_none(),
                "there is no Chromium in CI"
            );
            eprintln!("skipped: run it by `cargo xtask test`, which finds a browser");
            return None;
        };
        let port = free_port();
        let driver = Command::new(chromedriver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let profile = tempfile::tempdir().expect("a profile folder");
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": chromium.to_string_lossy(),
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--disable-dev-shm-usage",
                    format!("--window-size={width},{height}"),
                    format!("--user-data-dir={}", profile.path().display()),
                ],
            },
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let serde_json::Value::Object(capabilities) = capabilities else {
            unreachable!("an object")
        };
        let mut connector = hyper_util::client::legacy::connect::HttpConnector::new();
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let mut tries = 0;
        let page = loop {
            let built = ClientBuilder::new(connector.clone())
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await;
            match built {
                Ok(page) => break page,
                Err(error) if tries > 100 => panic!("no session with chromedriver: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
            tries += 1;
        };
        Some(Self {
            page,
            driver,
            _profile: profile,
        })
    }

    /// Waits for the element.
    pub async fn find(&self, css: &str) -> Element {
        let found = self
            .page
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => {
                let source = self.page.source().await.unwrap_or_default();
                let end = source
                    .char_indices()
                    .nth(6_000)
                    .map_or(source.len(), |(i, _)| i);
                panic!("{css} did not appear: {error}\n{}", &source[..end]);
            }
        }
    }

    /// Waits until the script, an expression, is true.
    pub async fn until(&self, expression: &str) {
        let script = format!("return !!({expression});");
        let start = std::time::Instant::now();
        loop {
            if self
                .page
                .execute(&script, vec![])
                .await
                .is_ok_and(|v| v == json!(true))
            {
                return;
            }
            if start.elapsed() > PATIENCE {
                let text = self
                    .page
                    .execute("return document.body.innerText.slice(0, 3000)", vec![])
                    .await;
                panic!("never true: {expression}\n{text:?}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Fills a field in.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.send_keys(text).await.expect("typed");
    }

    /// What lies under a bar at the window's edge, as it may after the least
    /// scrolling that shows it, is scrolled to the middle first, as people do.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        match element.click().await {
            Err(CmdError::Standard(error))
                if error.error == ErrorStatus::ElementClickIntercepted =>
            {
                let middle = format!(
                    "document.querySelector({}).scrollIntoView({{block: 'center'}})",
                    json!(css)
                );
                self.page.execute(&middle, vec![]).await.expect("scrolled");
                element.click().await.expect("clicked");
            }
            clicked => clicked.expect("clicked"),
        }
    }

    /// Clicks the first thing of that kind which says so.
    pub async fn click_saying(&self, css: &str, text: &str) {
        let found = format!(
            "[...document.querySelectorAll({})].find(b => b.innerText.includes({}))",
            json!(css),
            json!(text)
        );
        self.until(&found).await;
        let script = format!("{found}.click()");
        self.page.execute(&script, vec![]).await.expect("clicked");
    }

    /// Opens the sign-in page and goes through it.
    pub async fn sign_in(&self, url: &str, handle: &str) {
        self.open(&format!("{url}/sign-in")).await;
        self.fill("input[name=handle]", handle).await;
        let password = format!("{handle}-password");
        self.fill("input[name=password]", &password).await;
        self.click("button[type=submit]").await;
        self.until("location.pathname !== '/sign-in'").await;
    }

    /// Goes there by the browser's address bar.
    pub async fn open(&self, url: &str) {
        self.page.goto(url).await.expect("the page opens");
    }

    /// Nothing is wider than the window, and nobody has to scroll sideways.
    pub async fn no_sideways_scroll(&self) {
        self.until("document.documentElement.scrollWidth <= window.innerWidth")
            .await;
    }

    /// Keeps a picture of the page where somebody wants to look at it.
    pub async fn shot(&self, name: &str) {
        if let Some(folder) = std::env::var_os("ASTERISM_SHOTS") {
            let picture = self.page.screenshot().await.expect("a screenshot");
            let path = std::path::Path::new(&folder).join(format!("{name}.png"));
            std::fs::write(path, picture).expect("kept");
        }
    }

    pub async fn end(mut self) {
        let _ = self.page.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

//! Keys as WebDriver knows them, and typing wherever the focus is.

use fantoccini::Locator;

use crate::chromium::Browser;

pub const BACKSPACE: &str = "\u{e003}";
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const DOWN: &str = "\u{e015}";

impl Browser {
    /// Types into whatever has the focus, or into the page.
    pub async fn press(&self, keys: &str) {
        let target = match self.page.active_element().await {
            Ok(element) => element,
            Err(_) => self.page.find(Locator::Css("body")).await.expect("a body"),
        };
        target.send_keys(keys).await.expect("typed");
    }

    /// Runs a script that returns nothing worth having.
    pub async fn run(&self, script: &str) {
        self.page.execute(script, vec![]).await.expect("it runs");
    }

    /// Gives the focus to the first thing of that kind.
    pub async fn focus(&self, css: &str) {
        self.find(css).await;
        let css = serde_json::json!(css);
        self.run(&format!("document.querySelector({css}).focus()"))
            .await;
    }
}

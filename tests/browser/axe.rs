//! Whether a page can be used by everybody, as far as a program can tell.

use serde_json::{Value, json};

use crate::chromium::Browser;

/// Standards that are checked, and what of a violation is worth reading.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
        .then(found => done(found.violations.map(v => ({
            rule: v.id,
            impact: v.impact,
            what: v.help,
            where: v.nodes.slice(0, 5).map(n => n.html.slice(0, 300)),
        }))))
        .catch(error => done([{rule: 'axe', impact: 'critical', what: String(error)}]));
";

impl Browser {
    /// axe-core finds nothing serious on the page as it is now; `name` is for
    /// the message.
    pub async fn accessible(&self, name: &str) {
        let Some(path) = std::env::var_os("XTASK_AXE") else {
            assert!(
                std::env::var_os("CI").is_none(),
                "there is no axe-core in CI"
            );
            eprintln!("skipped axe on {name}: run it by `cargo xtask test`, which fetches it");
            return;
        };
        // what fades in is not judged half-way
        self.until("document.getAnimations().every(a => a.playState !== 'running' || a.effect.getComputedTiming().endTime === Infinity)").await;
        let axe = std::fs::read_to_string(path).expect("axe-core is readable");
        let script = format!("if (!window.axe) {{ {axe} }}");
        self.page
            .execute(&script, vec![])
            .await
            .expect("axe-core starts");
        let found = self.page.execute_async(RUN, vec![]).await;
        let found = found.expect("axe-core answers");
        let serious: Vec<&Value> = found
            .as_array()
            .expect("a list")
            .iter()
            .filter(|v| v["impact"] == json!("serious") || v["impact"] == json!("critical"))
            .collect();
        assert!(serious.is_empty(), "{name}: {serious:#?}");
    }
}

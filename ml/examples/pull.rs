//! Fetches the default models: `cargo run -p asterism-ml --features convert --example pull -- DIR`

use asterism_ml::fetch::Progress;
use asterism_ml::manifest::Manifest;
use asterism_ml::store::ModelStore;

struct Lines;

impl Progress for Lines {
    fn begin(&self, what: &str, total: Option<u64>) {
        println!("{what} ({total:?} bytes)");
    }
    fn advance(&self, done: u64) {
        println!("  {done}");
    }
    fn note(&self, line: &str) {
        println!("  {line}");
    }
    fn end(&self, ok: bool) {
        println!("  {}", if ok { "done" } else { "failed" });
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("say which folder")?;
    let manifest = Manifest::parse(include_str!("../../assets/models.toml"))?;
    for status in ModelStore::new(dir, manifest).pull(&[] as &[&str], &Lines)? {
        println!("{} {} {:?}", status.id, status.bytes, status.state);
    }
    Ok(())
}

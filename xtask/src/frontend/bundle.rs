//! Makes the served files out of the compiled module and the template.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::files_below;

/// Content by path below the served folder, with forward slashes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The page, from a template in which these are replaced by addresses.
pub const PAGE: &str = "index.html";
const PLACEHOLDERS: [&str; 3] = ["{{css}}", "{{js}}", "{{wasm}}"];
/// Enough of the digest to tell versions apart.
const HASH_CHARS: usize = 16;

/// All files of the web app.
pub fn bundle(frontend: &Path, module: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    copy_static(&frontend.join("static"), &mut files)?;
    let css = hashed(&mut files, "app", "css", styles(&frontend.join("styles"))?);
    let (js, wasm) = bind(module, &mut files)?;
    let template = frontend.join(PAGE);
    let page = fs::read_to_string(&template).with_context(|| template.display().to_string())?;
    files.insert(
        PAGE.to_owned(),
        page_with(&page, [&css, &js, &wasm])?.into_bytes(),
    );
    Ok(files)
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Fills the template and asks the browser to fetch the code at once.
fn page_with(template: &str, addresses: [&str; 3]) -> anyhow::Result<String> {
    let [_, js, wasm] = addresses;
    let mut page = template.to_owned();
    for (placeholder, address) in PLACEHOLDERS.iter().zip(addresses) {
        ensure!(page.contains(placeholder), "{PAGE} lacks {placeholder}");
        page = page.replace(placeholder, address);
    }
    if !page.contains("modulepreload") {
        let Some(end) = page.find("</head>") else {
            bail!("{PAGE} has no </head>");
        };
        let links = format!(
            "<link rel=\"modulepreload\" href=\"{js}\">\n\
             <link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n"
        );
        page.insert_str(end, &links);
    }
    Ok(page)
}

/// One style sheet out of all, in name order.
fn styles(dir: &Path) -> anyhow::Result<Vec<u8>> {
    let mut all = Vec::new();
    for file in files_below(dir)? {
        if file.extension().is_some_and(|e| e == "css") {
            all.extend(fs::read(&file).with_context(|| file.display().to_string())?);
            all.push(b'\n');
        }
    }
    Ok(all)
}

fn copy_static(dir: &Path, files: &mut Files) -> anyhow::Result<()> {
    for file in files_below(dir)? {
        let content = fs::read(&file).with_context(|| file.display().to_string())?;
        files.insert(relative(&file, dir), content);
    }
    Ok(())
}

/// Runs wasm-bindgen; returns the addresses of the script and the module.
fn bind(module: &Path, files: &mut Files) -> anyhow::Result<(String, String)> {
    let out = tempfile::tempdir()?;
    Bindgen::new()
        .input_path(module)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // the page says where the module is: its name carries a hash
        .omit_default_module_path(true)
        .generate(out.path())
        .context("wasm-bindgen")?;
    let (mut js, mut wasm) = (None, None);
    for file in files_below(out.path())? {
        let content = fs::read(&file)?;
        match relative(&file, out.path()).as_str() {
            "app.js" => js = Some(hashed(files, "app", "js", content)),
            "app_bg.wasm" => wasm = Some(hashed(files, "app", "wasm", content)),
            // the script imports these by relative path
            other => drop(files.insert(format!("assets/{other}"), content)),
        }
    }
    js.zip(wasm)
        .context("wasm-bindgen made no script or no module")
}

/// Adds `/assets/name.hash.ext` and returns that address.
fn hashed(files: &mut Files, name: &str, ext: &str, content: Vec<u8>) -> String {
    let hash = hex(&Sha256::digest(&content));
    let path = format!("assets/{name}.{}.{ext}", &hash[..HASH_CHARS]);
    let address = format!("/{path}");
    files.insert(path, content);
    address
}

fn relative(file: &Path, dir: &Path) -> String {
    let parts = file.strip_prefix(dir).unwrap_or(file).components();
    parts
        .map(|c| c.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<head><link href=\"{{css}}\"></head><script>{{js}} {{wasm}}</script>";

    #[test]
    fn the_page_links_to_the_hashed_files_and_preloads_the_code() {
        let page = page_with(TEMPLATE, ["/c", "/j", "/w"]).expect("a page");
        assert!(page.contains("<link href=\"/c\">"));
        assert!(page.contains("<script>/j /w</script>"));
        assert!(page.contains("rel=\"modulepreload\" href=\"/j\""));
        assert!(page.contains("rel=\"preload\" href=\"/w\""));
    }

    #[test]
    fn a_template_without_a_place_for_the_code_is_refused() {
        assert!(page_with("<head></head>{{css}}{{js}}", ["", "", ""]).is_err());
    }

    #[test]
    fn a_changed_file_gets_another_address() {
        let mut files = Files::new();
        let one = hashed(&mut files, "app", "css", b"a".to_vec());
        let two = hashed(&mut files, "app", "css", b"b".to_vec());
        assert_ne!(one, two);
        assert_eq!(files.len(), 2);
    }
}

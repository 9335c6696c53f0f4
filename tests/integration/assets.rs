//! What ships inside the binary fits those who read it.

#[test]
fn the_built_in_bridge_and_tags_load() {
    let bridge = ml::bridge::Bridge::load(assets::BRIDGE).expect("the bridge");
    assert!((0.0..1.0).contains(&bridge.confident()));
    let tags = ml::tags::TagMap::parse(assets::TAGS_JSON).expect("the tags");
    assert!(tags.tags().len() >= 1_000);
    for tag in tags.tags() {
        tag.name
            .parse::<protocol::value::TagName>()
            .unwrap_or_else(|e| panic!("{}: {e}", tag.name));
    }
    ml::manifest::Manifest::parse(assets::MODELS_TOML).expect("the manifest");
}

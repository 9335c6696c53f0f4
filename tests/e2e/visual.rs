//! Searching by a part of a picture.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{bmp, flat, sample};
use crate::support::process::{Paths, Setup};

const SEARCH: &str = "/api/v1/search/visual";
const PATIENCE: Duration = Duration::from_secs(30);

fn first(found: &Value) -> &str {
    found["items"][0]["element"]["id"]
        .as_str()
        .unwrap_or("nothing")
}

#[test]
fn a_region_finds_what_is_in_it() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let read = |name: &str| sample(&setup.paths.samples, name);
    let save = |name: &str| bob.save(&format!("{}.jpg", name.len()), &read(name), &[]);
    let [cat, peaks, coffee, guitar] = [
        "house-cat-in-motion",
        "french-alpine-landscape",
        "shades-of-coffee",
        "electric-guitar",
    ]
    .map(save);
    let secret = bob.save("s.jpg", &read("coffee-beans"), &[("visibility", "private")]);
    let both = beside(&read("chelsea-the-cat"), &read("peaks-above-the-clouds"));
    let pair = ada.save("pair.bmp", &both, &[]);
    for (who, id) in [
        (&bob, &cat),
        (&bob, &peaks),
        (&bob, &coffee),
        (&bob, &guitar),
        (&bob, &secret),
        (&ada, &pair),
    ] {
        who.ready(id);
    }
    let ask = |body: Value| ada.post(SEARCH, &body);
    let part =
        |x: f32, w: f32| json!({"element": pair, "region": {"x": x, "y": 0.05, "w": w, "h": 0.9}});
    let left = ask(part(0.02, 0.46)).ok();
    assert_eq!(first(&left), cat, "{left:#}");
    let right = ask(part(0.52, 0.46)).ok();
    assert_eq!(first(&right), peaks, "{right:#}");
    assert_eq!(right["items"][0]["why"][0]["kind"], "similar");
    for found in [&left, &right] {
        assert!(!Client::ids(found).contains(&pair), "never itself");
        assert!(!Client::ids(found).contains(&secret));
    }
    // narrowed by a tag (or another word for it) and by words
    let tag = format!("/api/v1/elements/{cat}/tags/cat");
    bob.put(&tag, &json!({"state": "fact"})).ok();
    let cats = json!({"element": pair, "tags": ["kitty"]});
    let start = Instant::now();
    loop {
        let found = Client::ids(&ask(cats.clone()).ok());
        if found == std::slice::from_ref(&cat) {
            break;
        }
        // the index follows what was said, on a busy machine a moment later
        assert!(found.is_empty() && start.elapsed() < PATIENCE, "{found:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let with_words = json!({"element": pair, "text": "snowy mountains"});
    assert_eq!(first(&ask(with_words).ok()), peaks);

    // a file of one's own, which is not kept
    let before = Client::ids(&ada.get("/api/v1/elements").ok()).len();
    let query = json!({"region": {"x": 0.1, "y": 0.1, "w": 0.8, "h": 0.8}}).to_string();
    let mug = read("coffee-sacks");
    let form = [
        ("query", None, query.as_bytes()),
        ("file", Some("mug.jpg"), &mug[..]),
    ];
    let found = ada.form(SEARCH, &form).ok();
    assert_eq!(first(&found), coffee, "{found:#}");
    assert!(!Client::ids(&found).contains(&secret));
    assert_eq!(
        Client::ids(&bob.form(SEARCH, &form).ok())[0],
        secret,
        "his own he finds"
    );
    assert_eq!(Client::ids(&ada.get("/api/v1/elements").ok()).len(), before);

    // nonsense is told, and what may not be seen is not there
    let outside = json!({"element": pair, "region": {"x": 0.9, "y": 0.0, "w": 0.5, "h": 0.5}});
    assert_eq!(ask(outside).status, 422);
    assert_eq!(ask(json!({"element": secret})).status, 404);
    assert_eq!(ask(json!({})).status, 422);
    let text = [("file", Some("a.jpg"), &b"no picture"[..])];
    assert_eq!(ada.form(SEARCH, &text).status, 415);
}

#[test]
fn colours_find_pictures_of_these_colours() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let save = |color: [u8; 3]| {
        let id = ada.save("flat.bmp", &flat(color, 96, 64), &[]);
        ada.ready(&id);
        id
    };
    let [navy, sky, fire] = [[20, 40, 110], [30, 60, 140], [220, 80, 20]].map(save);
    let half = beside(&flat([24, 48, 120], 64, 64), &flat([225, 85, 25], 64, 64));
    let half = ada.save("half.bmp", &half, &[]);
    ada.ready(&half);
    let ask = |x: f32| {
        let region = json!({"x": x, "y": 0.1, "w": 0.35, "h": 0.8});
        let query = json!({"element": half, "region": region, "mode": "colors"});
        ada.post(SEARCH, &query).ok()
    };
    let blue = Client::ids(&ask(0.05));
    assert_eq!(
        blue[..2].iter().collect::<std::collections::BTreeSet<_>>(),
        [&navy, &sky].into()
    );
    assert!(!blue.contains(&fire));
    assert_eq!(Client::ids(&ask(0.6)), [fire]);
}

#[test]
fn what_stands_out_is_found_and_can_be_searched_by() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let subjects = |who: &Client, id: &str| who.get(&format!("/api/v1/elements/{id}/subjects"));
    let part = |subject: &Value, name: &str| subject["region"][name].as_f64().unwrap();
    // picture, where its subject is (left, top, right, bottom), and a word for it
    for (name, [left, top, right, bottom], tag) in [
        ("yellow-fiat", [0.10, 0.22, 0.90, 0.80], Some("car")),
        (
            "stranded-boats",
            [0.25, 0.40, 0.77, 0.83],
            Some("shipwreck"),
        ),
        ("grazing-fawn", [0.58, 0.25, 0.90, 0.75], None),
    ] {
        let picture = sample(&setup.paths.samples, name);
        let id = ada.save("a.jpg", &picture, &[("visibility", "private")]);
        ada.ready(&id);
        let found = subjects(&ada, &id).ok();
        let items = found["items"].as_array().unwrap();
        assert!((1..=5).contains(&items.len()), "{name}: {found:#}");
        let first = &items[0];
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| part(first, side));
        let both = ((x + w).min(right) - x.max(left)) * ((y + h).min(bottom) - y.max(top));
        let union = w * h + (right - left) * (bottom - top) - both;
        assert!(both / union > 0.4, "{name}: {:.2} {first:#}", both / union);
        if let Some(tag) = tag {
            assert_eq!(first["tag"], tag, "{name}: {first:#}");
        }
        assert!(first["score"].as_f64().unwrap() > 0.4, "{first:#}");
        // every one of them is a part that may be searched by
        for subject in items {
            let query = json!({"element": id, "region": subject["region"]});
            assert_eq!(ada.post(SEARCH, &query).status, 200, "{subject:#}");
        }
        assert_eq!(subjects(&ada, &id).ok(), found, "the same again");
        assert_eq!(subjects(&bob, &id).status, 404, "hers alone");
    }
    assert_eq!(subjects(&ada, "01jd3v2k8m0000000000000000").status, 404);
}

/// Two pictures side by side, as a BMP.
fn beside(left: &[u8], right: &[u8]) -> Vec<u8> {
    const SIDE: u32 = 400;
    let squares = [left, right].map(|bytes| {
        let picture = media::decode(bytes, &media::Limits::default()).expect("a picture");
        let side = picture.width().min(picture.height());
        let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
        picture.cropped(x, y, side, side).to_rgb()
    });
    bmp(2 * SIDE, SIDE, |x, y| {
        let square = &squares[(x / SIDE) as usize];
        let scaled = |at: u32| u64::from(at) * u64::from(square.width) / u64::from(SIDE);
        let at = (scaled(y) * u64::from(square.width) + scaled(x % SIDE)) as usize * 3;
        [0, 1, 2].map(|channel| square.data[at + channel])
    })
}

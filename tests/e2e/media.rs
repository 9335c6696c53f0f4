//! Files that are served.

use serde_json::Value;
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{sample, samples, with_gps};
use crate::support::process::{Paths, Setup};

#[test]
fn no_served_file_says_where_a_photo_was_taken() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let jpeg = samples(&setup.paths.samples)
        .into_iter()
        .find(|p| p.extension().is_some_and(|e| e == "jpg"))
        .expect("a JPEG sample");
    let located = with_gps(&std::fs::read(jpeg).unwrap());
    assert!(
        media::find_location(&located),
        "the test's own file has a position"
    );

    let element = ada.ready(&ada.save("holiday.jpg", &located, &[]));
    let files = element["media"].as_array().unwrap();
    let names: Vec<&str> = files.iter().filter_map(|m| m["variant"].as_str()).collect();
    for kind in ["jpeg-320", "avif-320", "original"] {
        assert!(names.contains(&kind), "{names:?}");
    }
    for file in files {
        let answer = ada.get(file["url"].as_str().unwrap());
        answer.clone().status_is(200);
        assert_eq!(answer.header("content-type"), file["type"].as_str());
        assert!(!media::find_location(&answer.body), "{file}");
        let shown = media::decode(&answer.body, &media::Limits::default()).expect("a picture");
        assert_eq!(
            (u64::from(shown.width()), u64::from(shown.height())),
            size(file),
            "{file}"
        );
    }
    // The upload itself is not to be had under any name.
    let base = files[0]["url"]
        .as_str()
        .unwrap()
        .rsplit_once('/')
        .unwrap()
        .0
        .to_owned();
    for name in ["upload.raw", "raw", "upload-raw", "..%2fupload.raw"] {
        assert_eq!(ada.get(&format!("{base}/{name}")).status, 404, "{name}");
    }
}

#[test]
fn an_avif_can_be_saved_too() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let first = ada.ready(&ada.save("x.jpg", &sample(&setup.paths.samples, "dahlia"), &[]));
    let files = first["media"].as_array().unwrap();
    let avif = files.iter().find(|m| m["variant"] == "avif-320").unwrap();
    let bytes = ada.get(avif["url"].as_str().unwrap()).body;
    let again = ada.ready(&ada.save("x.avif", &bytes, &[]));
    assert_eq!(
        (&again["width"], &again["height"]),
        (&avif["width"], &avif["height"])
    );
    let cut = ada.upload(&[("y.avif", &bytes[..bytes.len() / 2])], &[]);
    assert_eq!(
        (
            cut.status,
            cut.json()["elements"][0]["error"]["code"].as_str()
        ),
        (422, Some("truncated_media"))
    );
    // Nonsense in the coded part decodes to nonsense or not at all; nobody else notices.
    let mut damaged = bytes.clone();
    damaged.iter_mut().skip(400).for_each(|byte| *byte ^= 0x5a);
    ada.upload(&[("z.avif", &damaged)], &[]);
    assert_eq!(ada.get("/healthz").status, 200);
}

#[test]
fn parts_of_a_file_can_be_asked_for() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let element = ada.ready(&ada.save("x.jpg", &sample(&setup.paths.samples, "dahlia"), &[]));
    let url = element["media"][0]["url"].as_str().unwrap().to_owned();
    let whole = ada.get(&url);
    let part = ada.get_with(&url, ("Range", "bytes=10-19"));
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[10..20]));
    let tag = whole.header("etag").expect("an etag").to_owned();
    assert_eq!(ada.get_with(&url, ("If-None-Match", &tag)).status, 304);
    assert!(whole.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(Client::anonymous(&server.url).get(&url).status, 401);
}

fn size(file: &Value) -> (u64, u64) {
    (
        file["width"].as_u64().expect("a width"),
        file["height"].as_u64().expect("a height"),
    )
}

trait StatusIs {
    fn status_is(self, status: u16);
}

impl StatusIs for crate::support::http::Answer {
    fn status_is(self, status: u16) {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
    }
}

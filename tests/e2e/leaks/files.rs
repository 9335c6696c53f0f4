//! The files of private pictures.

use serde_json::json;
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::sample;
use crate::support::process::{Paths, Setup};

#[test]
fn no_file_is_served_to_who_may_not_see_it() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let eve = Client::register(&server.url, "eve");
    let nobody = Client::anonymous(&server.url);
    let dahlia = sample(&setup.paths.samples, "dahlia");
    let id = ada.save("x.jpg", &dahlia, &[("visibility", "private")]);
    let element = ada.ready(&id);
    let urls: Vec<String> = element["media"]
        .as_array()
        .expect("media")
        .iter()
        .filter_map(|file| file["url"].as_str().map(str::to_owned))
        .collect();
    let hash = urls[0].split('/').nth(2).expect("a hash").to_owned();
    let more = [
        "original",
        "upload.raw",
        "upload",
        "avif-320",
        "..%2fupload.raw",
    ]
    .map(|variant| format!("/media/{hash}/{variant}"));
    let closed = |client: &Client, url: &str, status: u16| {
        for (method, header) in [
            ("GET", None),
            ("HEAD", None),
            ("GET", Some(("Range", "bytes=0-15"))),
            ("GET", Some(("If-None-Match", "*"))),
            (
                "GET",
                Some(("If-Modified-Since", "Sun, 01 Jan 2090 00:00:00 GMT")),
            ),
        ] {
            let answer = client.call_with(method, url, header);
            assert_eq!(answer.status, status, "{method} {url} {header:?}");
            assert!(answer.header("etag").is_none(), "{method} {url}");
        }
    };
    for url in urls.iter().chain(&more) {
        closed(&eve, url, 404);
        closed(&nobody, url, 401);
    }
    for url in &urls {
        assert_eq!(ada.get(url).status, 200);
    }
    // deleted, they are nobody's; back, they are hers again
    ada.delete(&format!("/api/v1/elements/{id}")).ok();
    for url in urls.iter().chain(&more) {
        closed(&ada, url, 404);
    }
    ada.post(&format!("/api/v1/elements/{id}/restore"), &json!({}))
        .ok();
    assert_eq!(ada.get(&urls[0]).status, 200);
    closed(&eve, &urls[0], 404);
}

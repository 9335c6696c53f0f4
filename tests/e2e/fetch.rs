//! Pictures from addresses that somebody types.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::{Answer, Client};
use crate::support::pictures::{flat, sample};
use crate::support::process::{Paths, Setup};
use crate::support::web::{Page, Web};

const SEARCH: &str = "/api/v1/search/visual";

/// Somebody on this machine who must never be asked; counts who comes.
fn inside() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for _stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, count)
}

fn first(found: &Value) -> &str {
    found["items"][0]["element"]["id"]
        .as_str()
        .unwrap_or("nothing")
}

#[test]
fn a_picture_elsewhere_is_searched_by() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let read = |name: &str| sample(&setup.paths.samples, name);
    let [cat, peaks] = ["house-cat-in-motion", "french-alpine-landscape"]
        .map(|name| ada.save(&format!("{name}.jpg"), &read(name), &[]));
    for id in [&cat, &peaks] {
        ada.ready(id);
    }
    web.put("/cat.jpg", Page::of("text/plain", &read("chelsea-the-cat")));
    web.put(
        "/post",
        Page::html(
            r#"<title>Up there</title><meta property="og:image" content="/gone.jpg">
            <img src="/dot.bmp" width=1 height=1><img srcset="/peaks.jpg 2000w, /small.jpg 300w">"#,
        ),
    );
    web.put("/peaks.jpg", Page::jpeg(&read("peaks-above-the-clouds")));
    web.put("/go", Page::to("/post"));

    let ask = |url: &str| ada.post(SEARCH, &json!({"url": url}));
    assert_eq!(first(&ask(&web.url("/cat.jpg")).ok()), cat);
    assert_eq!(first(&ask(&web.url("/go")).ok()), peaks);
    assert_eq!(
        web.asked(),
        ["/cat.jpg", "/go", "/post", "/gone.jpg", "/peaks.jpg"]
    );
    // the box moves, colours are compared, the picture is shown: fetched once
    for x in [0.0, 0.2, 0.4] {
        let region = json!({"x": x, "y": 0.1, "w": 0.5, "h": 0.8});
        let query = json!({"url": web.url("/go"), "region": region, "text": "snow"});
        assert_eq!(first(&ada.post(SEARCH, &query).ok()), peaks);
    }
    let colors = json!({"url": web.url("/cat.jpg"), "mode": "colors"});
    ada.post(SEARCH, &colors).ok();
    let shown = ada.get(&format!("{SEARCH}/picture?url={}", web.url("/go")));
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("content-type"), Some("image/jpeg"));
    let picture = media::decode(&shown.body, &media::Limits::default()).unwrap();
    assert!(picture.width() <= 1600 && picture.width() > 300);
    assert_eq!(web.asked().len(), 5, "{:?}", web.asked());
    // nothing was kept of it
    let all = ada.get("/api/v1/elements").ok();
    assert_eq!(Client::ids(&all).len(), 2);
}

#[test]
fn a_slow_picture_is_fetched_once_for_all_who_wait() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let slow = Page::of("image/bmp", &flat([20, 40, 110], 64, 64));
    web.put("/slow.bmp", slow.after(Duration::from_secs(1)));
    let query = json!({"url": web.url("/slow.bmp"), "mode": "colors"});
    let askers: Vec<_> = (0..4)
        .map(|_| {
            let (ada, query) = (ada.clone(), query.clone());
            std::thread::spawn(move || ada.post(SEARCH, &query).status)
        })
        .collect();
    for asker in askers {
        assert_eq!(asker.join().unwrap(), 200);
    }
    assert_eq!(web.asked(), ["/slow.bmp"]);
}

#[test]
fn an_address_that_leads_nowhere_good_says_what_to_do() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let (port, count) = inside();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    setup
        .extra
        .extend(["--fetch-port".into(), format!("80,443,{port}")]);
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let ask = |url: &str| ada.post(SEARCH, &json!({"url": url}));
    let refused = |answer: Answer, code: &str| {
        assert_eq!(answer.code(), code, "{:#}", answer.json());
        assert_eq!(answer.json()["field"], "url");
    };
    web.put("/in", Page::to(&format!("http://127.0.0.2:{port}/")));
    web.put(
        "/page",
        Page::html(&format!("<html><img src='http://[::1]:{port}/a.jpg'>")),
    );
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://0x7f000001:{port}/a.jpg"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://a:b@127.0.0.1:{port}/"),
        format!("127.1:{port}"),
        web.url("/in"),
        server.url.clone(),
        "http://169.254.169.254/latest/meta-data/".into(),
        "file:///etc/passwd".into(),
        String::new(),
    ] {
        refused(ask(&url), "invalid_field");
    }
    refused(ask(&web.url("/page")), "no_picture");
    assert_eq!(count.load(Ordering::SeqCst), 0, "connections to inside");

    web.put("/kept.jpg", Page::status(403));
    let kept = ask(&web.url("/kept.jpg"));
    let says = kept.json()["detail"].as_str().unwrap().to_owned();
    assert!(says.contains("upload it"), "{says}");
    refused(kept, "fetch_refused");
    refused(ask(&web.url("/missing")), "invalid_field");
    web.put("/a.pdf", Page::of("image/jpeg", b"%PDF-1.7"));
    refused(ask(&web.url("/a.pdf")), "unsupported_media");
    web.put("/cut.bmp", Page::jpeg(&flat([1, 2, 3], 64, 64)[..600]));
    refused(ask(&web.url("/cut.bmp")), "truncated_media");
    let both = json!({"url": web.url("/a.jpg"), "element": ada.save("a.bmp", &flat([1, 2, 3], 9, 9), &[])});
    refused(ada.post(SEARCH, &both), "invalid_field");

    // an account does not fetch without end, and does not take it from others
    let start = Instant::now();
    let limited = (0..60).map(|n| ask(&web.url(&format!("/{n}"))));
    let limited = limited.filter(|a| a.status == 429).last();
    if start.elapsed() < Duration::from_secs(30) {
        let limited = limited.expect("a limit");
        assert!(limited.header("retry-after").is_some());
        let bob = Client::register(&server.url, "bob");
        let fine = bob.post(SEARCH, &json!({"url": web.url("/missing")}));
        refused(fine, "invalid_field");
    }
}

#[test]
fn an_operator_may_fetch_nothing() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    setup.extra.extend(["--fetch".into(), "off".into()]);
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let answer = ada.post(SEARCH, &json!({"url": web.url("/a.jpg")}));
    assert_eq!(answer.code(), "forbidden");
    assert!(web.asked().is_empty());
}

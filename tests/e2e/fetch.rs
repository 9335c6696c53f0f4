//! Pictures from addresses that somebody types.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::{Answer, Client};
use crate::support::pictures::{flat, gradient, sample};
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;
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
    let answers: Vec<_> = (0..60).map(|n| ask(&web.url(&format!("/{n}")))).collect();
    let limited = answers.into_iter().rfind(|a| a.status == 429);
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

const BY_URL: &str = "/api/v1/elements/by-url";

/// Waits until it is as it should be.
fn until(client: &Client, id: &str, state: &str) -> Value {
    let start = Instant::now();
    loop {
        let fetch = client.get(&format!("{BY_URL}/{id}")).ok();
        if fetch["state"] == state {
            return fetch;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{fetch:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn id(fetch: &Value) -> &str {
    fetch["id"].as_str().expect("an id")
}

#[test]
fn a_picture_elsewhere_is_saved_with_where_it_is_from() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let mut socket = Socket::connect(&server.url);
    socket.identify(ada.token.as_deref().unwrap());
    socket.subscribe(&format!("user:{}", ada.user_id()));
    let cluster = ada.post("/api/v1/clusters", &json!({"name": "Doors"})).ok();

    web.put(
        "/post",
        Page::html(
            r#"<title>Wrong</title><meta property="og:title" content="A blue door">
            <meta property="og:site_name" content="Doors &amp; more">
            <meta property="og:image" content="/og.bmp"><img src="/other.bmp" alt="another">
            <link rel="alternate" type="application/json+oembed" href="/oembed">"#,
        ),
    );
    let oembed = br#"{"type": "rich", "author_name": "Ada L.", "version": "1.0"}"#;
    web.put("/oembed", Page::of("application/json", oembed));
    web.put("/og.bmp", Page::of("image/bmp", &gradient(1, 120, 80)));
    let slow = Page::of("image/bmp", &gradient(2, 120, 80)).after(Duration::from_millis(800));
    web.put("/other.bmp", slow);

    // what there is
    let looked = ada
        .post(&format!("{BY_URL}/look"), &json!({"url": web.url("/post")}))
        .ok();
    assert_eq!(looked["title"], "A blue door");
    assert_eq!(looked["author"], "Ada L.");
    assert_eq!(looked["pictures"][0]["url"], web.url("/og.bmp"));
    assert_eq!(looked["pictures"][1]["alt"], "another");

    // the best of it: answered before anything is fetched
    let wish = json!({"url": web.url("/post"), "cluster": cluster["id"], "visibility": "private"});
    let answer = ada.post(BY_URL, &wish);
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json()["state"], "waiting");
    let saved = until(&ada, id(&answer.json()), "saved");
    let element = ada.ready(saved["element"].as_str().unwrap());
    assert_eq!(element["title"], "A blue door");
    assert_eq!(element["visibility"], "private");
    let source = &element["source"];
    assert_eq!(source["via"], "url");
    assert_eq!(source["url"], web.url("/post"));
    assert_eq!(source["file_url"], web.url("/og.bmp"));
    assert_eq!(source["author"], "Ada L.");
    assert_eq!(source["site"], "Doors & more");
    assert_eq!(source["file_name"], "og.bmp");
    let held = format!(
        "/api/v1/clusters/{}/elements",
        cluster["id"].as_str().unwrap()
    );
    assert_eq!(Client::ids(&ada.get(&held).ok()).len(), 1);
    let frames = socket.until(|f| f["kind"] == "fetch_changed" && f["data"]["state"] == "saved");
    let kinds: Vec<&str> = frames.iter().filter_map(|f| f["kind"].as_str()).collect();
    let told = |kind: &str| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!(
        (told("fetch_changed"), told("element_added")),
        (3, 1),
        "{kinds:?}"
    );

    // another one of it, with words of one's own; asked twice, fetched once
    let wish = json!({"url": web.url("/post"), "picture": web.url("/other.bmp"), "title": "Mine"});
    let other = ada.post(BY_URL, &wish).ok();
    assert_eq!(id(&ada.post(BY_URL, &wish).ok()), id(&other));
    let saved = until(&ada, id(&other), "saved");
    let element = ada.element(saved["element"].as_str().unwrap());
    assert_eq!(element["title"], "Mine");
    // by its own address it is the same file
    let same = ada
        .post(BY_URL, &json!({"url": web.url("/other.bmp")}))
        .ok();
    let same = until(&ada, id(&same), "saved");
    assert_eq!(same["element"], saved["element"]);
    assert_eq!(same["duplicate"], true);
    assert_eq!(ada.get(BY_URL).ok()["items"].as_array().unwrap().len(), 3);

    // nobody else's business
    let its = format!("{BY_URL}/{}", id(&same));
    assert_eq!(bob.get(&its).status, 404);
    assert_eq!(bob.delete(&its).status, 404);
    assert_eq!(bob.post(&format!("{its}/retry"), &json!({})).status, 404);
    assert!(bob.get(BY_URL).ok()["items"].as_array().unwrap().is_empty());
    let theirs = json!({"url": web.url("/og.bmp"), "cluster": cluster["id"]});
    assert_eq!(bob.post(BY_URL, &theirs).status, 404);
    assert_eq!(ada.delete(&its).status, 204);
    assert_eq!(ada.get(&its).status, 404);
}

#[test]
fn what_is_refused_says_why_and_can_be_tried_again() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let (port, count) = inside();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    for url in [
        "file:///etc/passwd",
        "http://10.0.0.1/a.jpg",
        "http://localhost/",
        "",
    ] {
        let answer = ada.post(BY_URL, &json!({"url": url}));
        assert_eq!(answer.code(), "invalid_field", "{url}");
    }
    web.put("/in", Page::to(&format!("http://127.0.0.1:{port}/")));
    web.put("/kept.jpg", Page::status(403));
    web.put("/cut.bmp", Page::jpeg(&flat([1, 2, 3], 64, 64)[..600]));
    for (path, code) in [
        ("/in", "invalid_field"),
        ("/kept.jpg", "fetch_refused"),
        ("/cut.bmp", "truncated_media"),
    ] {
        let fetch = ada.post(BY_URL, &json!({"url": web.url(path)})).ok();
        let failed = until(&ada, id(&fetch), "failed");
        assert_eq!(failed["error"]["code"], code, "{failed:#}");
        assert_eq!(failed["error"]["field"], "url");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0, "connections to inside");
    // the other server thinks better of it
    let kept = ada.get(BY_URL).ok()["items"].as_array().unwrap().clone();
    let kept = kept
        .iter()
        .find(|f| f["url"] == web.url("/kept.jpg"))
        .unwrap();
    web.put("/kept.jpg", Page::jpeg(&gradient(3, 64, 64)));
    let again = ada.post(&format!("{BY_URL}/{}/retry", id(kept)), &json!({}));
    assert_eq!(again.status, 202);
    until(&ada, id(kept), "saved");
}

#[test]
fn what_was_taken_down_survives_a_kill() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let web = Web::start();
    let mut setup = Setup::new(paths, data.path());
    setup.extra.extend(web.allowed());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let urls: Vec<String> = (0..6).map(|n| web.url(&format!("/{n}.bmp"))).collect();
    for n in 0..6 {
        let page = Page::of("image/bmp", &gradient(n, 80, 60));
        web.put(&format!("/{n}.bmp"), page.after(Duration::from_millis(700)));
    }
    let ids: Vec<String> = urls
        .iter()
        .map(|url| id(&ada.post(BY_URL, &json!({"url": url})).ok()).to_owned())
        .collect();
    std::thread::sleep(Duration::from_millis(900));
    server.kill();
    let server = setup.start();
    let ada = Client::log_in(&server.url, "ada");
    for id in &ids {
        until(&ada, id, "saved");
    }
    assert_eq!(Client::ids(&ada.get("/api/v1/elements").ok()).len(), 6);
    // nothing half-written is left
    let incoming = data.path().join("blobs/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

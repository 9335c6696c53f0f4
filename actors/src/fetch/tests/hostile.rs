//! Nobody gets inside.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::{FetchConfig, Fetcher, Refusal};
use super::server::{JPEG, Server, Told, answer, impatient};

const HOSTILE: &str = include_str!("hostile.txt");

fn hostile(port: u16) -> Vec<String> {
    let lines = HOSTILE.lines();
    let addresses = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let addresses = addresses.map(|line| line.replace("{port}", &port.to_string()));
    addresses.collect()
}

/// A server on every address of this machine, which has a picture for whoever
/// gets through.
async fn inside() -> Server {
    let server = Server::on("0.0.0.0").await;
    server.also_on("::1").await;
    for path in ["/", "/a.jpg", "/latest/meta-data/"] {
        server.put(path, answer(200, "", JPEG));
    }
    server
}

#[tokio::test]
async fn no_hostile_address_is_connected_to() {
    let inside = inside().await;
    let addresses = hostile(inside.port);
    assert!(addresses.len() >= 370, "{}", addresses.len());
    // the port is one that may be asked, so that only addresses stand in the way
    let config = FetchConfig {
        ports: vec![80, 443, inside.port],
        limits: impatient(),
        ..FetchConfig::default()
    };
    // every name there is leads to this machine
    let guard = Fetcher::asking(&config, Arc::new(Told::default()));
    for address in &addresses {
        let refusal = guard.picture(address).await.err();
        let refusal = refusal.unwrap_or_else(|| panic!("{address} was fetched"));
        assert!(
            matches!(
                refusal,
                Refusal::Address(_) | Refusal::Nowhere { .. } | Refusal::Port(_)
            ),
            "{address}: {refusal:?}"
        );
        let problem = refusal.problem();
        assert_eq!(problem.field.as_deref(), Some("url"));
        assert_eq!(problem.status, 422, "{address}");
    }
    assert_eq!(inside.count(), 0, "connections to inside");
    // and it would have been reached
    let here = inside.guard(impatient());
    assert!(here.picture(&inside.url("/a.jpg")).await.is_ok());
    assert_eq!(inside.count(), 1);
}

#[tokio::test]
async fn no_redirect_leads_inside() {
    let inside = inside().await;
    let outside = Server::on("127.0.0.1").await;
    let allow = format!("127.0.0.1:{}", outside.port);
    let config = FetchConfig {
        allow: vec![allow.parse().expect("allowed")],
        ports: vec![80, 443, inside.port],
        limits: impatient(),
        ..FetchConfig::default()
    };
    let guard = Fetcher::asking(&config, Arc::new(Told::default()));
    let addresses = hostile(inside.port);
    let from = outside.url("/");
    let mut led = 0;
    for (at, address) in addresses.iter().enumerate() {
        // a header cannot carry everything, and some addresses are relative here
        let path = format!("/{at}");
        let joined = url::Url::parse(&from).expect("an address").join(address);
        if joined.is_ok_and(|url| url.port() == Some(outside.port)) {
            continue;
        }
        led += 1;
        let head = format!("Location: {}\r\n", address.trim());
        outside.put(&path, answer(302, &head, b""));
        let answer = guard.picture(&outside.url(&path)).await;
        assert!(answer.is_err(), "{address} was fetched");
    }
    assert!(led > 330, "{led}");
    assert_eq!(inside.count(), 0, "connections to inside");
    assert_eq!(outside.count(), led);
}

#[tokio::test]
async fn a_page_leads_nobody_inside() {
    let inside = inside().await;
    let outside = Server::on("127.0.0.1").await;
    let page = format!(
        r#"<html><meta property="og:image" content="http://127.0.0.2:{0}/a.jpg">
        <link rel="alternate" type="application/json+oembed" href="http://[::1]:{0}/a.jpg">
        <base href="http://localhost:{0}/"><img src="a.jpg"><img src="http://10.0.0.1/a.jpg">"#,
        inside.port
    );
    outside.put("/", answer(200, "", page.as_bytes()));
    let guard = outside.guard(impatient());
    let refusal = guard.picture(&outside.url("/")).await.err();
    assert_eq!(refusal, Some(Refusal::NoPicture));
    let Ok(super::super::At::Page(page)) = guard.at(&outside.url("/")).await else {
        panic!("no page");
    };
    guard.embedded(page).await;
    assert_eq!(inside.count(), 0);
}

/// A name that leads elsewhere the second time it is asked for.
#[tokio::test]
async fn what_is_connected_to_is_what_was_checked() {
    let server = Server::on("127.0.0.1").await;
    assert!(server.also_on("127.0.0.2").await);
    server.put("/a.jpg", answer(200, "", JPEG));
    server.put("/again", answer(302, "Location: /a.jpg\r\n", b""));
    let url = |path: &str| format!("http://rebind.example.org:{}{path}", server.port);

    // asked once for one connection
    let told = Told::say(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let guard = server.guard_with(impatient(), told.clone());
    assert!(guard.picture(&url("/a.jpg")).await.is_ok());
    assert_eq!(told.asked.load(Ordering::SeqCst), 1);
    // and again for the next hop, where it leads elsewhere
    let told = Told::say(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let guard = server.guard_with(impatient(), told.clone());
    let refusal = guard.picture(&url("/again")).await.err();
    assert!(
        matches!(refusal, Some(Refusal::Nowhere { .. })),
        "{refusal:?}"
    );
    assert_eq!(told.asked.load(Ordering::SeqCst), 2);
    // of several addresses only those that may be
    let told = Told::say(&[&[
        "127.0.0.2",
        "10.0.0.1",
        "::1",
        "169.254.169.254",
        "127.0.0.1",
    ]]);
    let guard = server.guard_with(impatient(), told);
    assert!(guard.picture(&url("/a.jpg")).await.is_ok());
    let hosts = server.asked.lock().expect("a lock").len();
    assert_eq!(
        (hosts, server.count()),
        (3, 3),
        "nothing was asked of the others"
    );
}

#[tokio::test]
async fn an_operator_may_allow_a_part_of_the_network_or_nothing_at_all() {
    let server = Server::on("127.0.0.1").await;
    server.put("/a.jpg", answer(200, "", JPEG));
    let url = server.url("/a.jpg");
    let config = |allow: &str| FetchConfig {
        allow: vec![allow.parse().expect("allowed")],
        ports: vec![80, 443, server.port],
        limits: impatient(),
        ..FetchConfig::default()
    };
    assert!(
        Fetcher::new(&config("127.0.0.0/8"))
            .picture(&url)
            .await
            .is_ok()
    );
    assert!(
        Fetcher::new(&config("10.0.0.0/8"))
            .picture(&url)
            .await
            .is_err()
    );
    // by name, with the system's own resolver
    let named = format!("http://localhost:{}/a.jpg", server.port);
    assert!(
        Fetcher::new(&config("localhost"))
            .picture(&named)
            .await
            .is_ok()
    );
    assert!(
        Fetcher::new(&config("127.0.0.1"))
            .picture(&named)
            .await
            .is_err()
    );
    let off = FetchConfig {
        on: false,
        ..config("127.0.0.1")
    };
    let refusal = Fetcher::new(&off).picture(&url).await.err();
    assert_eq!(refusal, Some(Refusal::Off));
}

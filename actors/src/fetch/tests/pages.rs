//! From a page to the picture that is meant.

use super::super::{At, Refusal};
use super::server::{JPEG, Server, answer, impatient};

#[tokio::test]
async fn the_picture_of_a_page_is_found() {
    let server = Server::on("127.0.0.1").await;
    let page =
        br#"<!doctype html><title>Doors</title><meta property="og:image" content="/gone.jpg">
        <meta name="twitter:image" content="/words.jpg">
        <img src="/small.jpg" width=120 height=120>
        <img srcset="/door-400.jpg 400w, /door-1600.jpg 1600w" alt="a door">"#;
    server.put("/post", answer(200, "Content-Type: text/html\r\n", page));
    server.put("/to-post", answer(302, "Location: /post\r\n", b""));
    server.put(
        "/words.jpg",
        answer(200, "Content-Type: image/jpeg\r\n", b"<html>no"),
    );
    server.put("/door-1600.jpg", answer(200, "", JPEG));
    let guard = server.guard(impatient());
    let fetched = guard.picture(&server.url("/to-post")).await;
    let (download, page) = fetched.expect("a picture");
    assert_eq!(download.url.path(), "/door-1600.jpg");
    assert_eq!(download.file_name().as_deref(), Some("door-1600.jpg"));
    let page = page.expect("a page");
    assert_eq!(page.title.as_deref(), Some("Doors"));
    assert_eq!(page.url.path(), "/post");
    let asked = server.asked.lock().expect("a lock").clone();
    let last = asked.last().expect("asked");
    let referer = format!("referer: {}/\r\n", server.url(""));
    assert!(last.contains(&referer), "{last}");
    assert!(asked.iter().all(|a| !a.to_lowercase().contains("cookie")));
    assert!(!asked[0].contains("referer"), "{}", asked[0]);
}

#[tokio::test]
async fn a_page_whose_picture_is_refused_says_so() {
    let server = Server::on("127.0.0.1").await;
    let page = br#"<html><meta property="og:image" content="/kept.jpg">"#;
    server.put("/", answer(200, "", page));
    server.put("/kept.jpg", answer(403, "", b""));
    server.put("/empty", answer(200, "", b"<html><p>words"));
    let guard = server.guard(impatient());
    let refusal = guard.picture(&server.url("/")).await.err();
    assert_eq!(refusal, Some(Refusal::Status(403)));
    let refusal = guard.picture(&server.url("/empty")).await.err();
    assert_eq!(refusal, Some(Refusal::NoPicture));
}

#[tokio::test]
async fn a_description_elsewhere_tells_the_author() {
    let server = Server::on("127.0.0.1").await;
    let page = br#"<html><title>7</title>
        <link rel=alternate type="application/json+oembed" href="/oembed?7">"#;
    server.put("/7", answer(200, "", page));
    let said = br#"{"type":"photo","url":"/seven.jpg","author_name":"Ada","title":"Seven"}"#;
    server.put(
        "/oembed?7",
        answer(200, "Content-Type: application/json\r\n", said),
    );
    let guard = server.guard(impatient());
    let Ok(At::Page(page)) = guard.at(&server.url("/7")).await else {
        panic!("no page");
    };
    let page = guard.embedded(page).await;
    assert_eq!(page.author.as_deref(), Some("Ada"));
    assert_eq!(page.pictures[0].url.path(), "/seven.jpg");
}

#[tokio::test]
async fn a_long_page_is_read_as_far_as_it_goes() {
    let server = Server::on("127.0.0.1").await;
    let mut page = b"<html><meta property=og:image content=/a.jpg>".to_vec();
    page.resize(900 << 10, b' ');
    page.extend_from_slice(b"<img src=/late.jpg>");
    server.put("/", answer(200, "", &page));
    server.put("/a.jpg", answer(200, "", JPEG));
    let guard = server.guard(impatient());
    let (download, page) = guard.picture(&server.url("/")).await.expect("a picture");
    assert_eq!(download.url.path(), "/a.jpg");
    assert_eq!(page.expect("a page").pictures.len(), 1);
}

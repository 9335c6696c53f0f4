//! Servers that are slow, endless or lie.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use protocol::ErrorCode;

use super::super::{At, Refusal};
use super::server::{JPEG, Server, answer, endless, impatient};

async fn refusal(server: &Server, path: &str) -> Refusal {
    let guard = server.guard(impatient());
    let fetched = match guard.picture(&server.url(path)).await {
        Ok((download, _)) => download.all().await.map(|bytes| bytes.len()),
        Err(refusal) => Err(refusal),
    };
    fetched.expect_err("it was fetched")
}

async fn bytes(server: &Server, path: &str) -> Result<Vec<u8>, Refusal> {
    let guard = server.guard(impatient());
    let (download, _) = guard.picture(&server.url(path)).await?;
    Ok(download.all().await?.to_vec())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

#[tokio::test]
async fn slow_servers_are_given_up() {
    let server = Server::on("127.0.0.1").await;
    let second = Duration::from_secs(60);
    server.put("/silent", vec![(second, Vec::new())]);
    server.put("/stops", endless("", JPEG.to_vec(), second, 2));
    let mut stops = endless("", JPEG.repeat(40), Duration::ZERO, 1);
    stops.push((second, Vec::new()));
    server.put("/stalls", stops);
    // a byte now and then is no progress
    let drip = endless("", b"x".to_vec(), Duration::from_millis(40), 10_000);
    let mut dripping = endless("", JPEG.repeat(40), Duration::ZERO, 1);
    dripping.extend(drip.into_iter().skip(1));
    server.put("/drips", dripping);
    server.put("/head", {
        let line = b"X-A: b\r\n".to_vec();
        let mut head = vec![(Duration::ZERO, b"HTTP/1.1 200 X\r\n".to_vec())];
        head.extend((0..90).map(|_| (Duration::from_millis(50), line.clone())));
        head
    });
    for path in ["/silent", "/stops", "/stalls", "/drips", "/head"] {
        let start = Instant::now();
        let refusal = refusal(&server, path).await;
        assert!(matches!(refusal, Refusal::Slow(_)), "{path}: {refusal:?}");
        assert!(start.elapsed() < Duration::from_secs(4), "{path}");
        assert_eq!(refusal.problem().code, ErrorCode::FetchFailed);
        assert!(refusal.may_pass());
    }
}

#[tokio::test]
async fn no_more_is_taken_than_allowed() {
    let server = Server::on("127.0.0.1").await;
    let lump = JPEG.repeat(2_000);
    server.put("/endless", endless("", lump, Duration::ZERO, 200));
    let chunk = format!("8\r\n{}\r\n", "x".repeat(8)).into_bytes();
    let chunks = endless("Transfer-Encoding: chunked\r\n", chunk, Duration::ZERO, 2);
    let mut chunks = chunks;
    chunks.insert(
        1,
        (Duration::ZERO, [b"20\r\n", &JPEG[..32], b"\r\n"].concat()),
    );
    let lump = [b"100000\r\n".to_vec(), vec![7; 1 << 20], b"\r\n".to_vec()].concat();
    chunks.extend((0..4).map(|_| (Duration::ZERO, lump.clone())));
    server.put("/chunks", chunks);
    server.put(
        "/announced",
        answer(200, "Content-Length: 99999999999\r\n", JPEG),
    );
    // a thousandfold, and once more within
    let bomb = gzip(&[JPEG.to_vec(), vec![0; 40 << 20]].concat());
    assert!(bomb.len() < 64 << 10);
    server.put("/bomb", answer(200, "Content-Encoding: gzip\r\n", &bomb));
    for path in ["/endless", "/chunks", "/announced", "/bomb"] {
        let start = Instant::now();
        let refusal = refusal(&server, path).await;
        assert_eq!(refusal, Refusal::TooLarge { limit: 1 << 20 }, "{path}");
        assert_eq!(refusal.problem().code, ErrorCode::TooLarge);
        assert!(start.elapsed() < Duration::from_secs(2), "{path}");
    }
    let lines: String = (0..500).map(|n| format!("X-{n}: a\r\n")).collect();
    server.put("/lines", answer(200, &lines, JPEG));
    let line = format!("X: {}\r\n", "a".repeat(200 << 10));
    server.put("/line", answer(200, &line, JPEG));
    for path in ["/lines", "/line"] {
        assert_eq!(refusal(&server, path).await, Refusal::Broken, "{path}");
    }
}

#[tokio::test]
async fn what_a_server_says_about_its_answer_is_not_believed() {
    let server = Server::on("127.0.0.1").await;
    let whole = JPEG.repeat(100);
    server.put(
        "/as-text",
        answer(200, "Content-Type: text/html\r\n", &whole),
    );
    assert_eq!(bytes(&server, "/as-text").await, Ok(whole.clone()));
    // more than comes is a broken answer, less cuts it off
    let longer = format!("Content-Length: {}\r\n", whole.len() + 1);
    server.put("/longer", answer(200, &longer, &whole));
    assert_eq!(bytes(&server, "/longer").await, Err(Refusal::Broken));
    server.put("/shorter", answer(200, "Content-Length: 100\r\n", &whole));
    assert_eq!(bytes(&server, "/shorter").await, Ok(whole[..100].to_vec()));
    let both = "Content-Length: 5\r\nContent-Length: 6\r\n";
    server.put("/both", answer(200, both, &whole));
    assert_eq!(bytes(&server, "/both").await, Err(Refusal::Broken));
    // without any length the end is the end
    server.put("/open", endless("", whole.clone(), Duration::ZERO, 1));
    assert_eq!(bytes(&server, "/open").await, Ok(whole.clone()));
    server.put(
        "/packed",
        answer(200, "Content-Encoding: gzip\r\n", &gzip(&whole)),
    );
    assert_eq!(bytes(&server, "/packed").await, Ok(whole.clone()));
    server.put("/not", answer(200, "Content-Encoding: gzip\r\n", &whole));
    assert_eq!(bytes(&server, "/not").await, Err(Refusal::Broken));
    server.put("/brotli", answer(200, "Content-Encoding: br\r\n", &whole));
    assert_eq!(bytes(&server, "/brotli").await, Err(Refusal::Packed));
    for (path, body, kind) in [
        ("/pdf", &b"%PDF-1.7 and more"[..], "image/jpeg"),
        ("/text", b"just text", "text/plain"),
        ("/nothing", b"", "image/png"),
    ] {
        server.put(
            path,
            answer(200, &format!("Content-Type: {kind}\r\n"), body),
        );
        let refusal = refusal(&server, path).await;
        assert!(matches!(refusal, Refusal::Kind(_)), "{path}: {refusal:?}");
        assert_eq!(refusal.problem().code, ErrorCode::UnsupportedMedia);
    }
    server.put(
        "/garbage",
        vec![(Duration::ZERO, b"SSH-2.0-OpenSSH_9\r\n".to_vec())],
    );
    assert_eq!(refusal(&server, "/garbage").await, Refusal::Broken);
}

#[tokio::test]
async fn redirects_end() {
    let server = Server::on("127.0.0.1").await;
    server.put("/round", answer(302, "Location: /round\r\n", b""));
    assert_eq!(refusal(&server, "/round").await, Refusal::Redirects);
    assert_eq!(server.count(), 6);
    for hop in 0..5 {
        let head = format!("Location: hop{}\r\n", hop + 1);
        server.put(&format!("/hop{hop}"), answer(301, &head, b""));
    }
    server.put("/hop5", answer(200, "", JPEG));
    assert_eq!(bytes(&server, "/hop0").await, Ok(JPEG.to_vec()));
    server.put("/lost", answer(302, "", b""));
    assert_eq!(refusal(&server, "/lost").await, Refusal::Broken);
    for elsewhere in [
        "file:///etc/passwd",
        "ftp://example.org/a.jpg",
        "http://a:b@example.org/",
    ] {
        let head = format!("Location: {elsewhere}\r\n");
        server.put("/elsewhere", answer(302, &head, b""));
        let refusal = refusal(&server, "/elsewhere").await;
        assert!(
            matches!(refusal, Refusal::Address(_)),
            "{elsewhere}: {refusal:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let server = Server::on("127.0.0.1").await;
    for (status, code, means) in [
        (401, ErrorCode::FetchRefused, "upload it"),
        (403, ErrorCode::FetchRefused, "upload it"),
        (429, ErrorCode::FetchRefused, "try later"),
        (404, ErrorCode::InvalidField, "check it"),
        (500, ErrorCode::FetchRefused, "try later"),
        (204, ErrorCode::FetchRefused, "upload it"),
        (304, ErrorCode::FetchRefused, "upload it"),
    ] {
        server.put("/no", answer(status, "", b""));
        let problem = refusal(&server, "/no").await.problem();
        assert_eq!((problem.code, problem.status), (code, 422), "{status}");
        let detail = problem.detail.unwrap_or_default();
        assert!(detail.contains(means), "{status}: {detail}");
    }
    // what speaks no TLS is not asked in clear
    let secure = server.url("/a.jpg").replace("http:", "https:");
    let before = server.asked.lock().expect("a lock").len();
    let refusal = server.guard(impatient()).picture(&secure).await.err();
    assert!(refusal.is_some());
    assert_eq!(server.asked.lock().expect("a lock").len(), before);
}

#[tokio::test]
async fn who_has_enough_hangs_up() {
    let server = Server::on("127.0.0.1").await;
    let lump = JPEG.repeat(100);
    server.put(
        "/long",
        endless("", lump, Duration::from_millis(20), 10_000),
    );
    let guard = server.guard(impatient());
    let Ok(At::Picture(mut download)) = guard.at(&server.url("/long")).await else {
        panic!("no picture");
    };
    assert!(matches!(download.next().await, Ok(Some(_))));
    drop(download);
    // places come back: more than there are at once
    for _ in 0..20 {
        let Ok(At::Picture(download)) = guard.at(&server.url("/long")).await else {
            panic!("no picture");
        };
        drop(download);
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 21);
}

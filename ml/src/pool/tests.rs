use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::{Backend, BoxFuture, Classification, ImageEmbedding, Inference, Lane, Pool};
use crate::{MlError, Rgb8};

/// A backend that reports what it is asked for, waits for leave on `hold`, and
/// panics on `poison`.
struct Fake {
    seen: mpsc::Sender<Vec<String>>,
    leave: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Backend for Fake {
    fn embed_image(&mut self, picture: &Rgb8) -> Result<ImageEmbedding, MlError> {
        let name = format!("picture {}", picture.width());
        self.seen.send(vec![name]).expect("the test listens");
        Ok(ImageEmbedding::clip(vec![picture.width() as f32]))
    }

    fn classify(&mut self, _: &Rgb8) -> Result<Classification, MlError> {
        self.seen
            .send(vec!["classes".into()])
            .expect("the test listens");
        Err(MlError::BadInput("planned".into()))
    }

    fn embed_texts(&mut self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError> {
        self.seen.send(texts.to_vec()).expect("the test listens");
        if texts.iter().any(|text| text == "hold") {
            let leave = self.leave.lock().expect("one worker");
            leave.recv().expect("the test gives leave");
        }
        assert!(!texts.iter().any(|text| text == "poison"), "planned");
        Ok(texts.iter().map(|text| vec![text.len() as f32]).collect())
    }
}

struct Setup {
    pool: Pool,
    seen: mpsc::Receiver<Vec<String>>,
    leave: mpsc::Sender<()>,
}

/// One worker, three places per lane.
fn setup() -> Setup {
    let (sender, seen) = mpsc::channel();
    let (leave, receiver) = mpsc::channel();
    let receiver = Arc::new(Mutex::new(receiver));
    let sender = Mutex::new(sender);
    let factory = move || {
        Box::new(Fake {
            seen: sender.lock().expect("no panic here").clone(),
            leave: receiver.clone(),
        }) as Box<dyn Backend>
    };
    let pool = Pool::with_backend(1, 3, Arc::new(factory)).expect("a pool");
    Setup { pool, seen, leave }
}

type Texts = BoxFuture<Result<Vec<Vec<f32>>, MlError>>;

impl Setup {
    /// Everything seen so far.
    fn so_far(&self) -> Vec<String> {
        self.seen.try_iter().flatten().collect()
    }

    fn text(&self, lane: Lane, text: &str) -> Texts {
        self.pool.embed_texts(lane, vec![text.to_owned()])
    }

    fn picture(&self, lane: Lane, width: u32) -> BoxFuture<Result<ImageEmbedding, MlError>> {
        self.pool
            .embed_image(lane, Arc::new(Rgb8::flat(width, 1, [0; 3])))
    }

    /// Makes the worker busy, and returns once it is.
    fn occupy(&self) -> Texts {
        let holding = self.text(Lane::Interactive, "hold");
        assert_eq!(self.next(), ["hold"]);
        holding
    }

    fn next(&self) -> Vec<String> {
        self.seen.recv().expect("the worker lives")
    }
}

fn wait<T>(future: BoxFuture<T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn poll_once<T>(future: &mut BoxFuture<T>) -> Poll<T> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn interactive_work_overtakes_backfill() {
    let setup = setup();
    let holding = setup.occupy();
    let later = setup.picture(Lane::Backfill, 2);
    let sooner = setup.picture(Lane::Interactive, 1);
    setup.leave.send(()).expect("the worker waits");
    assert_eq!(setup.next(), ["picture 1"]);
    assert_eq!(setup.next(), ["picture 2"]);
    wait(holding).expect("held");
    wait(later).expect("answered");
    wait(sooner).expect("answered");
}

#[test]
fn a_full_lane_is_busy_at_once_and_the_other_still_open() {
    let setup = setup();
    let _holding = setup.occupy();
    let _waiting: Vec<_> = (1..4).map(|w| setup.picture(Lane::Backfill, w)).collect();
    let mut refused = setup.picture(Lane::Backfill, 9);
    let Poll::Ready(Err(MlError::Busy { lane: "backfill" })) = poll_once(&mut refused) else {
        panic!("a full lane must refuse at once");
    };
    assert!(poll_once(&mut setup.picture(Lane::Interactive, 9)).is_pending());
    let queued: Vec<_> = setup.pool.status().lanes.iter().map(|l| l.queued).collect();
    assert_eq!(queued, [1, 3]);
    setup.leave.send(()).expect("the worker waits");
}

#[test]
fn callers_that_hung_up_are_skipped_and_their_places_are_free() {
    let setup = setup();
    let _holding = setup.occupy();
    (1..4).for_each(|w| drop(setup.picture(Lane::Backfill, w)));
    let kept = setup.picture(Lane::Backfill, 7);
    drop(setup.picture(Lane::Interactive, 8));
    setup.leave.send(()).expect("the worker waits");
    assert_eq!(setup.next(), ["picture 7"]);
    assert_eq!(wait(kept).expect("answered").vector, [7.0]);
    assert_eq!(setup.pool.status().counts.skipped, 1);
}

#[test]
fn waiting_texts_share_a_batch_and_get_their_own_vectors() {
    let setup = setup();
    let _holding = setup.occupy();
    let one = setup.text(Lane::Interactive, "a");
    let two = setup.text(Lane::Interactive, "bb");
    setup.leave.send(()).expect("the worker waits");
    assert_eq!(setup.next(), ["a", "bb"]);
    assert_eq!(wait(one).expect("answered"), [[1.0]]);
    assert_eq!(wait(two).expect("answered"), [[2.0]]);
}

#[test]
fn a_panic_fails_its_own_caller_and_no_other() {
    let setup = setup();
    let _holding = setup.occupy();
    let good = setup.text(Lane::Interactive, "good");
    let poison = setup.text(Lane::Interactive, "poison");
    setup.leave.send(()).expect("the worker waits");
    assert!(matches!(wait(poison), Err(MlError::WorkerLost(_))));
    assert_eq!(wait(good).expect("answered alone"), [[4.0]]);
    let after = setup.text(Lane::Interactive, "after");
    assert_eq!(wait(after).expect("the worker goes on"), [[5.0]]);
    assert_eq!(setup.pool.counters.panics.load(Ordering::Relaxed), 2);
}

#[test]
fn an_error_reaches_its_caller() {
    let setup = setup();
    let picture = Arc::new(Rgb8::flat(1, 1, [0; 3]));
    let failed = wait(setup.pool.classify(Lane::Interactive, picture));
    assert!(matches!(failed, Err(MlError::BadInput(_))));
    assert_eq!(setup.pool.status().counts.failed, 1);
}

#[test]
fn stopping_finishes_the_work_in_hand_and_tells_the_rest() {
    let setup = setup();
    let holding = setup.occupy();
    let waiting = setup.picture(Lane::Backfill, 1);
    let Setup { pool, leave, .. } = setup;
    let queue = pool.queue.clone();
    queue.close();
    leave.send(()).expect("the worker waits");
    drop(pool);
    wait(holding).expect("the work in hand is finished");
    assert!(matches!(wait(waiting), Err(MlError::WorkerLost(_))));
}

#[test]
fn readiness_probes_only_what_has_not_lately_succeeded() {
    let setup = setup();
    let probe = || wait(setup.pool.ready());
    assert!(matches!(probe(), Err(MlError::BadInput(_))));
    assert_eq!(setup.so_far(), ["picture 224", "classes", "ready"]);
    assert!(matches!(probe(), Err(MlError::BadInput(_))));
    assert_eq!(setup.so_far(), ["classes"]);
}

#[test]
fn queries_are_answered_while_every_worker_is_busy() {
    let mut setup = setup();
    let holding = setup.occupy();
    let (seen, _listening) = mpsc::channel();
    let (_leave, leave) = mpsc::channel();
    let (seen, leave) = (Mutex::new(seen), Arc::new(Mutex::new(leave)));
    let factory: super::Factory = Arc::new(move || {
        Box::new(Fake {
            seen: seen.lock().expect("no panic here").clone(),
            leave: leave.clone(),
        })
    });
    setup
        .pool
        .spawn("queries", super::queue::Diet::Queries, &factory)
        .expect("a thread");
    let picture = setup.picture(Lane::Interactive, 1);
    let query = setup.text(Lane::Interactive, "query");
    assert_eq!(wait(query).expect("answered past the picture"), [[5.0]]);
    setup.leave.send(()).expect("the worker waits");
    wait(picture).expect("answered by the other");
    wait(holding).expect("held");
}

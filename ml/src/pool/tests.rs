use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use std::time::Duration;

use super::{
    Answer, Backend, BoxFuture, Counts, ImageEmbedding, Inference, Kind, Lane, Pool, Rules, Task,
};
use crate::{MlError, Rgb8};

/// A backend that reports what it is asked for, waits for leave on `hold`, and
/// panics on `poison`.
struct Fake {
    seen: mpsc::Sender<Vec<String>>,
    leave: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Backend for Fake {
    fn run(&mut self, task: &Task) -> Result<Answer, MlError> {
        let see = |what: Vec<String>| self.seen.send(what).expect("the test listens");
        match task {
            Task::EmbedImage { picture, .. } => {
                see(vec![format!("picture {}", picture.width())]);
                let vector = vec![picture.width() as f32];
                Ok(Answer::Embedding(ImageEmbedding::clip(vector)))
            }
            Task::EmbedTexts(texts) => {
                see(texts.clone());
                if texts.iter().any(|text| text == "hold") {
                    let leave = self.leave.lock().expect("one worker");
                    leave.recv().expect("the test gives leave");
                }
                while texts.iter().any(|text| text == "hang") {
                    std::thread::sleep(Duration::from_millis(5));
                }
                assert!(!texts.iter().any(|text| text == "poison"), "planned");
                let vectors = texts.iter().map(|text| vec![text.len() as f32]);
                Ok(Answer::Texts(vectors.collect()))
            }
            Task::Classify(_) => {
                see(vec!["classes".into()]);
                Err(MlError::BadInput("planned".into()))
            }
            Task::EmbedQuery(_) => Ok(Answer::Queries(None)),
            Task::Screen(_) | Task::ReadText(_) | Task::FindSubjects(_) => {
                Err(MlError::ModelMissing {
                    id: "planned".into(),
                    why: "not there".into(),
                })
            }
        }
    }
}

struct Setup {
    pool: Pool,
    seen: mpsc::Receiver<Vec<String>>,
    leave: mpsc::Sender<()>,
}

/// One worker, three places per lane, no deadline to speak of.
fn setup() -> Setup {
    with_rules(Rules {
        queue: 3,
        ..Rules::default()
    })
}

fn with_rules(rules: Rules) -> Setup {
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
    let pool = Pool::staffed(rules, Arc::new(factory), false, Box::new(|| {})).expect("a pool");
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
    let Counts {
        panics, replaced, ..
    } = setup.pool.status().counts;
    assert_eq!((panics, replaced), (2, 2));
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
    pool.shared.queue.close();
    leave.send(()).expect("the worker waits");
    drop(pool);
    wait(holding).expect("the work in hand is finished");
    assert!(matches!(wait(waiting), Err(MlError::Unavailable(_))));
}

#[test]
fn readiness_asks_only_models_that_have_not_answered() {
    let setup = setup();
    let probe = || wait(setup.pool.ready());
    assert!(matches!(probe(), Err(MlError::BadInput(_))));
    assert_eq!(setup.so_far(), ["picture 224", "classes"]);
    assert!(matches!(probe(), Err(MlError::BadInput(_))));
    assert_eq!(setup.so_far(), ["classes"]);
}

#[test]
fn queries_are_answered_while_every_worker_is_busy() {
    let (sender, seen) = mpsc::channel();
    let (leave, receiver) = mpsc::channel();
    let (sender, receiver) = (Mutex::new(sender), Arc::new(Mutex::new(receiver)));
    let factory: super::Factory = Arc::new(move || {
        Box::new(Fake {
            seen: sender.lock().expect("no panic here").clone(),
            leave: receiver.clone(),
        })
    });
    let pool = Pool::staffed(Rules::default(), factory, true, Box::new(|| {})).expect("a pool");
    let setup = Setup { pool, seen, leave };
    let holding = setup.text(Lane::Backfill, "hold");
    assert_eq!(setup.next(), ["hold"]);
    let picture = setup.picture(Lane::Interactive, 1);
    let query = setup.text(Lane::Interactive, "query");
    assert_eq!(wait(query).expect("answered past the picture"), [[5.0]]);
    setup.leave.send(()).expect("the worker waits");
    wait(picture).expect("answered by the other");
    wait(holding).expect("held");
}

/// Quick to give a worker up.
fn strict(workers: usize) -> Rules {
    Rules {
        workers,
        deadline: |_| Duration::from_millis(60),
        tick: Duration::from_millis(5),
        batch_delay: Duration::ZERO,
        ..Rules::default()
    }
}

#[test]
fn a_worker_that_hangs_is_given_up_and_replaced() {
    let setup = with_rules(strict(1));
    let hanging = setup.text(Lane::Interactive, "hang");
    let Err(error) = wait(hanging) else {
        panic!("a hang must be told");
    };
    assert!(error.is_worker_fault(), "{error}");
    assert!(error.to_string().contains("embed-texts"), "{error}");
    let after = setup.text(Lane::Interactive, "after");
    assert_eq!(wait(after).expect("the new worker goes on"), [[5.0]]);
    let status = setup.pool.status();
    assert_eq!((status.workers, status.hanging), (1, 1));
    assert_eq!((status.counts.hung, status.counts.replaced), (1, 1));
}

#[test]
fn a_batch_that_hangs_costs_only_the_one_at_fault() {
    let setup = with_rules(strict(1));
    // enough pictures in front that all texts wait together
    let held = setup.text(Lane::Interactive, "hold");
    assert_eq!(setup.next(), ["hold"]);
    let good = setup.text(Lane::Interactive, "good");
    let hanging = setup.text(Lane::Interactive, "hang");
    setup.leave.send(()).expect("the worker waits");
    wait(held).expect("held shortly");
    assert!(matches!(wait(hanging), Err(MlError::Hung { .. })));
    assert_eq!(wait(good).expect("answered alone"), [[4.0]]);
}

#[test]
fn when_every_worker_hangs_work_is_refused_and_not_blamed() {
    let setup = with_rules(strict(1));
    for _ in 0..=super::crew::MOST_HANGING {
        let hung = wait(setup.text(Lane::Interactive, "hang"));
        assert!(matches!(hung, Err(MlError::Hung { .. })));
    }
    let refused = loop {
        match wait(setup.text(Lane::Interactive, "after")) {
            Err(error) => break error,
            // the crew has not looked yet
            Ok(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert!(
        refused.is_absence() && !refused.is_worker_fault(),
        "{refused}"
    );
    assert_eq!(setup.pool.status().workers, 0);
}

#[test]
fn backfill_texts_wait_a_little_for_company() {
    let setup = with_rules(Rules {
        batch_delay: Duration::from_millis(300),
        ..Rules::default()
    });
    let one = setup.text(Lane::Backfill, "a");
    let two = setup.text(Lane::Backfill, "bb");
    assert_eq!(setup.next(), ["a", "bb"]);
    assert_eq!(wait(one).expect("answered"), [[1.0]]);
    assert_eq!(wait(two).expect("answered"), [[2.0]]);
    let texts = setup.pool.status().tasks[Kind::EmbedTexts as usize];
    assert_eq!((texts.done, texts.runs), (2, 1));
}

#[test]
fn a_batch_is_bounded_by_what_it_costs() {
    let setup = with_rules(Rules {
        batch_delay: Duration::from_millis(300),
        ..Rules::default()
    });
    let long = "x".repeat(4096);
    let waiting: Vec<Texts> = (0..5).map(|_| setup.text(Lane::Backfill, &long)).collect();
    assert_eq!(setup.next().len(), 4);
    assert_eq!(setup.next().len(), 1);
    for one in waiting {
        wait(one).expect("answered");
    }
}

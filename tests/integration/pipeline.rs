//! Work waits for what is missing, and says so.

use std::time::Duration;

use protocol::element::{Element, StageName, StageState, State};

use crate::stand_in::Mood;
use crate::world::{World, run};

fn stage(element: &Element, name: StageName) -> (StageState, Option<&str>) {
    let stage = element
        .stages
        .iter()
        .find(|s| s.name == name)
        .expect("every stage is listed");
    (stage.state, stage.error.as_deref())
}

#[test]
fn a_missing_model_stops_only_its_stages_and_they_wait() {
    run(async {
        let world = World::new(Mood::Missing).await;
        let id = world.save("Grey door").await;
        let element = world
            .until(&id, |e| {
                let waits = |name| matches!(stage(e, name), (StageState::Waiting, Some(_)));
                waits(StageName::Embed) && waits(StageName::Tag) && !e.media.is_empty()
            })
            .await;
        assert_eq!(element.state, State::Processing);
        assert!(
            stage(&element, StageName::Embed)
                .1
                .is_some_and(|why| why.contains("not installed"))
        );

        // Words still find it, and the answer says what could not be searched.
        let found = world
            .platform
            .search()
            .query(&world.viewer, "door", None, 10)
            .await
            .expect("an answer");
        assert_eq!(found.items[0].element.id, id);
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}

#[test]
fn work_goes_on_when_the_workers_are_free_again() {
    run(async {
        let world = World::new(Mood::Busy).await;
        let id = world.save("Grey door").await;
        world.until(&id, |e| !e.media.is_empty()).await;
        world.models.set(Mood::Well);
        let element = world.until(&id, |e| e.state == State::Ready).await;
        assert!(
            element.stages.iter().all(|s| s.state == StageState::Done),
            "{element:#?}"
        );
        assert!(!element.tags.is_empty());
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}

#[test]
fn a_refused_picture_is_usable_and_can_be_tried_again() {
    run(async {
        let world = World::new(Mood::Refusing).await;
        let id = world.save("Grey door").await;
        let element = world.until(&id, |e| e.state == State::Ready).await;
        let (state, why) = stage(&element, StageName::Tag);
        assert_eq!(state, StageState::Failed);
        assert!(why.is_some_and(|why| why.contains("too blue")));
        world.models.set(Mood::Well);
        world
            .platform
            .elements()
            .retry(&world.viewer, &id)
            .await
            .expect("tried again");
        let element = world
            .until(&id, |e| {
                e.stages.iter().all(|s| s.state == StageState::Done)
            })
            .await;
        assert_eq!(element.state, State::Ready);
        world.platform.shutdown(Duration::from_secs(5)).await;
    });
}

//! What the socket tells.

use serde_json::json;
use tempfile::tempdir;

use super::scene::{CLUSTER, NO_CLUSTER, NO_ELEMENT, NO_LOGIN, TAG, TITLE, scene};
use crate::support::pictures::gradient;
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

#[test]
fn no_topic_tells_of_what_is_private() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let scene = scene(&setup, &server.url);
    let mut socket = Socket::connect(&server.url);
    socket.identify(scene.eve.token.as_deref().unwrap());
    let ada = scene.ada.user_id().to_owned();
    let refused = |socket: &mut Socket, op: &str, topic: String| {
        let frame = json!({"op": op, "topic": topic, "here": true});
        let (mut reply, before) = socket.command(frame);
        assert!(before.iter().all(|f| f["op"] != "error"));
        assert_eq!(reply["op"], "error", "{topic}: {reply}");
        reply["error"].take()
    };
    for op in ["subscribe", "presence"] {
        for (there, not) in [
            (
                format!("element:{}", scene.names.element),
                format!("element:{NO_ELEMENT}"),
            ),
            (
                format!("cluster:{}", scene.names.cluster),
                format!("cluster:{NO_CLUSTER}"),
            ),
            (format!("user:{ada}"), format!("user:{NO_LOGIN}")),
            (format!("feed:{ada}"), format!("feed:{NO_LOGIN}")),
        ] {
            let answer = refused(&mut socket, op, there);
            assert_eq!(answer, refused(&mut socket, op, not));
        }
    }
    // a session of hers that claims to have listened learns nothing either
    let mut claims = Socket::connect(&server.url);
    let topic = |topic: String| json!({"topic": topic, "epoch": "x", "offset": 0});
    claims.send(&json!({
        "op": "resume", "token": scene.eve.token, "session": NO_LOGIN, "seq": 0,
        "topics": [
            topic(format!("element:{}", scene.names.element)),
            topic(format!("cluster:{}", scene.names.cluster)),
            topic(format!("user:{ada}")),
        ],
    }));
    let eve = format!("user:{}", scene.eve.user_id());
    for topic in ["explore", eve.as_str()] {
        socket.subscribe(topic);
    }
    // Ada goes on with her private things
    let (element, cluster) = (&scene.names.element, &scene.names.cluster);
    let path = format!("/api/v1/elements/{element}");
    scene
        .ada
        .patch(&path, &json!({"title": format!("{TITLE} again")}))
        .ok();
    scene
        .ada
        .put(&format!("{path}/tags/{TAG}two"), &json!({"state": "fact"}))
        .ok();
    scene
        .ada
        .patch(
            &format!("/api/v1/clusters/{cluster}"),
            &json!({"name": CLUSTER}),
        )
        .ok();
    let new = scene.ada.save(
        "n.bmp",
        &gradient(9, 80, 60),
        &[("visibility", "private"), ("title", TITLE)],
    );
    scene.ada.ready(&new);
    // also where Eve is told of what is new
    let item = format!("/api/v1/clusters/{}/elements/{new}", scene.shelf);
    scene.ada.put(&item, &json!({})).ok();
    scene.ada.delete(&format!("/api/v1/elements/{new}")).ok();
    // and ends with something that is told
    let open = scene.ada.save("o.bmp", &gradient(10, 80, 60), &[]);
    scene.ada.ready(&open);
    let heard = socket.until(|f| f["data"]["id"] == open.as_str());
    let heard = json!(heard).to_string();
    claims.send(&json!({"op": "ping", "id": 7}));
    let claimed = claims.until(|f| f["op"] == "pong");
    assert!(
        claimed
            .iter()
            .all(|f| f["op"] != "event" && f["op"] != "signal")
    );
    for secret in scene.secrets.iter().chain([&new]) {
        assert!(!heard.contains(secret.as_str()), "{secret}: {heard}");
    }
}

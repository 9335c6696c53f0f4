//! Clusters: gathering, sharing, arranging, and what grows from them.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{gradient, sample};
use crate::support::process::{Paths, Setup};
use crate::support::socket::Socket;

fn names(clusters: &Value) -> Vec<&str> {
    let items = clusters["items"].as_array().expect("items");
    items.iter().filter_map(|c| c["name"].as_str()).collect()
}

fn held(client: &Client, cluster: &str) -> Vec<String> {
    let path = format!("/api/v1/clusters/{cluster}/elements");
    Client::ids(&client.get(&path).ok())
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[test]
fn home_grows_from_clusters_and_says_from_which() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let save = |who: &Client, name: &str| {
        let picture = sample(&setup.paths.samples, name);
        let id = who.save(&format!("{}.jpg", name.len()), &picture, &[]);
        who.ready(&id);
        id
    };
    let kept = ["coffee-beans", "coffee-sacks"].map(|name| save(&ada, name));
    let peaks = ["dark-mountains", "peaks-above-the-clouds"].map(|name| save(&ada, name));
    let [beans, glacier, guitar, shirt] = [
        "shades-of-coffee",
        "french-alpine-landscape",
        "electric-guitar",
        "checked-shirt",
    ]
    .map(|name| save(&bob, name));
    // with nothing gathered, home is what is new
    let home = |client: &Client| client.get("/api/v1/feed/home").ok();
    let first = Client::ids(&home(&ada));
    assert!(first.contains(&shirt) && first.contains(&guitar));

    let make = |name: &str, elements: &[String]| {
        let new = json!({"name": name, "elements": elements});
        let made = ada.post("/api/v1/clusters", &new);
        assert_eq!(made.status, 201);
        made.json()
    };
    let coffee = make("Coffee", &kept);
    let mountains = make("  High   places ", &peaks);
    assert_eq!(mountains["name"], "High places");
    assert_eq!(
        (&coffee["role"], &coffee["count"]),
        (&json!("owner"), &json!(2))
    );
    assert_eq!(coffee["visibility"], "private");
    assert_eq!(held(&ada, &id(&coffee)), kept, "in the order given");

    let feed = home(&ada);
    let because = |element: &str| {
        let items = feed["items"].as_array().expect("items");
        let at = items
            .iter()
            .position(|item| item["element"]["id"] == element);
        let at = at.unwrap_or_else(|| panic!("{element} is not there: {feed:#}"));
        (at, items[at]["because"]["name"].clone())
    };
    let (coffee_at, why) = because(&beans);
    assert_eq!(why, "Coffee", "{feed:#}");
    let (glacier_at, why) = because(&glacier);
    assert_eq!(why, "High places");
    let (shirt_at, _) = because(&shirt);
    assert!(coffee_at < shirt_at && glacier_at < shirt_at, "{feed:#}");
    let ids = Client::ids(&feed);
    assert!(kept.iter().all(|own| !ids[..2].contains(own)));

    // where a picture belongs, and that it is there then
    let suggest = format!("/api/v1/clusters/suggest?element={beans}");
    let suggested = ada.get(&suggest).ok();
    assert_eq!(
        suggested["items"][0]["cluster"]["name"], "Coffee",
        "{suggested:#}"
    );
    let place = format!("/api/v1/clusters/{}/elements/{beans}", id(&coffee));
    let placed = ada.put(&place, &json!({})).ok();
    assert_eq!(
        (&placed["cluster"]["count"], &placed["cluster"]["holds"]),
        (&json!(3), &json!(true))
    );
    let mine = ada.get(&format!("/api/v1/clusters?element={beans}")).ok();
    assert_eq!(names(&mine), ["Coffee", "High places"], "last used first");
    assert_eq!(
        (&mine["items"][0]["holds"], &mine["items"][1]["holds"]),
        (&json!(true), &json!(false))
    );
    let again = ada.get(&suggest).ok();
    assert!(
        again["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|s| s["cluster"]["name"] != "Coffee")
    );
    assert!(
        !Client::ids(&home(&ada))[..1].contains(&beans),
        "it is no discovery any more"
    );

    // a cluster that is muted brings nothing, and what is waved away is gone
    let muted = json!({"influence": "muted"});
    ada.patch(&format!("/api/v1/clusters/{}", id(&coffee)), &muted)
        .ok();
    let less = format!("/api/v1/feed/less/{glacier}");
    assert_eq!(ada.put(&less, &json!({})).status, 204);
    let feed = home(&ada);
    let grown = |feed: &Value| -> Vec<String> {
        let items = feed["items"].as_array().expect("items");
        let grown = items.iter().filter(|item| item["because"].is_object());
        grown
            .map(|item| item["element"]["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(!grown(&feed).contains(&glacier), "{feed:#}");
    let coffee_grown = feed["items"].as_array().unwrap().iter();
    assert!(
        coffee_grown
            .clone()
            .all(|item| item["because"]["name"] != "Coffee")
    );
    assert_eq!(ada.delete(&less).status, 204);
    assert!(grown(&home(&ada)).contains(&glacier));

    // pages fit together
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = ada
            .get(&format!("/api/v1/feed/home?limit=2&cursor={next}"))
            .ok();
        all.extend(Client::ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = cursor.to_owned(),
            None => break,
        }
    }
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(unique.len(), all.len(), "nothing comes twice");
    assert!(all.contains(&guitar) && all.contains(&glacier));
}

#[test]
fn what_is_private_stays_so_on_every_way() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let hidden = ada.save("a.bmp", &gradient(1, 64, 48), &[("visibility", "private")]);
    let open = ada.save("b.bmp", &gradient(2, 64, 48), &[]);
    ada.ready(&hidden);
    ada.ready(&open);
    let new = |name: &str, visibility: &str| {
        let new = json!({"name": name, "visibility": visibility, "elements": [&hidden, &open]});
        id(&ada.post("/api/v1/clusters", &new).json())
    };
    let (secret, public) = (new("Secret", "private"), new("Public", "public"));

    let path = |rest: &str| format!("/api/v1/clusters/{secret}{rest}");
    for rest in ["", "/elements", "/members", "/recommendations"] {
        assert_eq!(bob.get(&path(rest)).status, 404, "GET {rest}");
    }
    let item = format!("/elements/{open}");
    assert_eq!(bob.put(&path(&item), &json!({})).status, 404);
    assert_eq!(bob.delete(&path(&item)).status, 404);
    assert_eq!(bob.patch(&path(""), &json!({"name": "Mine"})).status, 404);
    assert_eq!(bob.delete(&path("")).status, 404);
    assert_eq!(bob.post(&path("/restore"), &json!({})).status, 404);
    assert_eq!(
        bob.post(&path("/invites"), &json!({"role": "editor"}))
            .status,
        404
    );
    assert_eq!(bob.put(&path("/follow"), &json!({})).status, 404);
    assert_eq!(
        bob.put(&path("/members/bob"), &json!({"role": "editor"}))
            .status,
        404
    );
    assert_eq!(
        names(&bob.get("/api/v1/users/ada/clusters").ok()),
        ["Public"]
    );
    assert_eq!(
        names(&bob.get(&format!("/api/v1/elements/{open}/clusters")).ok()),
        ["Public"]
    );
    assert_eq!(
        bob.get(&format!("/api/v1/elements/{hidden}/clusters"))
            .status,
        404
    );
    assert!(names(&bob.get("/api/v1/clusters").ok()).is_empty());

    // of the public one he sees what he may see, in numbers too
    let seen = bob.get(&format!("/api/v1/clusters/{public}")).ok();
    assert_eq!(
        (&seen["count"], seen["cover"].as_array().map(Vec::len)),
        (&json!(1), Some(1))
    );
    assert_eq!(held(&bob, &public), std::slice::from_ref(&open));
    assert_eq!(held(&ada, &public).len(), 2);
    let mine = format!("/api/v1/clusters/{public}/elements/{open}");
    assert_eq!(bob.delete(&mine).status, 403);
    // and what is not his is no use in a cluster of his own
    let stolen = json!({"name": "Stolen", "elements": [&hidden]});
    assert_eq!(bob.post("/api/v1/clusters", &stolen).status, 404);

    // over the socket
    let mut socket = Socket::connect(&server.url);
    socket.identify(bob.token.as_deref().unwrap());
    let (refused, _) =
        socket.command(json!({"op": "subscribe", "topic": format!("cluster:{secret}")}));
    assert_eq!(refused["op"], "error", "{refused}");
    let topic = format!("cluster:{public}");
    socket.subscribe(&topic);
    let third = ada.save("c.bmp", &gradient(3, 64, 48), &[]);
    ada.ready(&third);
    let put = |element: &str| {
        let path = format!("/api/v1/clusters/{public}/elements/{element}");
        ada.put(&path, &json!({})).ok()
    };
    put(&third);
    let frames =
        socket.until(|f| f["kind"] == "cluster_item" && f["data"]["element"] == third.as_str());
    assert!(!json!(frames).to_string().contains(&hidden));
    // made private, it falls silent
    ada.patch(
        &format!("/api/v1/clusters/{public}"),
        &json!({"visibility": "private"}),
    )
    .ok();
    socket.until(|f| f["op"] == "reload" && f["topics"].to_string().contains(&public));
    assert_eq!(bob.get(&format!("/api/v1/clusters/{public}")).status, 404);
}

#[test]
fn a_cluster_is_shared_by_a_link_arranged_and_brought_back() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let ids: Vec<String> = (0..4)
        .map(|n| ada.save("a.bmp", &gradient(n, 64, 48), &[]))
        .collect();
    assert_eq!(
        ada.post("/api/v1/clusters", &json!({"name": "  "})).status,
        422
    );
    let trip = id(&ada
        .post("/api/v1/clusters", &json!({"name": "Trip"}))
        .json());
    let path = |rest: &str| format!("/api/v1/clusters/{trip}{rest}");
    let many = json!({"elements": [&ids[0], &ids[1], "01jd3v2k8m0000000000000000"]});
    let added = ada.post(&path("/elements"), &many).ok();
    assert_eq!(added["items"][2]["error"]["code"], "not_found", "{added:#}");
    assert_eq!(added["cluster"]["count"], 2);

    let invite = ada.post(&path("/invites"), &json!({"role": "editor"}));
    assert_eq!(invite.status, 201);
    let token = invite.json()["token"]
        .as_str()
        .expect("a secret")
        .to_owned();
    assert_eq!(
        bob.post("/api/v1/clusters/join/nonsense", &json!({}))
            .status,
        404
    );
    let joined = bob
        .post(&format!("/api/v1/clusters/join/{token}"), &json!({}))
        .ok();
    assert_eq!(joined["role"], "editor");
    let place = |who: &Client, element: &str, place: Value| {
        let to = path(&format!("/elements/{element}"));
        who.put(&to, &json!({"place": place})).ok()
    };
    place(&bob, &ids[2], json!("last"));
    place(&bob, &ids[3], json!({"after": ids[0]}));
    place(&bob, &ids[1], json!("first"));
    let order = [1, 0, 3, 2].map(|n| ids[n].clone());
    assert_eq!(held(&ada, &trip), order);
    let sections = json!({"sections": [{"name": "Day one"}, {"name": "Day two"}]});
    let changed = bob.patch(&path(""), &sections).ok();
    let second = changed["sections"][1]["id"].as_str().expect("an id");
    let to = path(&format!("/elements/{}", ids[1]));
    bob.put(&to, &json!({"section": second})).ok();
    let part = ada.get(&path(&format!("/elements?section={second}"))).ok();
    assert_eq!(Client::ids(&part), [ids[1].clone()]);
    assert_eq!(held(&ada, &trip).last(), Some(&ids[1]));
    assert_eq!(bob.patch(&path(""), &json!({"name": "Mine"})).status, 403);
    assert_eq!(bob.delete(&path("")).status, 403);

    let members = ada.get(&path("/members")).ok();
    assert_eq!(members["items"].as_array().unwrap().len(), 2);
    assert_eq!(ada.delete(&path("")).status, 204);
    assert_eq!(bob.get(&path("")).status, 404);
    let back = ada.post(&path("/restore"), &json!({})).ok();
    assert_eq!(back["count"], 4);
    assert_eq!(held(&bob, &trip).len(), 4, "with members and all");
    // an element that is deleted leaves no hole in the count
    ada.delete(&format!("/api/v1/elements/{}", ids[0])).ok();
    assert_eq!(ada.get(&path("")).ok()["count"], 3);
    ada.delete(&path("/members/bob")).ok();
    assert_eq!(bob.get(&path("")).status, 404);
}

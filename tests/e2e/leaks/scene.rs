//! What the two accounts have, and what is asked for in its place.

use serde_json::{Value, json};

use crate::support::http::Client;
use crate::support::pictures::{POSTER, gradient, sample};
use crate::support::process::Setup;
use crate::support::routes::{Request, Route};

/// Words that stand nowhere but in Ada's private things.
pub const TITLE: &str = "zyxomma dusk";
pub const TAG: &str = "qwoptag";
pub const CLUSTER: &str = "Vault of krell";
const SECTION: &str = "Plimsole drawer";
pub const DESCRIPTION: &str = "flumoxtrail";
const FILE: &str = "borogrove.png";
const DEVICE: &str = "Jabberlens nine";
/// What is asked for in their place and does not exist.
pub const NO_ELEMENT: &str = "01jd3v2k8m0000000000000000";
pub const NO_CLUSTER: &str = "01jd3v2k8m0000000000000001";
pub const NO_LOGIN: &str = "01jd3v2k8m0000000000000002";
pub const NO_DEVICE: &str = "01jd3v2k8m0000000000000003";
const NO_TAG: &str = "wuzzletag";
const NO_WORDS: &str = "snorvell haze";
const NO_MEDIA: &str = "1111111111111111111111111111111111111111111111111111111111111111";
/// What stands for what in the requests of one walk.
#[derive(Clone)]
pub struct Names {
    pub element: String,
    pub cluster: String,
    pub login: String,
    pub device: String,
    pub tag: &'static str,
    pub words: &'static str,
    pub media: String,
}

impl Names {
    pub fn unknown() -> Self {
        Self {
            element: NO_ELEMENT.to_owned(),
            cluster: NO_CLUSTER.to_owned(),
            login: NO_LOGIN.to_owned(),
            device: NO_DEVICE.to_owned(),
            tag: NO_TAG,
            words: NO_WORDS,
            media: NO_MEDIA.to_owned(),
        }
    }

    fn fill(&self, path: &str, name: &str) -> Option<Value> {
        let of = |area: &str| path.starts_with(&format!("/api/v1/{area}"));
        Some(match name {
            "id" if of("clusters") => json!(self.cluster),
            "id" if of("elements") => json!(self.element),
            "id" if of("auth/sessions") => json!(self.login),
            "id" if of("devices") => json!(self.device),
            "setting" => json!("interval"),
            "value" if of("devices") => json!("30"),
            "id" if of("admin/models") => json!("no-model"),
            // of what all may see; what is in it is walked by the lists
            "topic" => json!("no-topic"),
            // in place of an element where there is a choice: then not this one
            "url" if path != "/api/v1/search/visual" => json!("http://127.0.0.1:1/x.jpg"),
            "element" | "elements" | "ids" => json!(self.element),
            "cluster" | "clusters" => json!(self.cluster),
            "tag" | "tags" | "prefix" => json!(self.tag),
            "name" if of("tags") => json!(self.tag),
            "alias" | "other" | "into" | "add" | "remove" => json!(self.tag),
            "q" | "text" => json!(self.words),
            // nobody is asked: hers is refused by its cluster, the others by their host
            "url" if path.ends_with("/by-url") => json!("https://example.org/a.jpg"),
            "url" if path.ends_with("/look") || path.ends_with("/picture") => {
                json!(format!("http://localhost/media/{}/jpeg-320", self.media))
            }
            "hash" => json!(self.media),
            "variant" => json!("jpeg-320"),
            "handle" | "owner" => json!("ada"),
            "label" => json!("nsfw"),
            "token" => json!("no-such-secret"),
            "followed" => json!(true),
            // the first page, as long as it may be
            "limit" => json!(100),
            // within a list, and of changes that nobody made
            "change" => json!(self.login),
            _ => return None,
        })
    }

    pub fn request(&self, route: &Route, document: &Value) -> Request {
        route.request(document, &|path, name| self.fill(path, name))
    }

    /// The text without what was asked for in it.
    pub fn neutral(&self, text: &str) -> String {
        let own = [
            &self.element,
            &self.cluster,
            &self.login,
            &self.device,
            &self.media,
            self.tag,
            self.words,
        ];
        own.into_iter()
            .fold(text.to_owned(), |text, own| text.replace(own, "·"))
    }
}

pub struct Scene {
    pub ada: Client,
    pub eve: Client,
    pub prude: Client,
    /// Ada's, by what they are.
    pub names: Names,
    pub secrets: Vec<String>,
    /// Of Ada's cluster and elements, to see that they stay as they are.
    pub own: Vec<String>,
    pub flagged: String,
    /// A public cluster of Ada's that the others follow.
    pub shelf: String,
    pub document: Value,
}

fn text_id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

pub fn scene(setup: &Setup, url: &str) -> Scene {
    let root = Client::register(url, "root");
    let [ada, eve, prude, cleo] =
        ["ada", "eve", "prude", "cleo"].map(|name| Client::register(url, name));
    let document = root.get("/api/v1/openapi.json").ok();
    let picture = |name: &str| sample(&setup.paths.samples, name);
    let private = [("visibility", "private")];

    // what is alike of both, so that it would be found if it could be
    let coffee = ada.save(
        FILE,
        &picture("coffee-beans"),
        &[
            ("title", TITLE),
            ("description", DESCRIPTION),
            ("visibility", "private"),
        ],
    );
    let poster = ada.save("poster.png", POSTER, &private);
    let deleted = ada.save("deleted.png", &gradient(5, 200, 160), &[("title", TITLE)]);
    let unlisted = ada.save(
        "unlisted.png",
        &picture("peaks-above-the-clouds"),
        &[("title", TITLE), ("visibility", "unlisted")],
    );
    let flagged = ada.save("flagged.png", &picture("dark-mountains"), &[]);
    let hers = [
        eve.save("a.jpg", &picture("shades-of-coffee"), &[]),
        eve.save("b.jpg", &picture("coffee-sacks"), &[]),
        eve.save("c.jpg", &picture("french-alpine-landscape"), &[]),
    ];
    for id in [&coffee, &poster, &deleted, &unlisted, &flagged] {
        ada.ready(id);
    }
    for id in &hers {
        eve.ready(id);
    }
    for id in [&coffee, &deleted, &unlisted] {
        let fact = json!({"state": "fact"});
        ada.put(&format!("/api/v1/elements/{id}/tags/{TAG}"), &fact)
            .ok();
    }
    let declared = json!({"declares_ai": true});
    ada.patch(&format!("/api/v1/elements/{flagged}"), &declared)
        .ok();
    let hide = json!({"preferences": {"labels": {"ai_made": "hide"}}});
    prude.patch("/api/v1/users/me", &hide).ok();

    // a private cluster with a member, and a public one that holds both kinds
    let vault = json!({
        "name": CLUSTER, "description": DESCRIPTION, "elements": [coffee, poster, hers[0]],
    });
    let vault = text_id(&ada.post("/api/v1/clusters", &vault).ok());
    let sections = json!({"sections": [{"name": SECTION}]});
    let section = ada
        .patch(&format!("/api/v1/clusters/{vault}"), &sections)
        .ok();
    let section = text_id(&section["sections"][0]);
    let editor = json!({"role": "editor"});
    ada.put(&format!("/api/v1/clusters/{vault}/members/cleo"), &editor)
        .ok();
    let shelf = json!({
        "name": "Shelf", "visibility": "public",
        "elements": [coffee, poster, deleted, flagged, hers[1]],
    });
    let shelf = text_id(&ada.post("/api/v1/clusters", &shelf).ok());
    // what is new there is told to who follows it, as far as they may see it
    for who in [&eve, &prude] {
        who.put(&format!("/api/v1/clusters/{shelf}/follow"), &json!({}))
            .ok();
    }
    for element in [&coffee, &flagged] {
        let item = format!("/api/v1/clusters/{shelf}/elements/{element}");
        ada.delete(&item).ok();
        ada.put(&item, &json!({})).ok();
    }
    let cover = json!({"cover": coffee});
    ada.patch(&format!("/api/v1/clusters/{shelf}"), &cover).ok();
    ada.delete(&format!("/api/v1/elements/{deleted}")).ok();
    // somebody else puts the unlisted one where all would see it
    let theirs = json!({"name": "Open", "visibility": "public", "elements": [unlisted, hers[2]]});
    let theirs = text_id(&cleo.post("/api/v1/clusters", &theirs).ok());
    let cover = json!({"cover": unlisted});
    cleo.patch(&format!("/api/v1/clusters/{theirs}"), &cover)
        .ok();
    // Eve has clusters for home and recommendations to grow from
    for (name, element) in [("Coffee", &hers[0]), ("Peaks", &hers[2])] {
        let new = json!({"name": name, "visibility": "public", "elements": [element]});
        let mine = text_id(&eve.post("/api/v1/clusters", &new).ok());
        cleo.put(&format!("/api/v1/clusters/{mine}/follow"), &json!({}))
            .ok();
    }

    eve.told("cluster_added");

    // a camera that puts its pictures into the private cluster
    let camera = json!({"name": DEVICE, "cluster": vault});
    let camera = ada.post("/api/v1/devices", &camera).ok();
    let device = text_id(&camera["device"]);
    let secret = camera["secret"].as_str().expect("a secret").to_owned();

    let element = ada.element(&coffee);
    let url = element["media"][0]["url"].as_str().expect("a url");
    let media = url.split('/').nth(2).expect("a hash").to_owned();
    let logins = ada.get("/api/v1/auth/sessions").ok();
    let login = logins["items"][0]["id"]
        .as_str()
        .or(logins[0]["id"].as_str());
    let login = login.expect("a login").to_owned();
    let poster_url = ada.element(&poster)["media"][0]["url"].clone();
    let poster_hash = poster_url.as_str().and_then(|u| u.split('/').nth(2));
    let secrets = [
        &coffee, &poster, &deleted, &unlisted, &vault, &section, &media, &login, &device, &secret,
    ];
    let words = [
        TITLE,
        TAG,
        CLUSTER,
        SECTION,
        DESCRIPTION,
        FILE,
        DEVICE,
        "Admission",
        poster_hash.expect("a hash"),
    ];
    Scene {
        own: vec![
            format!("/api/v1/elements/{coffee}"),
            format!("/api/v1/elements/{poster}"),
            format!("/api/v1/clusters/{vault}"),
            format!("/api/v1/clusters/{vault}/elements"),
            format!("/api/v1/clusters/{vault}/members"),
            format!("/api/v1/clusters/{shelf}"),
            format!("/api/v1/devices/{device}"),
        ],
        secrets: secrets
            .into_iter()
            .cloned()
            .chain(words.into_iter().map(str::to_owned))
            .collect(),
        shelf,
        names: Names {
            element: coffee,
            cluster: vault,
            login,
            device,
            tag: TAG,
            words: TITLE,
            media,
        },
        ada,
        eve,
        prude,
        flagged,
        document,
    }
}

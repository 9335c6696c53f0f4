//! What is asked of the server.

use serde::Deserialize;
use serde_json::json;

use super::client::Request;

/// What `asterism seed` says of the library that it made.
#[derive(Deserialize)]
pub struct Library {
    pub elements: usize,
    pub users: usize,
    pub clusters: usize,
    pub held: usize,
    pub tag_edges: usize,
    pub password: String,
    pub accounts: Vec<String>,
    pub public_elements: Vec<String>,
    pub public_clusters: Vec<String>,
    pub words: Words,
    pub tags: Words,
}

#[derive(Deserialize)]
pub struct Words {
    common: Vec<Word>,
    usual: Vec<Word>,
    rare: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    text: String,
}

fn texts(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.text.clone()).collect()
}

/// One kind of request: the n-th of a client.
pub struct Case {
    pub name: &'static str,
    /// What the design wants of the 99th percentile, in milliseconds.
    pub target: Option<f64>,
    pub requests: Vec<Vec<Request>>,
}

/// Colours that are looked for.
const COLORS: [&str; 6] = ["c04020", "2060a0", "308030", "e0c040", "806040", "202428"];
/// Parts of a picture that are looked for.
const BOXES: [[f64; 4]; 3] = [
    [0.1, 0.1, 0.5, 0.5],
    [0.3, 0.2, 0.4, 0.6],
    [0.0, 0.4, 0.6, 0.6],
];

impl Library {
    /// All cases, each with as many different requests as the library offers.
    /// `mine` is a cluster of the account that asks; `media` are addresses.
    pub fn cases(&self, mine: &str, media: &[String]) -> Vec<Case> {
        let each = |of: &[String], make: &dyn Fn(&str) -> Request| -> Vec<Vec<Request>> {
            of.iter().map(|one| vec![make(one)]).collect()
        };
        let search = |query: &str| Request::get(format!("/api/v1/search?q={}", escaped(query)));
        let (common, usual, rare) = (
            texts(&self.words.common),
            texts(&self.words.usual),
            texts(&self.words.rare),
        );
        let (tags, rare_tags) = (texts(&self.tags.common), texts(&self.tags.rare));
        let pairs: Vec<String> = common
            .iter()
            .zip(usual.iter().cycle())
            .map(|(common, usual)| format!("{common} {usual}"))
            .collect();
        let filters: Vec<String> = tags
            .iter()
            .zip(COLORS.iter().cycle())
            .flat_map(|(tag, color)| {
                [
                    format!("tag:\"{tag}\""),
                    format!("tag:\"{tag}\" color:#{color}"),
                    format!("color:#{color} quality:60..100"),
                    format!("tag:\"{tag}\" -has:text order:newest"),
                ]
            })
            .collect();
        let typed: Vec<String> = tags
            .iter()
            .chain(&rare_tags)
            .flat_map(|tag| (1..=4).map(|n| tag.chars().take(n).collect::<String>()))
            .collect();
        let boxes = self.public_elements.iter().zip(BOXES.iter().cycle());
        let visual = boxes.map(|(element, [x, y, w, h])| {
            let region = json!({ "x": x, "y": y, "w": w, "h": h });
            let body = json!({ "element": element, "region": region });
            vec![Request::with("POST", "/api/v1/search/visual", body)]
        });
        let save = self.public_elements.iter().map(|element| {
            let at = format!("/api/v1/clusters/{mine}/elements");
            vec![
                Request::with("POST", &at, json!({ "elements": [element] })),
                Request {
                    method: "DELETE",
                    path: format!("{at}/{element}"),
                    body: None,
                },
            ]
        });
        let case = |name, target: f64, requests| Case {
            name,
            target: (target > 0.0).then_some(target),
            requests,
        };
        vec![
            case(
                "home feed",
                30.0,
                vec![vec![Request::get("/api/v1/feed/home")]],
            ),
            case(
                "explore",
                30.0,
                vec![vec![Request::get("/api/v1/feed/explore")]],
            ),
            case("search, rare word", 60.0, each(&rare, &search)),
            case("search, usual word", 60.0, each(&usual, &search)),
            case("search, common word", 60.0, each(&common, &search)),
            case("search, two words", 60.0, each(&pairs, &search)),
            case("search, filters", 60.0, each(&filters, &search)),
            case(
                "similar",
                60.0,
                each(&self.public_elements, &|id| {
                    Request::get(format!("/api/v1/elements/{id}/similar"))
                }),
            ),
            case("visual, a box", 0.0, visual.collect()),
            case(
                "autocomplete",
                20.0,
                each(&typed, &|typed| {
                    Request::get(format!("/api/v1/tags?prefix={}", escaped(typed)))
                }),
            ),
            case(
                "tag page",
                60.0,
                each(&tags, &|tag| {
                    Request::get(format!("/api/v1/tags/{}", escaped(tag)))
                }),
            ),
            case(
                "cluster",
                0.0,
                self.public_clusters
                    .iter()
                    .map(|id| {
                        vec![
                            Request::get(format!("/api/v1/clusters/{id}")),
                            Request::get(format!("/api/v1/clusters/{id}/elements")),
                        ]
                    })
                    .collect(),
            ),
            case(
                "clusters that hold it",
                0.0,
                each(&self.public_elements, &|id| {
                    Request::get(format!("/api/v1/elements/{id}/clusters"))
                }),
            ),
            case(
                "own clusters",
                0.0,
                vec![vec![Request::get("/api/v1/clusters")]],
            ),
            case(
                "suggested clusters",
                0.0,
                each(&self.public_elements, &|id| {
                    Request::get(format!("/api/v1/clusters/suggest?element={id}"))
                }),
            ),
            case("save and take back", 0.0, save.collect()),
            case(
                "element",
                0.0,
                each(&self.public_elements, &|id| {
                    Request::get(format!("/api/v1/elements/{id}"))
                }),
            ),
            case(
                "own elements",
                0.0,
                vec![vec![Request::get("/api/v1/elements")]],
            ),
            case("picture", 0.0, each(media, &|path| Request::get(path))),
        ]
    }
}

/// For an address.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let each = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    text.bytes().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_stands_in_an_address_is_escaped() {
        assert_eq!(escaped("tag:\"red car\""), "tag%3A%22red%20car%22");
    }
}

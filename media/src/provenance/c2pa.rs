//! C2PA manifests (Content Credentials, specification 2.2): which program claims what.
//!
//! The store is read as far as its claims, actions, ingredients and the signer's
//! organisation. **Signatures are not checked** and there is no list of trusted signers:
//! anyone can write such a manifest. What is checked is whether the file still is the one
//! that the manifest was bound to.

use super::binding::{self, Binding};
use super::cbor::{self, Value};
use super::jumbf::{self, Super};
use super::{Fact, FactKind, Says, generators, signer, source_type};

/// Manifests followed from the active one through its ingredients.
const MAX_MANIFESTS: usize = 16;
/// Actions read in one manifest.
const MAX_ACTIONS: usize = 500;
/// Characters of a name from a manifest.
const MAX_NAME: usize = 32;

/// What the manifest stores of a file say about it.
pub(super) fn facts(file: &[u8], stores: &[Vec<u8>]) -> Vec<Fact> {
    stores
        .iter()
        .filter_map(|store| store_fact(file, store))
        .collect()
}

fn store_fact(file: &[u8], bytes: &[u8]) -> Option<Fact> {
    let top = jumbf::parse(bytes);
    let store = top.iter().find(|found| found.label == "c2pa")?;
    // the last one is active, the others are those of its ingredients
    let Some(active) = store.children.last().and_then(Manifest::read) else {
        let words = "content credentials that cannot be read";
        return Some(Fact::new(FactKind::C2pa, Says::Software, words));
    };
    let bound = binding::check(file, bytes.len(), active.assertions, active.algorithm());
    let (says, words) = history(store, &active)
        .unwrap_or((Says::Software, "how it was made is not told".to_owned()));
    let bound = match bound {
        Binding::Matches => "file unchanged since",
        Binding::Changed => "file changed since",
        Binding::Unchecked => "binding not checked",
    };
    let detail = format!(
        "{words} ({}; {bound}; signature not checked)",
        active.signed()
    );
    Some(Fact::new(FactKind::C2pa, says, detail))
}

/// One manifest, borrowed from the store.
struct Manifest<'a> {
    label: &'a str,
    claim: Value<'a>,
    assertions: &'a Super<'a>,
    signature: Option<&'a [u8]>,
}

impl<'a> Manifest<'a> {
    fn read(from: &'a Super<'a>) -> Option<Self> {
        let claim = from
            .child("c2pa.claim.v2")
            .or_else(|| from.child("c2pa.claim"))?;
        Some(Self {
            label: from.label,
            claim: cbor::parse(claim.cbor()?)?,
            assertions: from.child("c2pa.assertions")?,
            signature: from.child("c2pa.signature").and_then(Super::cbor),
        })
    }

    fn algorithm(&self) -> Option<&'a str> {
        self.claim.get("alg").and_then(Value::text)
    }

    /// The program that wrote the claim: `claim_generator_info` (a map, or a list of them) or
    /// the older user agent.
    fn generator(&self) -> Option<String> {
        let info = self.claim.get("claim_generator_info");
        let named = info
            .map(|info| info.items().first().unwrap_or(info))
            .and_then(|info| info.get("name")?.text());
        let agent = self.claim.get("claim_generator").and_then(Value::text);
        let agent = agent.and_then(|agent| agent.split(['/', ' ']).next());
        let name = named
            .or(agent)
            .map(str::trim)
            .filter(|name| !name.is_empty())?;
        Some(name.chars().take(MAX_NAME).collect())
    }

    /// Who says it, as far as it can be read.
    fn signed(&self) -> String {
        let program = self.generator();
        let signer = self.signature.and_then(signer::organisation);
        match (program, signer) {
            (Some(program), Some(signer)) => format!("{program}, signed by {signer}"),
            (Some(program), None) => program,
            (None, Some(signer)) => format!("signed by {signer}"),
            (None, None) => "by an unnamed program".to_owned(),
        }
    }

    /// The CBOR of every assertion of a kind, also numbered (`__1`) or versioned (`.v2`).
    fn assertions(&self, kind: &str) -> impl Iterator<Item = Value<'a>> {
        let of_kind = move |label: &str| {
            let rest = label.strip_prefix(kind);
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(".v") || rest.starts_with("__")
            })
        };
        self.assertions
            .children
            .iter()
            .filter(move |child| of_kind(child.label))
            .filter_map(|child| cbor::parse(child.cbor()?))
    }

    /// What its own actions say: generative ones first.
    fn statement(&self) -> Option<(Says, String)> {
        let mut said: Option<(Says, String)> = None;
        let mut say = |says, words: String| {
            if said.as_ref().is_none_or(|before| says < before.0) {
                said = Some((says, words));
            }
        };
        for actions in self.assertions("c2pa.actions") {
            let list = actions.get("actions").map(Value::items).unwrap_or_default();
            for action in list.iter().take(MAX_ACTIONS) {
                let Some(name) = action.get("action").and_then(Value::text) else {
                    continue;
                };
                let created = name == "c2pa.created";
                let source = action.get("digitalSourceType").and_then(Value::text);
                if let Some((says, words)) = source.and_then(source_type::meaning) {
                    // a model that only changed or placed something did not make the picture
                    let says = match says {
                        Says::AiMade if !created => Says::AiEdited,
                        says => says,
                    };
                    let words = if created || says != Says::AiEdited {
                        words.to_owned()
                    } else {
                        format!("{} with a trained model", plain_action(name))
                    };
                    say(says, words);
                } else if source.is_none()
                    && let Some(program) = agent(action)
                {
                    let says = match program.says {
                        Says::AiMade if !created => Says::AiEdited,
                        says => says,
                    };
                    say(says, format!("{} by {}", plain_action(name), program.name));
                }
            }
        }
        // early generators wrote no source type
        let generator = self.generator();
        if let Some(program) = generator.as_deref().and_then(generators::named_in) {
            let says = match program.says {
                Says::AiMade if self.assertions("c2pa.ingredient").next().is_some() => {
                    Says::AiEdited
                }
                says => says,
            };
            if said
                .as_ref()
                .is_none_or(|before| before.0 == Says::Software)
                && says.is_ai()
            {
                said = Some((says, format!("written by {}", program.name)));
            }
        }
        said
    }

    /// Labels of the manifests of its ingredients, and whether it is an earlier version
    /// rather than a part.
    fn ingredients(&self) -> Vec<(String, bool)> {
        self.assertions("c2pa.ingredient")
            .filter_map(|ingredient| {
                let parent = ingredient.get("relationship")?.text()? == "parentOf";
                let manifest = ingredient
                    .get("activeManifest")
                    .or_else(|| ingredient.get("c2pa_manifest"))?;
                let label = manifest.get("url")?.text()?.rsplit('/').next()?;
                Some((label.to_owned(), parent))
            })
            .take(MAX_MANIFESTS)
            .collect()
    }
}

/// What the active manifest says, and the manifests of what it was made from.
///
/// An earlier version that a model made is still a picture that a model made; a part that
/// a model made is an edit.
fn history(store: &Super<'_>, active: &Manifest<'_>) -> Option<(Says, String)> {
    let mut said = active.statement();
    let mut seen = vec![active.label.to_owned()];
    let mut waiting = active.ingredients();
    while let Some((label, parent)) = waiting.pop() {
        if seen.contains(&label) || seen.len() >= MAX_MANIFESTS {
            continue;
        }
        let manifest = store.child(&label).and_then(Manifest::read);
        seen.push(label);
        let Some(manifest) = manifest else {
            continue;
        };
        let earlier = manifest.statement().map(|(says, words)| match says {
            Says::AiMade if !parent => (Says::AiEdited, format!("a part was {words}")),
            says => (says, format!("an earlier version was {words}")),
        });
        if let Some(earlier) = earlier
            && said.as_ref().is_none_or(|before| earlier.0 < before.0)
        {
            said = Some(earlier);
        }
        let further = manifest.ingredients().into_iter();
        waiting.extend(further.map(|(label, also)| (label, also && parent)));
    }
    said
}

/// The known program that carried out an action.
fn agent(action: &Value<'_>) -> Option<&'static generators::Program> {
    let agent = action.get("softwareAgent")?;
    let name = agent.text().or_else(|| agent.get("name")?.text())?;
    generators::named_in(name)
}

/// `c2pa.color_adjustments` to "color adjustments".
fn plain_action(name: &str) -> String {
    let name = name.strip_prefix("c2pa.").unwrap_or("changed");
    name.chars()
        .take(MAX_NAME)
        .map(|c| if c.is_ascii_alphabetic() { c } else { ' ' })
        .collect()
}

//! Text that generators put beside the picture: prompts with settings, graphs of nodes,
//! credits. What is recognised is the form; the words in it are never repeated.

use super::{Fact, FactKind, Says, generators};

/// Characters of a model's name in a detail.
const MAX_MODEL: usize = 48;

/// What the texts of a file say.
pub(super) fn facts(texts: &[(String, String)]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = texts
        .iter()
        .filter_map(|(keyword, text)| reading(keyword, text))
        .map(|(says, detail)| Fact::new(FactKind::PngText, says, detail))
        .collect();
    // one sentence about a generator is enough, and NovelAI's "Software" is one
    if facts.iter().any(|fact| fact.says.is_ai()) {
        facts.retain(|fact| fact.says.is_ai());
    }
    facts
}

/// What one text says, and words for it.
pub(super) fn reading(keyword: &str, text: &str) -> Option<(Says, String)> {
    let ai = |detail: &str| Some((Says::AiMade, detail.to_owned()));
    let key = keyword.to_ascii_lowercase();
    match key.as_str() {
        "invokeai_metadata" | "invokeai_graph" | "invokeai_workflow" => {
            return ai("InvokeAI metadata");
        }
        "sd-metadata" | "dream" => return ai("InvokeAI metadata (early)"),
        "fooocus_scheme" => return ai("Fooocus parameters"),
        "aigc" => {
            let says = label_of_aigc(text)?;
            return Some((says, "labelled as AI-made (TC260 AIGC)".to_owned()));
        }
        "workflow" | "prompt" if is_node_graph(text) => {
            return ai("ComfyUI graph of a generation");
        }
        "software" | "source" | "generator" | "creator tool" => {
            let program = generators::named_in(text)?;
            return Some((program.says, format!("written by {}", program.name)));
        }
        _ => {}
    }
    if is_web_ui(text) {
        return Some((Says::AiMade, web_ui_detail(text)));
    }
    if is_node_graph(text) {
        return ai("ComfyUI graph of a generation");
    }
    if has_keys(text, &["sui_image_params"]) {
        return ai("SwarmUI parameters");
    }
    if has_keys(text, &["uc", "steps", "sampler"]) && has_keys(text, &["prompt"]) {
        return ai("NovelAI parameters");
    }
    if let Some(says) = label_of_aigc(text) {
        return Some((says, "labelled as AI-made (TC260 AIGC)".to_owned()));
    }
    // any JSON with a prompt and two of the knobs that only samplers have
    let knobs = [
        "steps",
        "sampler",
        "seed",
        "cfg",
        "cfg_scale",
        "guidance_scale",
        "num_inference_steps",
    ];
    let turned = knobs.iter().filter(|knob| has_keys(text, &[knob])).count();
    if text.trim_start().starts_with('{') && has_keys(text, &["prompt"]) && turned >= 2 {
        return ai("parameters of a diffusion model");
    }
    if is_midjourney(text) {
        return ai("Midjourney job");
    }
    let lower: String = text.chars().take(2_000).collect::<String>().to_lowercase();
    if let Some((_, says, words)) = generators::CREDIT_LINES
        .iter()
        .find(|(line, ..)| lower.contains(line))
    {
        return Some((*says, (*words).to_owned()));
    }
    let program = generators::credited_in(text)?;
    Some((program.says, format!("credited to {}", program.name)))
}

/// The label of GB 45438-2025: 1 is made by AI, 2 and 3 are possibly and suspected so,
/// which nobody should be told as a fact.
pub(super) fn label_of_aigc(text: &str) -> Option<Says> {
    let compact: String = text
        .chars()
        .take(4_096)
        .filter(|c| !c.is_whitespace())
        .collect();
    let (_, label) = compact.split_once("\"Label\":")?;
    let producer = compact.contains("\"ContentProducer\":") || compact.contains("\"AIGC\":");
    let label = label.trim_start_matches('"');
    (producer && label.starts_with('1') && !label[1..].starts_with(|c: char| c.is_ascii_digit()))
        .then_some(Says::AiMade)
}

/// "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model hash: …", the
/// last line that the Stable Diffusion web UI and many after it write.
fn is_web_ui(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    has("Steps: ") && has("Seed: ") && (has("Sampler: ") || has("CFG scale: "))
}

fn web_ui_detail(text: &str) -> String {
    let name = text.rsplit_once("Model: ").map(|(_, rest)| rest);
    let name = name
        .and_then(|rest| rest.split([',', '\n']).next())
        .map(str::trim);
    // file names of models, and nothing that could be a sentence
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    match name {
        Some(name) if !name.is_empty() && name.len() <= MAX_MODEL && name.chars().all(plain) => {
            format!("Stable Diffusion web UI parameters (model {name})")
        }
        _ => "Stable Diffusion web UI parameters".to_owned(),
    }
}

/// ComfyUI's JSON: nodes by number with a class and inputs, or a workflow with links.
fn is_node_graph(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{')
        && (has_keys(text, &["class_type", "inputs"])
            || has_keys(text, &["last_node_id", "nodes"])
            || has_keys(text, &["nodes", "links"]))
}

/// Midjourney's description ends with switches and the number of its job.
fn is_midjourney(text: &str) -> bool {
    let Some((_, job)) = text.split_once("Job ID: ") else {
        return false;
    };
    let id = job.get(..36).unwrap_or_default();
    let shape = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    id.len() == 36 && id.bytes().enumerate().all(shape)
}

/// Whether JSON, complete or cut, has all of these keys anywhere.
fn has_keys(text: &str, keys: &[&str]) -> bool {
    keys.iter().all(|key| {
        text.match_indices(key).any(|(at, _)| {
            let behind = &text[at + key.len()..];
            text[..at].ends_with('"')
                && behind
                    .strip_prefix('"')
                    .is_some_and(|rest| rest.trim_start().starts_with(':'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_recognised_and_words_are_not_repeated() {
        let says = |keyword, text| reading(keyword, text).map(|found| found.1);
        let a1111 = "a portrait of Jane Roe\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, \
            CFG scale: 7, Seed: 42, Size: 512x512, Model hash: abc, Model: dreamshaper_8";
        assert_eq!(
            says("parameters", a1111).as_deref(),
            Some("Stable Diffusion web UI parameters (model dreamshaper_8)")
        );
        let comfy = r#"{"3": {"class_type": "KSampler", "inputs": {"seed": 1}}}"#;
        assert_eq!(
            says("prompt", comfy).as_deref(),
            Some("ComfyUI graph of a generation")
        );
        let novel = r#"{"prompt": "1girl", "steps": 28, "sampler": "k_euler", "uc": "lowres"}"#;
        assert_eq!(
            says("Comment", novel).as_deref(),
            Some("NovelAI parameters")
        );
        let job = "a cat --v 6.0 Job ID: 0b1f7a2e-8c3d-4d5e-9f60-718293a4b5c6";
        assert_eq!(says("Description", job).as_deref(), Some("Midjourney job"));
        let aigc = r#"{"AIGC":{"Label":"1","ContentProducer":"x"}}"#;
        assert!(says("AIGC", aigc).is_some());
        assert!(says("AIGC", &aigc.replace("\"1\"", "\"2\"")).is_none());
    }

    #[test]
    fn everyday_texts_say_nothing() {
        for (keyword, text) in [
            (
                "Comment",
                "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 82",
            ),
            ("Description", "Steps to the old town, Seed market behind"),
            ("Title", "Workflow of our office"),
            ("prompt", "What do you see?"),
            ("Comment", "{\"prompt\": \"your name?\"}"),
            ("date:create", "2024-01-01"),
        ] {
            assert_eq!(reading(keyword, text), None, "{keyword}: {text}");
        }
        assert_eq!(
            reading("Software", "Adobe Photoshop").map(|found| found.0),
            Some(Says::Software)
        );
    }
}

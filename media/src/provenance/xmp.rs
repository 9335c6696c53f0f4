//! XMP packets: IPTC's source type, the tool that wrote the picture, the credit line.
//!
//! Searched rather than parsed: a property counts by its local name, whatever its prefix,
//! as an attribute, an element or a resource. That reads packets that are not well formed,
//! and there are no entities to explode.

use super::{Fact, FactKind, Says, generators, source_type, texts};

/// Places where one property is looked for; editors write histories.
const MAX_PLACES: usize = 64;
/// Bytes of one value.
const MAX_VALUE: usize = 4_096;

/// What the packets say.
pub(super) fn facts(packets: &[String]) -> Vec<Fact> {
    packets
        .iter()
        .flat_map(|packet| packet_facts(packet))
        .collect()
}

fn packet_facts(packet: &str) -> Vec<Fact> {
    let fact = |says, detail: String| Fact::new(FactKind::Xmp, says, detail);
    let mut facts = Vec::new();
    for name in [
        "DigitalSourceType",
        "DigitalSourceFileType",
        "digitalsourcetype",
    ] {
        for value in values(packet, name) {
            if let Some((says, words)) = source_type::meaning(&value) {
                facts.push(fact(says, format!("IPTC digital source type: {words}")));
            }
        }
    }
    for credit in values(packet, "Credit") {
        let credit = credit.to_lowercase();
        for (line, says, words) in generators::CREDIT_LINES {
            if credit.contains(line) {
                facts.push(fact(*says, (*words).to_owned()));
            }
        }
    }
    for name in ["CreatorTool", "softwareAgent", "AISystemUsed"] {
        for value in values(packet, name) {
            if let Some(program) = generators::named_in(&value) {
                facts.push(fact(program.says, format!("written by {}", program.name)));
            }
        }
    }
    // China's label for synthetic content (GB 45438-2025): JSON in an attribute
    for value in values(packet, "AIGC") {
        facts.extend(
            texts::label_of_aigc(&value)
                .map(|says| fact(says, "labelled as AI-made (TC260 AIGC)".to_owned())),
        );
    }
    for value in values(packet, "UserComment").chain(values(packet, "description")) {
        if let Some(found) = texts::reading("UserComment", &value) {
            facts.push(fact(found.0, found.1));
        }
    }
    // what an AI tool wrote says more than the editor that opened it later
    if facts.iter().any(|fact| fact.says.is_ai()) {
        facts.retain(|fact| fact.says != Says::Software);
    }
    facts
}

/// The values of a property wherever it stands.
fn values<'a>(packet: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    packet
        .match_indices(name)
        .filter(|(at, _)| {
            let before = &packet[..*at];
            // the end of a property says nothing
            let closes = before
                .rfind('<')
                .is_some_and(|tag| before[tag..].starts_with("</"));
            before.ends_with(':') && !closes
        })
        .take(MAX_PLACES)
        .filter_map(move |(at, _)| value(&packet[at + name.len()..]))
}

/// The value behind a property's name.
fn value(rest: &str) -> Option<String> {
    let rest = &rest[..rest.floor_char_boundary(MAX_VALUE)];
    let attribute = rest.trim_start();
    if let Some(quoted) = attribute.strip_prefix('=') {
        let quoted = quoted.trim_start();
        let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        return quoted[1..].split(quote).next().map(unescaped);
    }
    if !rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')) {
        // a longer name
        return None;
    }
    let (tag, inside) = rest.split_once('>')?;
    if let Some((_, resource)) = tag.split_once("rdf:resource") {
        return value(resource.strip_prefix('=').map(|_| resource)?);
    }
    if tag.ends_with('/') {
        return None;
    }
    // text, perhaps within the items of a list or of languages
    let mut inside = inside;
    loop {
        let (text, behind) = inside.split_once('<')?;
        if !text.trim().is_empty() {
            return Some(unescaped(text));
        }
        if behind.starts_with('/') {
            return None;
        }
        inside = behind.split_once('>')?.1;
    }
}

fn unescaped(text: &str) -> String {
    let text = text.trim().replace("&quot;", "\"").replace("&apos;", "'");
    let text = text
        .replace("&#34;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_read_in_every_way_it_is_written() {
        for packet in [
            "<d Iptc4xmpExt:DigitalSourceType=\"a/b\"/>",
            "<d x:DigitalSourceType = 'a/b' />",
            "<x:DigitalSourceType>a/b</x:DigitalSourceType>",
            "<x:DigitalSourceType rdf:resource=\"a/b\"/>",
            "<x:DigitalSourceType>\n<rdf:Alt><rdf:li xml:lang='x'>a/b</rdf:li></rdf:Alt>",
        ] {
            let found: Vec<String> = values(packet, "DigitalSourceType").collect();
            assert_eq!(found, ["a/b"], "{packet}");
        }
        for packet in [
            "<x:DigitalSourceTypes>a/b</x:DigitalSourceTypes>",
            "<x:DigitalSourceType/><y>a/b</y>",
            "<x:DigitalSourceType></x:DigitalSourceType><y>a/b</y>",
            "x:DigitalSourceType",
            "x:DigitalSourceType=\"",
            "<x:DigitalSourceType rdf:resource",
        ] {
            let found: Vec<String> = values(packet, "DigitalSourceType").collect();
            assert!(found.iter().all(String::is_empty), "{packet}: {found:?}");
        }
    }
}

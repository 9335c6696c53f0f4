//! The `srcset` attribute.

/// Addresses with their widths in pixels (0: none is said), in order.
pub fn srcset(text: &str) -> Vec<(&str, u32)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace());
        let (address, after) = rest.split_at(end.unwrap_or(rest.len()));
        // a comma at an address's end separates; one within belongs to it
        if let Some(address) = address.strip_suffix(',') {
            found.push((address.trim_end_matches(','), 0));
            rest = after;
            continue;
        }
        let (descriptors, after) = match after.find(',') {
            Some(comma) => (&after[..comma], &after[comma + 1..]),
            None => (after, ""),
        };
        found.push((address, width(descriptors)));
        rest = after;
    }
}

/// Of `800w`; densities are turned into widths that only compare.
fn width(descriptors: &str) -> u32 {
    let mut width = 0;
    for descriptor in descriptors.split_ascii_whitespace() {
        if let Some(pixels) = descriptor.strip_suffix('w') {
            width = pixels.parse().unwrap_or(width);
        }
    }
    width
}

/// The largest: by width, else by density, else the first.
pub fn largest(text: &str) -> Option<(&str, Option<u32>)> {
    let all = srcset(text);
    let widest = all.iter().filter(|(_, width)| *width > 0);
    if let Some((address, width)) = widest.max_by_key(|(_, width)| *width) {
        return Some((address, Some(*width)));
    }
    let dense = text.split(',').filter_map(|part| {
        let mut words = part.split_ascii_whitespace();
        let address = words.next()?;
        let density: f32 = words.next()?.strip_suffix('x')?.parse().ok()?;
        Some((address, density))
    });
    let densest = dense.max_by(|a, b| a.1.total_cmp(&b.1));
    let address = densest.map(|(address, _)| address);
    address.or(all.first().map(|(a, _)| *a)).map(|a| (a, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_is_found() {
        for (text, address, width) in [
            ("a.jpg 320w, b.jpg 1280w, c.jpg 640w", "b.jpg", Some(1280)),
            ("a.jpg, b.jpg 2x", "b.jpg", None),
            ("a.jpg 1x,b.jpg 3x, c.jpg 2x", "b.jpg", None),
            ("only.jpg", "only.jpg", None),
            (
                "  w_1,h_2/a.jpg 10w ,\n w_3,h_4/b.jpg 20w",
                "w_3,h_4/b.jpg",
                Some(20),
            ),
            ("a.jpg 100w 50h, b.jpg 90w", "a.jpg", Some(100)),
            ("a.jpg,, b.jpg 2w", "b.jpg", Some(2)),
        ] {
            assert_eq!(largest(text), Some((address, width)), "{text}");
        }
        assert_eq!(largest(" , "), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z0-9., \twx:/%é-]{0,80}") {
            let _ = largest(&text);
        }
    }
}

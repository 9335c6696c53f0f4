//! Colours that have a name.

/// The same wherever a colour can be chosen.
pub const COLORS: [(&str, &str); 14] = [
    ("red", "#c8322d"),
    ("orange", "#e07b28"),
    ("yellow", "#e8c53a"),
    ("lime", "#9dbf3b"),
    ("green", "#3c8a4a"),
    ("teal", "#2a8c8c"),
    ("sky", "#5fb0e0"),
    ("blue", "#2b5fb8"),
    ("purple", "#7a4bb0"),
    ("pink", "#e08ab0"),
    ("brown", "#7d5535"),
    ("black", "#1a1a1c"),
    ("grey", "#8b8b8f"),
    ("white", "#f4f3f0"),
];

/// The name of a colour, if it has one; `#rrggbb`.
pub fn color_name(hex: &str) -> Option<&'static str> {
    let known = COLORS.iter().find(|(_, known)| *known == hex);
    known.map(|(name, _)| *name)
}

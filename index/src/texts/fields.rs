//! What is searched of an element.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The texts of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Texts<'a> {
    pub title: &'a str,
    pub description: &'a str,
    /// What it shows, in its owner's words.
    pub alt: &'a str,
    pub file_name: &'a str,
    /// What is read in the picture.
    pub text: &'a str,
}

/// One of the texts.
pub struct TextField {
    /// For people.
    pub name: &'static str,
    pub weight: f32,
    /// Words that are usual in it. Not what the library's texts really have, by
    /// which ranks would tell of texts that nobody may see.
    pub length: f32,
}

const fn field(name: &'static str, weight: f32, length: f32) -> TextField {
    TextField {
        name,
        weight,
        length,
    }
}

/// In the order of [`Texts::values`].
pub const FIELDS: [TextField; 5] = [
    field("title", 2.0, 6.0),
    field("description", 1.0, 20.0),
    field("alt text", 1.0, 12.0),
    field("file name", 0.8, 4.0),
    field("text", 0.8, 20.0),
];

impl<'a> Texts<'a> {
    pub(super) fn values(&self) -> [&'a str; FIELDS.len()] {
        [
            self.title,
            self.description,
            self.alt,
            self.file_name,
            self.text,
        ]
    }

    /// Tells these texts from others; 0 for none.
    pub(super) fn mark(&self) -> u64 {
        if *self == Texts::default() {
            return 0;
        }
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish().max(1)
    }
}

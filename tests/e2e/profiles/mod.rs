//! Profiles from outside: what accounts show, how they stand to each other,
//! and how they leave.

mod leaving;
mod record;
mod ties;

use serde_json::Value;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

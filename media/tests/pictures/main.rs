//! What people rely on when they hand over a file: it is recognised by content, refused
//! with a reason, shown the way it was taken, and served without telling where.

mod broken;
mod fixtures;
mod hostile;
mod limits;
mod looks;
mod privacy;
mod provenance;
mod reading;
mod recognition;
mod variants;

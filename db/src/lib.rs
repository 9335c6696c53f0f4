//! asterism-db

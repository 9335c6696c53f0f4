//! asterism-server

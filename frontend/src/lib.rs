//! asterism-frontend

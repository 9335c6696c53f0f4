//! Tests of the database.

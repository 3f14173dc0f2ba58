//! `generate-credential`.

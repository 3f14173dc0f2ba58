//! `delete-credential`.

//! `delete-app`.

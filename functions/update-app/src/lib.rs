//! `update-app`.

//! `create-app`.

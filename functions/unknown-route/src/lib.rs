//! `unknown-route`.

//! `authorize`.

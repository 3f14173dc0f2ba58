//! `signup`.

//! `browse-catalog`.

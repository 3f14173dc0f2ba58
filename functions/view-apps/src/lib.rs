//! `view-apps`.

//! `view-profile`.

//! `refresh-session`.

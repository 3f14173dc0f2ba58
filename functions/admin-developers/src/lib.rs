//! `admin-developers`.

//! `admin-catalog`.

//! `admin-portal`.

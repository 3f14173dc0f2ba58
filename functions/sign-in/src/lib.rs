//! `sign-in`.

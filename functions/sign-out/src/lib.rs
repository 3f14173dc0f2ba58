//! `sign-out`.

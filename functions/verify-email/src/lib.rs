//! `verify-email`.

//! `forgot-password`.

//! `reset-password`.

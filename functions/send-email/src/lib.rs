//! `send-email`.

//! `cancel-registration`.

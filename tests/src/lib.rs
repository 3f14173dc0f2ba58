//! Test harness.

pub mod contract;

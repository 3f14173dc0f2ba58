//! The HTTP and Lambda side of Portico.

pub mod fields;
pub mod invalid;
pub mod json;
pub mod listing;
pub mod query;

//! Wire shapes that more than one function answers with.

pub mod application;
pub mod strategy;

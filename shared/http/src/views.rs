//! Wire shapes that more than one function answers with.

pub mod strategy;

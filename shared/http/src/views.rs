//! Wire shapes that more than one function answers with.

pub mod admin_developer;
pub mod admin_portal;
pub mod application;
pub mod credential;
pub mod profile;
pub mod registration;
pub mod strategy;

//! Wire shapes that more than one function answers with.

pub mod admin_application;
pub mod admin_developer;
pub mod admin_developer_details;
pub mod admin_portal;
pub mod admin_registration;
pub mod admin_registration_details;
pub mod admin_strategy;
pub mod admin_team;
pub mod api;
pub mod application;
pub mod credential;
pub mod customization;
pub mod document;
pub mod group_mapping;
pub mod identity_provider;
pub mod implementation;
pub mod profile;
pub mod publication;
pub mod registration;
pub mod session;
pub mod specification;
pub mod strategy;
pub mod team;
pub mod version;

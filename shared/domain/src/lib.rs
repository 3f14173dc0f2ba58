//! Portico's domain: entities, value types, rules, decisions, errors and events.
//!
//! Nothing in here knows HTTP, AWS, a clock, randomness or the environment: times and random bytes are arguments.

pub mod admin;
pub mod api;
pub mod api_key;
pub mod application;
pub mod application_edit;
pub mod approval;
pub mod arrived;
pub mod authorization;
mod base62;
pub mod colour;
pub mod credential;
pub mod customization;
pub mod developer;
pub mod digest;
pub mod document;
pub mod email;
pub mod event;
pub mod gateway;
pub mod id;
pub mod image;
pub mod issued_token;
pub mod job;
mod keyed_hash;
pub mod limits;
pub mod mail_failure;
pub mod mail_token;
pub mod notice;
pub mod password;
pub mod portal;
pub mod portal_edit;
mod presented_key;
pub mod publication;
pub mod reader;
pub mod refresh_token;
pub mod registration;
pub mod server_origin;
pub mod session;
pub mod slug;
pub mod specification;
pub mod status;
pub mod strategy;
pub mod team;
pub mod text;
pub mod throttle;
pub mod time;

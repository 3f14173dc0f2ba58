//! Portico's domain: entities, value types, rules, decisions, errors and events.
//!
//! Nothing in here knows HTTP, AWS, a clock, randomness or the environment: times and random bytes are arguments.

pub mod admin;
pub mod api;
pub mod application;
pub mod credential;
pub mod developer;
pub mod event;
pub mod gateway;
pub mod id;
pub mod job;
pub mod limits;
pub mod portal;
pub mod publication;
pub mod registration;
pub mod session;
pub mod status;
pub mod strategy;
pub mod time;

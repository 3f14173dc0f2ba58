//! The harness of the black-box tests: a whole portal on its own table with a clock of its own, actors who call it over HTTP
//! events, and a strict client that holds every reply against the contract.

pub mod account;
pub mod bucket;
pub mod bus;
pub mod caller;
pub mod client;
pub mod clock;
pub mod contract;
pub mod crashes;
pub mod deployed;
pub mod entropy;
pub mod identity;
pub mod journey;
pub mod kept;
pub mod lambda_service;
pub mod logs;
pub mod lying_provider;
pub mod mails;
pub mod management;
pub mod openapi;
pub mod pages;
pub mod parameter_store;
pub mod portal;
pub mod roles;
pub mod samples;
pub mod seed;
pub mod seed_access;
pub mod seed_applications;
pub mod seed_catalog;
pub mod sign_on;
pub mod steps;
pub mod stream;
pub mod teams;
pub mod template;

pub use caller::ApiCall;
pub use client::{Client, Reply};
pub use portal::TestPortal;

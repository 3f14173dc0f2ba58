//! The HTTP and Lambda side: who is calling, parsing, problems, cookies, paging and configuration.
//!
//! A request goes through [`edge`], which refuses what the request alone shows to be wrong, to a function's handler, which makes
//! five moves: who ([`who`]), parse ([`fields`], [`listing`]), decide (the domain), store, render ([`response`], [`problem`]).

pub mod access;
pub mod account;
pub mod admin_session;
mod application_removal;
pub mod approval;
pub mod cached;
pub mod catalog_search;
pub mod clock;
pub mod config;
pub mod cookies;
pub mod decisions;
mod developer_removal;
pub mod edge;
pub mod failed_sign_ins;
pub mod fields;
pub mod forms;
pub mod idempotency;
pub mod invalid;
pub mod json;
pub mod lambda;
pub mod links_seen;
pub mod listing;
pub mod local_path;
mod mail_outcome;
pub mod managed_api;
pub mod named_api;
mod own_application;
mod own_credential;
pub mod ownership;
pub mod passwords;
pub mod plain_page;
mod portal;
pub mod portal_images;
pub mod problem;
pub mod query;
pub mod registered_apis;
pub mod registering;
pub mod reply_body;
mod request;
pub mod response;
mod role_removal;
pub mod routes;
pub mod searchable;
pub mod session_tokens;
pub mod sign_on;
pub mod views;
mod watch;
pub mod who;

pub use lambda::StartError;
pub use portal::Portal;
pub use problem::{Kind, Problem};
pub use request::Request;

/// An answer. More than one `Set-Cookie` line is kept apart.
pub type Response = http::Response<bytes::Bytes>;

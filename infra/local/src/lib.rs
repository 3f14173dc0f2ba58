//! Portico on a laptop: every function in one process over an embedded table.

pub mod admin_tokens;
pub mod apis;
pub mod bus;
pub mod bus_commands;
pub mod cli;
pub mod connector;
pub mod data;
mod endpoint;
pub mod engine;
pub mod faults;
pub mod functions;
pub mod gateway;
pub mod in_process;
pub mod laptop_routes;
mod lines;
pub mod local;
pub mod outbox;
pub mod post;
pub mod pump;
pub mod recorded;
pub mod runtime;
pub mod server;
pub mod start;
pub mod table;
pub mod table_server;
pub mod watch_router;

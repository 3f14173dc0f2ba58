//! Portico on a laptop: every function in one process over an embedded table.

pub mod connector;
pub mod data;
pub mod engine;
pub mod faults;
pub mod functions;
pub mod gateway;
pub mod outbox;
pub mod pump;
pub mod table;

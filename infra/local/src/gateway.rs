//! API Gateway on a laptop: HTTP requests become payload 2.0 events, and the functions' replies become HTTP again.

pub mod event;
mod hops;
pub mod published;
pub mod reply;
pub mod routes;
pub mod upstream;

/// The largest event or reply that Lambda carries, in bytes of JSON.
pub const EVENT_BYTES: usize = 6_291_556;
/// The largest body that API Gateway takes.
pub const BODY_BYTES: usize = 10 * 1024 * 1024;
/// The largest request line and headers together that API Gateway takes.
pub const HEADER_BYTES: usize = 10_240;

#[cfg(test)]
mod tests;

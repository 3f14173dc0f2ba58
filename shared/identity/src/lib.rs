//! Identity providers: what they say of themselves, their keys, and whether a token is theirs.
//!
//! A provider is asked over HTTPS, never at an address of a private network, never at one that a token names, and never longer or
//! for more than [`fetch`] says. What it answered is kept, and [`providers`] says for how long.

pub mod clients;
pub mod code_flow;
pub mod fetch;
pub mod provider;
pub mod providers;
pub mod reach;
pub mod signatures;
pub mod token;
pub mod trial;

pub use provider::Provider;
pub use providers::{Providers, Unavailable};
pub use reach::Reach;

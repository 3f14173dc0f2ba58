//! What leaves Portico: mails by SES, events by EventBridge. The only crate that knows either.

pub mod bus;
pub mod mail;

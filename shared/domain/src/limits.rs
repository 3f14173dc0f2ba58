//! The bounds of sets, in one place for the rule, the page and the OpenAPI document.

/// Applications that one developer can own.
pub const APPLICATIONS_PER_DEVELOPER: u32 = 500;
/// API keys of one application.
pub const KEYS_PER_APPLICATION: u32 = 20;
/// Registrations of one application.
pub const REGISTRATIONS_PER_APPLICATION: u32 = 200;
/// How often a lost race is decided again before the answer is "busy".
pub const TRIES: u32 = 8;
/// Labels of one thing.
pub const LABELS: usize = 50;

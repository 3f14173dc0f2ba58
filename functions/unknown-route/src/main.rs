//! Lambda entry point. The behaviour is in `lib.rs`, which the local portal serves too.
fn main() {}

//! The portal in a real browser: Chromium, driven through chromedriver, against the local portal on a socket. `make browser-test` has
//! both at hand and runs this; it is not among what `cargo test` runs.

mod canary;
mod chromedriver;
mod scene;
mod webdriver;
mod window;

mod headers;

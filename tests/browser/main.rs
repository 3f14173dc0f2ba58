//! The portal in a real browser: Chromium, driven through chromedriver, against the local portal on a socket. `make browser-test` has
//! both at hand and runs this; it is not among what `cargo test` runs.

mod axe;
mod canary;
mod chromedriver;
mod corpus;
mod elsewhere;
mod hands;
mod pictures;
mod places;
mod program;
mod scene;
mod webdriver;
mod window;
mod world;

mod administration;
mod clients;
mod cross_site;
mod every_page;
mod headers;
mod journey;
mod keyboard;
mod keycloak;
mod ownership;
mod payloads;
mod reference;
mod scanners;
mod searching;
mod sessions;
mod well_known;
mod without_scripts;

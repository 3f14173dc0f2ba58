//! All black-box tests in one binary, a module for each topic.

mod admin_portal;
mod contract;
mod create_app;
mod template;

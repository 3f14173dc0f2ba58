//! All black-box tests in one binary, a module for each topic.

mod admin_portal;
mod authorize;
mod cancel_registration;
mod contract;
mod create_app;
mod delete_app;
mod delete_credential;
mod forgot_password;
mod gates;
mod generate_credential;
mod jwt_zoo;
mod refresh_session;
mod register;
mod rename_credential;
mod reset_password;
mod sessions;
mod sign_in;
mod sign_out;
mod signup;
mod template;
mod throttling;
mod update_app;
mod verify_email;
mod view_apps;
mod view_profile;

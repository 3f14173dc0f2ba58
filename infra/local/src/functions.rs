//! Every function that answers HTTP, by name: what Lambda runs as processes of their own runs here in one.

use std::pin::Pin;

use portico_http::{Portal, Problem, Request, Response};

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send + 'a>>;

/// A function's handler.
pub type Handler = for<'a> fn(&'a Portal, Request) -> Answering<'a>;

macro_rules! functions {
    ($($name:literal => $krate:ident,)+) => {
        /// Every function that answers HTTP, in the order of the alphabet.
        pub const FUNCTIONS: &[(&str, Handler)] = &[$(($name, |portal, request| Box::pin($krate::handle(portal, request))),)+];
    };
}

functions! {
    "admin-applications" => admin_applications,
    "admin-auth-strategies" => admin_auth_strategies,
    "admin-catalog" => admin_catalog,
    "admin-developers" => admin_developers,
    "admin-documents" => admin_documents,
    "admin-identity" => admin_identity,
    "admin-portal" => admin_portal,
    "admin-session" => admin_session,
    "admin-teams" => admin_teams,
    "browse-catalog" => browse_catalog,
    "cancel-registration" => cancel_registration,
    "change-password" => change_password,
    "create-app" => create_app,
    "delete-app" => delete_app,
    "delete-credential" => delete_credential,
    "describe-portal" => describe_portal,
    "end-session" => end_session,
    "finish-sso" => finish_sso,
    "forgot-password" => forgot_password,
    "generate-credential" => generate_credential,
    "pages" => pages,
    "refresh-session" => refresh_session,
    "register" => register,
    "rename-credential" => rename_credential,
    "reset-password" => reset_password,
    "search-catalog" => search_catalog,
    "sign-in" => sign_in,
    "sign-out" => sign_out,
    "signup" => signup,
    "start-sso" => start_sso,
    "unknown-route" => unknown_route,
    "update-app" => update_app,
    "update-profile" => update_profile,
    "verify-email" => verify_email,
    "view-apps" => view_apps,
    "view-profile" => view_profile,
}

/// The handler of a function.
pub fn handler(function: &str) -> Option<Handler> {
    FUNCTIONS.iter().find(|(name, _)| *name == function).map(|(_, handler)| *handler)
}

//! The pages, and what they are made of.

use super::Caller::Page;
use super::Takes::Nothing;
use super::{Route, route};

/// The routes of people with a browser.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    // Pages. Mail scanners ask for the head of what a mail links to (B5)
    route("show-welcome", "pages", "GET", "/", Page, Nothing, false),
    route("show-catalog", "pages", "GET", "/apis", Page, Nothing, false),
    route("show-search", "pages", "GET", "/search", Page, Nothing, false),
    route("show-api", "pages", "GET", "/apis/{apiIdOrSlug}", Page, Nothing, false),
    route("show-document", "pages", "GET", "/apis/{apiIdOrSlug}/docs/{documentIdOrSlug}", Page, Nothing, false),
    route("show-reference", "pages", "GET", "/apis/{apiIdOrSlug}/reference", Page, Nothing, false),
    route("show-register-api", "pages", "GET", "/apis/{apiIdOrSlug}/register", Page, Nothing, false),
    route("show-sign-up", "pages", "GET", "/register", Page, Nothing, false),
    route("show-sign-up-sent", "pages", "GET", "/register/sent", Page, Nothing, false),
    route("show-sign-in", "pages", "GET", "/login", Page, Nothing, false),
    route("begin-sign-on", "start-sso", "GET", "/login/sso", Page, Nothing, false),
    route("finish-sign-on", "finish-sso", "GET", "/login/sso/callback", Page, Nothing, false),
    route("show-forgot-password", "pages", "GET", "/forgot-password", Page, Nothing, false),
    route("show-forgot-password-sent", "pages", "GET", "/forgot-password/sent", Page, Nothing, false),
    route("show-reset-password", "pages", "GET", "/reset-password", Page, Nothing, false),
    route("show-waiting", "pages", "GET", "/waiting", Page, Nothing, false),
    route("show-apps", "pages", "GET", "/apps", Page, Nothing, false),
    route("show-new-app", "pages", "GET", "/apps/new", Page, Nothing, false),
    route("show-app", "pages", "GET", "/apps/{applicationId}", Page, Nothing, false),
    route("show-edit-app", "pages", "GET", "/apps/{applicationId}/edit", Page, Nothing, false),
    route("show-profile", "pages", "GET", "/profile", Page, Nothing, false),
    route("show-admin-login", "pages", "GET", "/admin/login", Page, Nothing, false),
    route("show-admin-approvals", "pages", "GET", "/admin", Page, Nothing, false),
    route("show-admin-developers", "pages", "GET", "/admin/developers", Page, Nothing, false),
    route("show-admin-developer", "pages", "GET", "/admin/developers/{developerId}", Page, Nothing, false),
    route("show-admin-teams", "pages", "GET", "/admin/teams", Page, Nothing, false),
    route("show-admin-new-team", "pages", "GET", "/admin/teams/new", Page, Nothing, false),
    route("show-admin-team", "pages", "GET", "/admin/teams/{teamId}", Page, Nothing, false),
    route("show-admin-applications", "pages", "GET", "/admin/applications", Page, Nothing, false),
    route("show-admin-application", "pages", "GET", "/admin/applications/{applicationId}", Page, Nothing, false),
    route("show-admin-apis", "pages", "GET", "/admin/apis", Page, Nothing, false),
    route("show-admin-new-api", "pages", "GET", "/admin/apis/new", Page, Nothing, false),
    route("show-admin-api", "pages", "GET", "/admin/apis/{apiId}", Page, Nothing, false),
    route("show-admin-auth-strategies", "pages", "GET", "/admin/auth-strategies", Page, Nothing, false),
    route("show-admin-new-auth-strategy", "pages", "GET", "/admin/auth-strategies/new", Page, Nothing, false),
    route("show-admin-auth-strategy", "pages", "GET", "/admin/auth-strategies/{authStrategyId}", Page, Nothing, false),
    route("show-admin-sign-in", "pages", "GET", "/admin/sign-in", Page, Nothing, false),
    route("show-admin-settings", "pages", "GET", "/admin/settings", Page, Nothing, false),
    route("show-admin-explain", "pages", "GET", "/admin/explain", Page, Nothing, false),
    route("show-asset", "pages", "GET", "/assets/{file}", Page, Nothing, false),
    route("head-sign-in", "pages", "HEAD", "/login", Page, Nothing, false),
    route("head-reset-password", "pages", "HEAD", "/reset-password", Page, Nothing, false),
];

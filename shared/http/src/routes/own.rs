//! Portico's own routes: what the contract's closed objects have no room for.

use super::Caller::{Administrator, Anyone, Developer};
use super::Takes::{Json, Nothing};
use super::{Route, route};

/// The routes under `/api/portico/v1` and `/portico/v1`.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    // Our own: a developer's own account
    route("list-sessions", "view-profile", "GET", "/api/portico/v1/developer/sessions", Developer, Nothing, true),
    route("end-session", "end-session", "DELETE", "/api/portico/v1/developer/sessions/{sessionId}", Developer, Nothing, false),
    route("change-password", "change-password", "POST", "/api/portico/v1/developer/change-password", Developer, Json, true),
    route("update-profile", "update-profile", "PATCH", "/api/portico/v1/developer", Developer, Json, true),
    // Our own: what describes everything here
    route("get-openapi-document", "describe-portal", "GET", "/api/portico/v1/openapi.json", Anyone, Nothing, false),
    // Our own: administrators in a browser
    route("create-admin-session", "admin-session", "POST", "/portico/v1/session", Anyone, Json, true),
    route("delete-admin-session", "admin-session", "DELETE", "/portico/v1/session", Anyone, Nothing, false),
    // Our own: what the contract's closed objects have no room for
    route("get-try-it-servers", "admin-portal", "GET", "/portico/v1/portals/{portalId}/try-it-servers", Administrator, Nothing, false),
    route("replace-try-it-servers", "admin-portal", "PUT", "/portico/v1/portals/{portalId}/try-it-servers", Administrator, Json, true),
    route("list-developer-details", "admin-developers", "GET", "/portico/v1/portals/{portalId}/developers", Administrator, Nothing, true),
    route("get-developer-details", "admin-developers", "GET", "/portico/v1/portals/{portalId}/developers/{developerId}", Administrator, Nothing, false),
    route("decide-developer", "admin-developers", "PATCH", "/portico/v1/portals/{portalId}/developers/{developerId}", Administrator, Json, true),
    route("get-registration-details", "admin-applications", "GET", "/portico/v1/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", Administrator, Nothing, false),
    route("decide-registration", "admin-applications", "PATCH", "/portico/v1/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", Administrator, Json, true),
    route("explain-access", "admin-applications", "GET", "/portico/v1/portals/{portalId}/access", Administrator, Nothing, true),
    route("get-trusted-domains", "admin-identity", "GET", "/portico/v1/portals/{portalId}/identity-providers/{id}/trusted-domains", Administrator, Nothing, false),
    route("replace-trusted-domains", "admin-identity", "PUT", "/portico/v1/portals/{portalId}/identity-providers/{id}/trusted-domains", Administrator, Json, true),
    route("test-identity-provider", "admin-identity", "POST", "/portico/v1/portals/{portalId}/identity-providers/{id}/test", Administrator, Nothing, false),
];

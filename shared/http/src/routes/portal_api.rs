//! Portal API v3: what developers and visitors call.

use super::Caller::{Anyone, Developer, Visitor};
use super::Takes::{Json, Nothing};
use super::{Route, route};

/// The routes under `/api/v3`.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    // Portal API v3: writes, one function each
    route("register", "signup", "POST", "/api/v3/developer", Anyone, Json, true),
    route("verify-email", "verify-email", "POST", "/api/v3/developer/verify-email", Anyone, Json, true),
    route("forgot-password", "forgot-password", "POST", "/api/v3/developer/forgot-password", Anyone, Json, true),
    route("reset-password", "reset-password", "POST", "/api/v3/developer/reset-password", Anyone, Json, true),
    route("authenticate", "sign-in", "POST", "/api/v3/developer/authenticate", Anyone, Json, true),
    route("authenticate-sso", "start-sso", "GET", "/api/v3/developer/authenticate/sso", Anyone, Nothing, true),
    route("refresh", "refresh-session", "POST", "/api/v3/developer/refresh", Anyone, Nothing, false),
    route("logout", "sign-out", "POST", "/api/v3/developer/logout", Anyone, Nothing, false),
    route("create-application", "create-app", "POST", "/api/v3/applications", Developer, Json, true),
    route("update-application", "update-app", "PATCH", "/api/v3/applications/{applicationId}", Developer, Json, true),
    route("delete-application", "delete-app", "DELETE", "/api/v3/applications/{applicationId}", Developer, Nothing, true),
    route("create-application-registration", "register", "POST", "/api/v3/applications/{applicationId}/registrations", Developer, Json, true),
    route("delete-application-registration", "cancel-registration", "DELETE", "/api/v3/applications/{applicationId}/registrations/{registrationId}", Developer, Nothing, false),
    route("create-credential", "generate-credential", "POST", "/api/v3/applications/{applicationId}/credentials", Developer, Json, true),
    route("update-credential", "rename-credential", "PUT", "/api/v3/applications/{applicationId}/credentials/{credentialId}", Developer, Json, true),
    route("delete-credential", "delete-credential", "DELETE", "/api/v3/applications/{applicationId}/credentials/{credentialId}", Developer, Nothing, true),
    // Portal API v3: reads
    route("list-applications", "view-apps", "GET", "/api/v3/applications", Developer, Nothing, true),
    route("get-application", "view-apps", "GET", "/api/v3/applications/{applicationId}", Developer, Nothing, true),
    route("list-credentials", "view-apps", "GET", "/api/v3/applications/{applicationId}/credentials", Developer, Nothing, true),
    route("list-application-registrations", "view-apps", "GET", "/api/v3/applications/{applicationId}/registrations", Developer, Nothing, true),
    route("get-application-registration", "view-apps", "GET", "/api/v3/applications/{applicationId}/registrations/{registrationId}", Developer, Nothing, false),
    route("get-api-applications", "view-apps", "GET", "/api/v3/apis/{apiIdOrSlug}/applications", Developer, Nothing, true),
    route("get-developer-me", "view-profile", "GET", "/api/v3/developer/me", Developer, Nothing, false),
    route("get-developer-teams", "view-profile", "GET", "/api/v3/developer/teams", Developer, Nothing, false),
    route("get-developer-team", "view-profile", "GET", "/api/v3/developer/teams/{teamId}", Developer, Nothing, false),
    route("get-developer-team-developers", "view-profile", "GET", "/api/v3/developer/teams/{teamId}/developers", Developer, Nothing, false),
    route("get-portal-context", "browse-catalog", "GET", "/api/v3/portal", Anyone, Nothing, false),
    route("list-apis", "browse-catalog", "GET", "/api/v3/apis", Visitor, Nothing, true),
    route("fetch-api", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}", Visitor, Nothing, true),
    route("get-api-actions", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/actions", Visitor, Nothing, false),
    route("list-api-version-specs", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/versions", Visitor, Nothing, true),
    route("fetch-api-version-spec", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/versions/{versionId}", Visitor, Nothing, false),
    route("fetch-api-version-spec-raw", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/versions/{versionId}/raw", Visitor, Nothing, false),
    route("list-api-specs", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/specifications", Visitor, Nothing, true),
    route("fetch-api-spec", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/specifications/{specId}", Visitor, Nothing, false),
    route("fetch-api-spec-raw", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/specifications/{specId}/raw", Visitor, Nothing, false),
    route("list-api-documents", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/documents", Visitor, Nothing, true),
    route("fetch-api-document", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/documents/{documentIdOrSlug}", Visitor, Nothing, true),
    route("get-paginated-api-attributes", "browse-catalog", "GET", "/api/v3/api-attributes", Visitor, Nothing, true),
    route("search-portal", "search-catalog", "GET", "/api/v3/search", Visitor, Nothing, true),
    route("get-portal-customization", "browse-catalog", "GET", "/api/v3/customization", Anyone, Nothing, false),
    route("get-portal-logo", "browse-catalog", "GET", "/api/v3/assets/logo", Anyone, Nothing, false),
    route("get-portal-favicon", "browse-catalog", "GET", "/api/v3/assets/favicon", Anyone, Nothing, false),
    route("list-application-auth-strategies", "browse-catalog", "GET", "/api/v3/application-auth-strategies", Developer, Nothing, true),
];

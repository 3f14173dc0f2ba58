//! Portal Management v3: what administrators call about one portal.

use super::Caller::Administrator;
use super::Takes::{Image, Json, Nothing};
use super::{Route, route};

/// The routes under `/v3/portals`, and the roles that teams can have.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route("list-portals", "admin-portal", "GET", "/v3/portals", Administrator, Nothing, true),
    route("get-portal", "admin-portal", "GET", "/v3/portals/{portalId}", Administrator, Nothing, false),
    route("update-portal", "admin-portal", "PATCH", "/v3/portals/{portalId}", Administrator, Json, true),
    route("get-portal-authentication-settings", "admin-portal", "GET", "/v3/portals/{portalId}/authentication-settings", Administrator, Nothing, false),
    route("update-portal-authentication-settings", "admin-portal", "PATCH", "/v3/portals/{portalId}/authentication-settings", Administrator, Json, true),
    route("get-portal-customization", "admin-portal", "GET", "/v3/portals/{portalId}/customization", Administrator, Nothing, false),
    route("replace-portal-customization", "admin-portal", "PUT", "/v3/portals/{portalId}/customization", Administrator, Json, true),
    route("update-portal-customization", "admin-portal", "PATCH", "/v3/portals/{portalId}/customization", Administrator, Json, true),
    route("get-portal-asset-logo", "admin-portal", "GET", "/v3/portals/{portalId}/assets/logo", Administrator, Nothing, false),
    route("replace-portal-asset-logo", "admin-portal", "PUT", "/v3/portals/{portalId}/assets/logo", Administrator, Image, true),
    route("get-portal-asset-logo-raw", "admin-portal", "GET", "/v3/portals/{portalId}/assets/logo/raw", Administrator, Nothing, false),
    route("get-portal-asset-favicon", "admin-portal", "GET", "/v3/portals/{portalId}/assets/favicon", Administrator, Nothing, false),
    route("replace-portal-asset-favicon", "admin-portal", "PUT", "/v3/portals/{portalId}/assets/favicon", Administrator, Image, true),
    route("get-portal-asset-favicon-raw", "admin-portal", "GET", "/v3/portals/{portalId}/assets/favicon/raw", Administrator, Nothing, false),
    route("create-developer", "admin-developers", "POST", "/v3/portals/{portalId}/developers", Administrator, Json, true),
    route("list-portal-developers", "admin-developers", "GET", "/v3/portals/{portalId}/developers", Administrator, Nothing, true),
    route("get-developer", "admin-developers", "GET", "/v3/portals/{portalId}/developers/{developerId}", Administrator, Nothing, false),
    route("update-developer", "admin-developers", "PATCH", "/v3/portals/{portalId}/developers/{developerId}", Administrator, Json, true),
    route("delete-developer", "admin-developers", "DELETE", "/v3/portals/{portalId}/developers/{developerId}", Administrator, Nothing, false),
    route("list-applications", "admin-applications", "GET", "/v3/portals/{portalId}/applications", Administrator, Nothing, true),
    route("get-application", "admin-applications", "GET", "/v3/portals/{portalId}/applications/{applicationId}", Administrator, Nothing, false),
    route("delete-application", "admin-applications", "DELETE", "/v3/portals/{portalId}/applications/{applicationId}", Administrator, Nothing, false),
    route("list-credentials-by-application", "admin-applications", "GET", "/v3/portals/{portalId}/applications/{applicationId}/credentials", Administrator, Nothing, true),
    route("list-registrations", "admin-applications", "GET", "/v3/portals/{portalId}/application-registrations", Administrator, Nothing, true),
    route("list-registrations-by-application", "admin-applications", "GET", "/v3/portals/{portalId}/applications/{applicationId}/registrations", Administrator, Nothing, true),
    route("get-application-registration", "admin-applications", "GET", "/v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", Administrator, Nothing, false),
    route("update-application-registration", "admin-applications", "PATCH", "/v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", Administrator, Json, true),
    route("delete-application-registration", "admin-applications", "DELETE", "/v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", Administrator, Nothing, false),
    route("list-portal-teams", "admin-teams", "GET", "/v3/portals/{portalId}/teams", Administrator, Nothing, false),
    route("create-portal-team", "admin-teams", "POST", "/v3/portals/{portalId}/teams", Administrator, Json, true),
    route("get-portal-team", "admin-teams", "GET", "/v3/portals/{portalId}/teams/{teamId}", Administrator, Nothing, false),
    route("update-portal-team", "admin-teams", "PATCH", "/v3/portals/{portalId}/teams/{teamId}", Administrator, Json, false),
    route("delete-portal-team", "admin-teams", "DELETE", "/v3/portals/{portalId}/teams/{teamId}", Administrator, Nothing, false),
    route("list-portal-team-developers", "admin-teams", "GET", "/v3/portals/{portalId}/teams/{teamId}/developers", Administrator, Nothing, false),
    route("add-developer-to-portal-team", "admin-teams", "POST", "/v3/portals/{portalId}/teams/{teamId}/developers", Administrator, Json, true),
    route("remove-developer-from-portal-team", "admin-teams", "DELETE", "/v3/portals/{portalId}/teams/{teamId}/developers/{developerId}", Administrator, Nothing, false),
    route("list-portal-team-roles", "admin-teams", "GET", "/v3/portals/{portalId}/teams/{teamId}/assigned-roles", Administrator, Nothing, false),
    route("assign-role-to-portal-teams", "admin-teams", "POST", "/v3/portals/{portalId}/teams/{teamId}/assigned-roles", Administrator, Json, true),
    route("remove-role-from-portal-team", "admin-teams", "DELETE", "/v3/portals/{portalId}/teams/{teamId}/assigned-roles/{roleId}", Administrator, Nothing, false),
    route("list-portal-developer-teams", "admin-teams", "GET", "/v3/portals/{portalId}/developers/{developerId}/teams", Administrator, Nothing, false),
    route("list-portal-roles", "admin-teams", "GET", "/v3/portal-roles", Administrator, Nothing, false),
];

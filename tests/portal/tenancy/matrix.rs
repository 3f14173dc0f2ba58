//! The tenancy matrix: what each route answers to each caller about things that are ada's, or of her portal. Checked in; a route
//! without a row fails.

/// Who calls, in the order of the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Ada, whose things they are.
    Owner,
    /// Another approved developer of the same portal.
    Eve,
    /// A member of the team that owns the application, where roles count: in a scene of its own ([`Who::OF_TEAM`]).
    Teammate,
    /// Somebody who was a member, in that scene.
    Former,
    /// An approved developer without a team, and so without a role, in that scene.
    WithoutRole,
    /// Ada's session, but signed for another portal.
    Elsewhere,
    /// A developer whom nobody has approved, with a session that should not be.
    Pending,
    /// A developer who was revoked, with the session from before.
    Revoked,
    /// Nobody.
    Anonymous,
    /// An administrator's token.
    Admin,
    /// An administrator's token for another portal.
    OtherAdmin,
}

impl Who {
    /// Everybody; those who may do most come last.
    pub(crate) const ALL: [Self; 11] = [
        Self::Owner,
        Self::Eve,
        Self::Teammate,
        Self::Former,
        Self::WithoutRole,
        Self::Elsewhere,
        Self::Pending,
        Self::Revoked,
        Self::Anonymous,
        Self::Admin,
        Self::OtherAdmin,
    ];

    /// Those who call where the application is a team's and private APIs take a role.
    pub(crate) const OF_TEAM: [Self; 3] = [Self::Teammate, Self::Former, Self::WithoutRole];
}

/// The statuses of a row.
pub(crate) type Cells = [u16; 11];

/// The same for everybody: nobody is asked who they are.
const fn anyone(status: u16) -> Cells {
    [status; 11]
}

/// Developers only, each about their own things.
const fn each(status: u16) -> Cells {
    [status, status, status, status, status, 401, 401, 401, 401, 401, 401]
}

/// The owner only; to another developer it is not there. What is a team's is its members', as long as they are members.
const fn own(status: u16) -> Cells {
    [status, 404, status, 404, 404, 401, 401, 401, 401, 401, 401]
}

/// The owner only, and no team's.
const fn private(status: u16) -> Cells {
    [status, 404, 404, 404, 404, 401, 401, 401, 401, 401, 401]
}

/// Developers only, about an API that those without a role for it do not see where roles count.
const fn each_who_sees(status: u16) -> Cells {
    [status, status, status, 404, 404, 401, 401, 401, 401, 401, 401]
}

/// Everybody, but a session that is not in force is no silent visit.
const fn visitors(status: u16, anonymous: u16) -> Cells {
    [status, status, status, status, status, 401, 401, 401, anonymous, anonymous, anonymous]
}

/// The same of a private API: those without a role for it do not see it where roles count.
const fn readers(status: u16, anonymous: u16) -> Cells {
    [status, status, status, 404, 404, 401, 401, 401, anonymous, anonymous, anonymous]
}

/// Administrators only: of all portals, and of another one.
const fn admins(admin: u16, other_admin: u16) -> Cells {
    [401, 401, 401, 401, 401, 401, 401, 401, 401, admin, other_admin]
}

/// Route key, and what each of [`Who::ALL`] is answered.
#[rustfmt::skip]
pub(crate) const MATRIX: &[(&str, Cells)] = &[
    // Sign-up and sessions: the same to everybody, with a wrong token, a wrong password, no refresh cookie
    ("POST /api/v3/developer", anyone(201)),
    ("POST /api/v3/developer/verify-email", anyone(404)),
    ("POST /api/v3/developer/forgot-password", anyone(200)),
    ("POST /api/v3/developer/reset-password", anyone(404)),
    ("POST /api/v3/developer/authenticate", anyone(401)),
    ("POST /api/v3/developer/refresh", anyone(401)),
    ("POST /api/v3/developer/logout", anyone(204)),
    // No provider is enabled, and nobody began anything
    ("GET /api/v3/developer/authenticate/sso", anyone(400)),
    ("GET /login/sso", anyone(400)),
    ("GET /login/sso/callback", anyone(400)),
    // A developer's own things
    ("POST /api/v3/applications", each(201)),
    ("PATCH /api/v3/applications/{applicationId}", own(200)),
    ("DELETE /api/v3/applications/{applicationId}", own(204)),
    ("POST /api/v3/applications/{applicationId}/registrations", own(201)),
    ("DELETE /api/v3/applications/{applicationId}/registrations/{registrationId}", own(204)),
    ("POST /api/v3/applications/{applicationId}/credentials", own(201)),
    ("PUT /api/v3/applications/{applicationId}/credentials/{credentialId}", own(200)),
    ("DELETE /api/v3/applications/{applicationId}/credentials/{credentialId}", own(204)),
    ("GET /api/v3/applications", each(200)),
    ("GET /api/v3/applications/{applicationId}", own(200)),
    ("GET /api/v3/applications/{applicationId}/credentials", own(200)),
    ("GET /api/v3/applications/{applicationId}/registrations", own(200)),
    ("GET /api/v3/applications/{applicationId}/registrations/{registrationId}", own(200)),
    ("GET /api/v3/apis/{apiIdOrSlug}/applications", each_who_sees(200)),
    ("GET /api/v3/developer/me", each(200)),
    ("GET /api/v3/application-auth-strategies", each(200)),
    ("GET /api/v3/developer/teams", each(200)),
    ("GET /api/v3/developer/teams/{teamId}", own(200)),
    ("GET /api/v3/developer/teams/{teamId}/developers", own(200)),
    // A developer's own account: a wrong current password
    ("GET /api/portico/v1/developer/sessions", each(200)),
    ("DELETE /api/portico/v1/developer/sessions/{sessionId}", private(204)),
    ("POST /api/portico/v1/developer/change-password", each(401)),
    ("PATCH /api/portico/v1/developer", each(200)),
    // The catalog: a private API
    ("GET /api/v3/portal", anyone(200)),
    ("GET /api/v3/customization", anyone(200)),
    ("GET /api/v3/assets/logo", anyone(200)),
    ("GET /api/v3/assets/favicon", anyone(200)),
    ("GET /api/v3/apis", visitors(200, 200)),
    ("GET /api/v3/api-attributes", visitors(200, 200)),
    ("GET /api/v3/search", visitors(200, 200)),
    ("GET /api/v3/apis/{apiIdOrSlug}", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/actions", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/versions", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/versions/{versionId}", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/versions/{versionId}/raw", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/documents", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/documents/{documentIdOrSlug}", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/specifications", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/specifications/{specId}", readers(200, 404)),
    ("GET /api/v3/apis/{apiIdOrSlug}/specifications/{specId}/raw", readers(200, 404)),
    // Administration of a portal
    ("GET /v3/portals", admins(200, 200)),
    ("GET /v3/portals/{portalId}", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}", admins(200, 403)),
    ("GET /v3/portals/{portalId}/authentication-settings", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/authentication-settings", admins(200, 403)),
    ("GET /v3/portals/{portalId}/customization", admins(200, 403)),
    ("PUT /v3/portals/{portalId}/customization", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/customization", admins(200, 403)),
    ("GET /v3/portals/{portalId}/assets/logo", admins(200, 403)),
    ("PUT /v3/portals/{portalId}/assets/logo", admins(200, 403)),
    ("GET /v3/portals/{portalId}/assets/logo/raw", admins(200, 403)),
    ("GET /v3/portals/{portalId}/assets/favicon", admins(200, 403)),
    ("PUT /v3/portals/{portalId}/assets/favicon", admins(200, 403)),
    ("GET /v3/portals/{portalId}/assets/favicon/raw", admins(200, 403)),
    ("POST /v3/portals/{portalId}/developers", admins(201, 403)),
    ("GET /v3/portals/{portalId}/developers", admins(200, 403)),
    ("GET /v3/portals/{portalId}/developers/{developerId}", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/developers/{developerId}", admins(200, 403)),
    ("DELETE /v3/portals/{portalId}/developers/{developerId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/applications", admins(200, 403)),
    ("POST /v3/portals/{portalId}/applications", admins(201, 403)),
    ("GET /v3/applications/{applicationId}", admins(200, 404)),
    ("GET /v3/portals/{portalId}/applications/{applicationId}/developers", admins(200, 403)),
    ("POST /v3/portals/{portalId}/applications/{applicationId}/registrations", admins(201, 403)),
    ("GET /v3/portals/{portalId}/applications/{applicationId}", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/applications/{applicationId}", admins(200, 403)),
    ("DELETE /v3/portals/{portalId}/applications/{applicationId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/applications/{applicationId}/credentials", admins(200, 403)),
    ("GET /v3/portals/{portalId}/application-registrations", admins(200, 403)),
    ("GET /v3/portals/{portalId}/applications/{applicationId}/registrations", admins(200, 403)),
    ("GET /v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", admins(200, 403)),
    ("DELETE /v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/teams", admins(200, 403)),
    ("POST /v3/portals/{portalId}/teams", admins(201, 403)),
    ("GET /v3/portals/{portalId}/teams/{teamId}", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/teams/{teamId}", admins(200, 403)),
    ("DELETE /v3/portals/{portalId}/teams/{teamId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/teams/{teamId}/developers", admins(200, 403)),
    ("POST /v3/portals/{portalId}/teams/{teamId}/developers", admins(201, 403)),
    ("DELETE /v3/portals/{portalId}/teams/{teamId}/developers/{developerId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/teams/{teamId}/assigned-roles", admins(200, 403)),
    ("POST /v3/portals/{portalId}/teams/{teamId}/assigned-roles", admins(201, 403)),
    ("DELETE /v3/portals/{portalId}/teams/{teamId}/assigned-roles/{roleId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/developers/{developerId}/teams", admins(200, 403)),
    // The roles are the same in every portal
    ("GET /v3/portal-roles", admins(200, 200)),
    // Our own routes. A session is begun with a token in the body, and ended by whoever has it
    ("GET /v3/portals/{portalId}/identity-providers", admins(200, 403)),
    ("POST /v3/portals/{portalId}/identity-providers", admins(201, 403)),
    ("GET /v3/portals/{portalId}/identity-providers/{id}", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/identity-providers/{id}", admins(200, 403)),
    ("DELETE /v3/portals/{portalId}/identity-providers/{id}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/identity-providers/{id}/team-group-mappings", admins(200, 403)),
    ("POST /v3/portals/{portalId}/identity-providers/{id}/team-group-mappings", admins(201, 403)),
    ("GET /v3/portals/{portalId}/identity-providers/{id}/team-group-mappings/{mappingId}", admins(200, 403)),
    ("DELETE /v3/portals/{portalId}/identity-providers/{id}/team-group-mappings/{mappingId}", admins(204, 403)),
    ("GET /v3/portals/{portalId}/identity-provider/team-group-mappings", admins(200, 403)),
    ("PATCH /v3/portals/{portalId}/identity-provider/team-group-mappings", admins(200, 403)),
    ("POST /portico/v1/session", anyone(401)),
    ("DELETE /portico/v1/session", anyone(204)),
    ("GET /portico/v1/portals/{portalId}/access", admins(400, 403)),
    ("GET /portico/v1/portals/{portalId}/try-it-servers", admins(200, 403)),
    ("PUT /portico/v1/portals/{portalId}/try-it-servers", admins(200, 403)),
    ("GET /portico/v1/portals/{portalId}/identity-providers/{id}/trusted-domains", admins(200, 403)),
    ("PUT /portico/v1/portals/{portalId}/identity-providers/{id}/trusted-domains", admins(200, 403)),
    ("POST /portico/v1/portals/{portalId}/identity-providers/{id}/test", admins(200, 403)),
    ("GET /portico/v1/portals/{portalId}/developers", admins(200, 403)),
    ("GET /portico/v1/portals/{portalId}/developers/{developerId}", admins(200, 403)),
    ("PATCH /portico/v1/portals/{portalId}/developers/{developerId}", admins(200, 403)),
    ("GET /portico/v1/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", admins(200, 403)),
    ("PATCH /portico/v1/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}", admins(200, 403)),
    // APIs belong to no portal: every administrator reads them, and changes those that no foreign portal publishes
    ("POST /v3/apis", admins(201, 201)),
    ("GET /v3/apis", admins(200, 200)),
    ("GET /v3/apis/{apiId}", admins(200, 200)),
    ("PATCH /v3/apis/{apiId}", admins(200, 403)),
    ("DELETE /v3/apis/{apiId}", admins(204, 403)),
    ("POST /v3/apis/{apiId}/versions", admins(201, 403)),
    ("GET /v3/apis/{apiId}/versions", admins(200, 200)),
    ("GET /v3/apis/{apiId}/versions/{versionId}", admins(200, 200)),
    ("PATCH /v3/apis/{apiId}/versions/{versionId}", admins(200, 403)),
    ("DELETE /v3/apis/{apiId}/versions/{versionId}", admins(204, 403)),
    ("POST /v3/apis/validate-specification", admins(201, 201)),
    ("POST /v3/apis/{apiId}/specifications", admins(201, 403)),
    ("GET /v3/apis/{apiId}/specifications", admins(200, 200)),
    ("GET /v3/apis/{apiId}/specifications/{specId}", admins(200, 200)),
    ("PATCH /v3/apis/{apiId}/specifications/{specId}", admins(200, 403)),
    ("DELETE /v3/apis/{apiId}/specifications/{specId}", admins(204, 403)),
    ("POST /v3/apis/{apiId}/documents", admins(201, 403)),
    ("GET /v3/apis/{apiId}/documents", admins(200, 200)),
    ("GET /v3/apis/{apiId}/documents/{documentId}", admins(200, 200)),
    ("PATCH /v3/apis/{apiId}/documents/{documentId}", admins(200, 403)),
    ("DELETE /v3/apis/{apiId}/documents/{documentId}", admins(204, 403)),
    ("POST /v3/apis/{apiId}/documents/{documentId}/move", admins(204, 403)),
    ("PUT /v3/apis/{apiId}/publications/{portalId}", admins(200, 403)),
    ("GET /v3/apis/{apiId}/publications/{portalId}", admins(200, 403)),
    ("DELETE /v3/apis/{apiId}/publications/{portalId}", admins(204, 403)),
    ("POST /v3/apis/{apiId}/implementations", admins(201, 403)),
    ("GET /v3/apis/{apiId}/implementations/{implementationId}", admins(200, 200)),
    ("DELETE /v3/apis/{apiId}/implementations/{implementationId}", admins(204, 403)),
    ("GET /v3/api-publications", admins(200, 200)),
    ("GET /v3/portals/{portalId}/api-publications", admins(200, 403)),
    ("GET /v3/apis/{apiId}/operations", admins(200, 200)),
    ("GET /v3/apis/{apiId}/operations/{operationId}", admins(200, 200)),
    ("GET /v3/api-implementations", admins(200, 200)),
    ("GET /v3/api-attributes", admins(200, 200)),
    ("GET /v3/apis/{apiId}/registrations", admins(200, 200)),
    // The document that describes everything here
    ("GET /api/portico/v1/openapi.json", anyone(200)),
    // Auth strategies serve every portal: only a token for all of them changes one
    ("POST /v2/application-auth-strategies", admins(201, 403)),
    ("GET /v2/application-auth-strategies", admins(200, 200)),
    ("GET /v2/application-auth-strategies/{authStrategyId}", admins(200, 200)),
    ("PUT /v2/application-auth-strategies/{authStrategyId}", admins(201, 403)),
    ("PATCH /v2/application-auth-strategies/{authStrategyId}", admins(200, 403)),
    ("DELETE /v2/application-auth-strategies/{authStrategyId}", admins(204, 403)),
    // Pages: a session that is not in force leads to the page that asks for another one
    ("GET /", visitors(200, 200)),
    ("GET /apis", visitors(200, 200)),
    ("GET /search", visitors(200, 200)),
    ("GET /apis/{apiIdOrSlug}", readers(200, 404)),
    ("GET /apis/{apiIdOrSlug}/docs/{documentIdOrSlug}", readers(200, 404)),
    ("GET /apis/{apiIdOrSlug}/reference", readers(200, 404)),
    ("GET /apis/{apiIdOrSlug}/register", readers(200, 303)),
    ("GET /register", visitors(303, 200)),
    ("GET /register/sent", visitors(303, 200)),
    ("GET /login", visitors(303, 200)),
    ("HEAD /login", visitors(303, 200)),
    ("GET /forgot-password", visitors(303, 200)),
    ("GET /forgot-password/sent", visitors(303, 200)),
    ("GET /reset-password", visitors(200, 200)),
    ("HEAD /reset-password", visitors(200, 200)),
    ("GET /waiting", visitors(303, 200)),
    ("GET /apps", visitors(200, 303)),
    ("GET /apps/new", visitors(200, 303)),
    ("GET /apps/{applicationId}", [200, 404, 200, 404, 404, 401, 401, 401, 303, 303, 303]),
    ("GET /apps/{applicationId}/edit", [200, 404, 200, 404, 404, 401, 401, 401, 303, 303, 303]),
    ("GET /profile", visitors(200, 303)),
    // Administrators' pages: whoever has neither token nor session is sent to sign in
    ("GET /admin/login", [200, 200, 200, 200, 200, 200, 200, 200, 200, 303, 200]),
    ("GET /admin", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/developers", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/developers/{developerId}", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/teams", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/teams/new", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/teams/{teamId}", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/applications", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/applications/{applicationId}", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/apis", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/apis/new", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/apis/{apiId}", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/auth-strategies", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/auth-strategies/new", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/auth-strategies/{authStrategyId}", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/sign-in", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/settings", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /admin/explain", [303, 303, 303, 303, 303, 303, 303, 303, 303, 200, 403]),
    ("GET /assets/{file}", anyone(404)),
];

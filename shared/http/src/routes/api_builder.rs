//! API Builder v3 and Application Auth Strategies v2: what administrators call about APIs, wherever they are published.

use super::Caller::Administrator;
use super::Takes::{Json, Nothing, Specification};
use super::{Route, route};

/// The routes under `/v3/apis` and `/v2`.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    // API Builder v3
    route("create-api", "admin-catalog", "POST", "/v3/apis", Administrator, Specification, true),
    route("list-apis", "admin-catalog", "GET", "/v3/apis", Administrator, Nothing, true),
    route("fetch-api", "admin-catalog", "GET", "/v3/apis/{apiId}", Administrator, Nothing, false),
    route("update-api", "admin-catalog", "PATCH", "/v3/apis/{apiId}", Administrator, Json, true),
    route("delete-api", "admin-catalog", "DELETE", "/v3/apis/{apiId}", Administrator, Nothing, false),
    route("create-api-version", "admin-catalog", "POST", "/v3/apis/{apiId}/versions", Administrator, Specification, true),
    route("list-api-versions", "admin-catalog", "GET", "/v3/apis/{apiId}/versions", Administrator, Nothing, false),
    route("fetch-api-version", "admin-catalog", "GET", "/v3/apis/{apiId}/versions/{versionId}", Administrator, Nothing, false),
    route("update-api-version", "admin-catalog", "PATCH", "/v3/apis/{apiId}/versions/{versionId}", Administrator, Specification, true),
    route("delete-api-version", "admin-catalog", "DELETE", "/v3/apis/{apiId}/versions/{versionId}", Administrator, Nothing, false),
    route("validate-specification", "admin-catalog", "POST", "/v3/apis/validate-specification", Administrator, Specification, true),
    route("create-api-spec", "admin-catalog", "POST", "/v3/apis/{apiId}/specifications", Administrator, Specification, true),
    route("list-api-specs", "admin-catalog", "GET", "/v3/apis/{apiId}/specifications", Administrator, Nothing, false),
    route("fetch-api-spec", "admin-catalog", "GET", "/v3/apis/{apiId}/specifications/{specId}", Administrator, Nothing, false),
    route("update-api-spec", "admin-catalog", "PATCH", "/v3/apis/{apiId}/specifications/{specId}", Administrator, Specification, true),
    route("delete-api-spec", "admin-catalog", "DELETE", "/v3/apis/{apiId}/specifications/{specId}", Administrator, Nothing, false),
    route("create-api-document", "admin-documents", "POST", "/v3/apis/{apiId}/documents", Administrator, Specification, true),
    route("list-api-documents", "admin-documents", "GET", "/v3/apis/{apiId}/documents", Administrator, Nothing, true),
    route("fetch-api-document", "admin-documents", "GET", "/v3/apis/{apiId}/documents/{documentId}", Administrator, Nothing, false),
    route("update-api-document", "admin-documents", "PATCH", "/v3/apis/{apiId}/documents/{documentId}", Administrator, Specification, true),
    route("delete-api-document", "admin-documents", "DELETE", "/v3/apis/{apiId}/documents/{documentId}", Administrator, Nothing, false),
    route("move-api-document", "admin-documents", "POST", "/v3/apis/{apiId}/documents/{documentId}/move", Administrator, Json, false),
    route("publish-api-to-portal", "admin-catalog", "PUT", "/v3/apis/{apiId}/publications/{portalId}", Administrator, Json, true),
    route("fetch-publication", "admin-catalog", "GET", "/v3/apis/{apiId}/publications/{portalId}", Administrator, Nothing, false),
    route("delete-publication", "admin-catalog", "DELETE", "/v3/apis/{apiId}/publications/{portalId}", Administrator, Nothing, false),
    route("create-api-implementation", "admin-catalog", "POST", "/v3/apis/{apiId}/implementations", Administrator, Json, true),
    route("fetch-api-implementation", "admin-catalog", "GET", "/v3/apis/{apiId}/implementations/{implementationId}", Administrator, Nothing, false),
    route("delete-api-implementation", "admin-catalog", "DELETE", "/v3/apis/{apiId}/implementations/{implementationId}", Administrator, Nothing, false),
    route("list-api-publications", "admin-catalog", "GET", "/v3/api-publications", Administrator, Nothing, true),
    route("list-portal-api-publications", "admin-catalog", "GET", "/v3/portals/{portalId}/api-publications", Administrator, Nothing, true),
    route("list-api-operations", "admin-catalog", "GET", "/v3/apis/{apiId}/operations", Administrator, Nothing, false),
    route("fetch-api-operation", "admin-catalog", "GET", "/v3/apis/{apiId}/operations/{operationId}", Administrator, Nothing, false),
    route("list-api-implementations", "admin-catalog", "GET", "/v3/api-implementations", Administrator, Nothing, false),
    route("list-api-attributes", "admin-catalog", "GET", "/v3/api-attributes", Administrator, Nothing, false),
    route("list-api-registrations", "admin-catalog", "GET", "/v3/apis/{apiId}/registrations", Administrator, Nothing, false),
    // Application Auth Strategies v2
    route("create-app-auth-strategy", "admin-auth-strategies", "POST", "/v2/application-auth-strategies", Administrator, Json, true),
    route("list-app-auth-strategies", "admin-auth-strategies", "GET", "/v2/application-auth-strategies", Administrator, Nothing, true),
    route("get-app-auth-strategy", "admin-auth-strategies", "GET", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Nothing, false),
    route("replace-app-auth-strategy", "admin-auth-strategies", "PUT", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Json, true),
    route("update-app-auth-strategy", "admin-auth-strategies", "PATCH", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Json, true),
    route("delete-app-auth-strategy", "admin-auth-strategies", "DELETE", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Nothing, false),
];

//! Every route: its operation in the contract, the function that serves it, and what can be checked before that function reads
//! anything. `infra/template.yaml` must agree; a test compares the two.

/// Who may call a route, as far as the request alone can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anyone; a session cookie is not looked at here.
    Anyone,
    /// A developer with a session, or anyone without one.
    Visitor,
    /// A developer with a session.
    Developer,
    /// An administrator's token, or a session of one.
    Administrator,
    /// Somebody with a browser. The page itself decides what it shows to whom, and shows problems as pages too.
    Page,
}

/// What a route takes as a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing; what comes is not looked at.
    Nothing,
    /// A JSON object of at most [`JSON_BYTES`].
    Json,
    /// A JSON object with a specification in it, bounded by the Lambda event alone.
    Specification,
    /// A JSON object with an image in it, or `null`, of at most [`IMAGE_BYTES`].
    Image,
}

impl Takes {
    /// The most bytes of a body, where one is looked at.
    pub const fn most(self) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::Json => Some(JSON_BYTES),
            Self::Specification => Some(EVENT_BYTES),
            Self::Image => Some(IMAGE_BYTES),
        }
    }
}

/// The largest JSON body of an ordinary route.
pub const JSON_BYTES: usize = 64 * 1024;
/// The largest JSON body with an image of 256 KiB in it, in base64 and however its slashes are escaped.
pub const IMAGE_BYTES: usize = 768 * 1024;
/// The largest body that a Lambda event can hold at all.
pub const EVENT_BYTES: usize = 6_291_556;

/// A route.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// Operation id of the contract.
    pub operation: &'static str,
    /// The function that serves it.
    pub function: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with `{parameters}`, as in the route key.
    pub path: &'static str,
    /// Who may call it.
    pub caller: Caller,
    /// What it takes.
    pub takes: Takes,
    /// Whether the contract lists a 400 for it: else a malformed id in the path is a 404.
    pub lists_400: bool,
}

impl Route {
    /// `METHOD /path`, as API Gateway calls it.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The function behind `$default`: it answers what no route does.
pub const UNKNOWN_ROUTE: &Route = &Route {
    operation: "unknown-route",
    function: "unknown-route",
    method: "ANY",
    path: "$default",
    caller: Caller::Anyone,
    takes: Takes::Nothing,
    lists_400: false,
};

/// The routes that answer programs, with JSON: every one that is no page.
pub fn of_the_api() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.caller != Caller::Page)
}

/// The route of a route key such as `GET /api/v3/apis`.
pub fn find(route_key: &str) -> Option<&'static Route> {
    let (method, path) = route_key.split_once(' ')?;
    ROUTES.iter().find(|route| route.method == method && route.path == path)
}

/// A function's route of a method and a path.
pub fn of(function: &str, method: &str, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.function == function && route.method == method && fits(route, path))
}

/// The methods that a path has routes for, in the order of the table.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    let mut methods: Vec<_> = ROUTES.iter().filter(|route| fits(route, path)).map(|route| route.method).collect();
    let mut each_once = Vec::with_capacity(methods.len());
    methods.retain(|method| {
        let first = !each_once.contains(method);
        each_once.push(*method);
        first
    });
    methods
}

/// Whether a path is one of a route: each of its parameters takes one segment that is not empty.
fn fits(route: &Route, path: &str) -> bool {
    let (mut pattern, mut segments) = (route.path.split('/'), path.split('/'));
    loop {
        match (pattern.next(), segments.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) if pattern.starts_with('{') && !segment.is_empty() => {}
            (Some(pattern), Some(segment)) if pattern == segment => {}
            _ => return false,
        }
    }
}

const fn route(
    operation: &'static str,
    function: &'static str,
    method: &'static str,
    path: &'static str,
    caller: Caller,
    takes: Takes,
    lists_400: bool,
) -> Route {
    Route { operation, function, method, path, caller, takes, lists_400 }
}

use Caller::{Administrator, Anyone, Developer, Page, Visitor};
use Takes::{Image, Json, Nothing, Specification};

/// Every route but `$default`.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    // Portal API v3: writes, one function each
    route("register", "signup", "POST", "/api/v3/developer", Anyone, Json, true),
    route("verify-email", "verify-email", "POST", "/api/v3/developer/verify-email", Anyone, Json, true),
    route("forgot-password", "forgot-password", "POST", "/api/v3/developer/forgot-password", Anyone, Json, true),
    route("reset-password", "reset-password", "POST", "/api/v3/developer/reset-password", Anyone, Json, true),
    route("authenticate", "sign-in", "POST", "/api/v3/developer/authenticate", Anyone, Json, true),
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
    route("get-portal-context", "browse-catalog", "GET", "/api/v3/portal", Anyone, Nothing, false),
    route("list-apis", "browse-catalog", "GET", "/api/v3/apis", Visitor, Nothing, true),
    route("fetch-api", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}", Visitor, Nothing, true),
    route("get-api-actions", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/actions", Visitor, Nothing, false),
    route("list-api-version-specs", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/versions", Visitor, Nothing, true),
    route("fetch-api-version-spec", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/versions/{versionId}", Visitor, Nothing, false),
    route("fetch-api-version-spec-raw", "browse-catalog", "GET", "/api/v3/apis/{apiIdOrSlug}/versions/{versionId}/raw", Visitor, Nothing, false),
    route("get-portal-customization", "browse-catalog", "GET", "/api/v3/customization", Anyone, Nothing, false),
    route("get-portal-logo", "browse-catalog", "GET", "/api/v3/assets/logo", Anyone, Nothing, false),
    route("get-portal-favicon", "browse-catalog", "GET", "/api/v3/assets/favicon", Anyone, Nothing, false),
    route("list-application-auth-strategies", "browse-catalog", "GET", "/api/v3/application-auth-strategies", Developer, Nothing, true),
    // Our own: a developer's own account
    route("list-sessions", "view-profile", "GET", "/api/portico/v1/developer/sessions", Developer, Nothing, true),
    route("end-session", "end-session", "DELETE", "/api/portico/v1/developer/sessions/{sessionId}", Developer, Nothing, false),
    route("change-password", "change-password", "POST", "/api/portico/v1/developer/change-password", Developer, Json, true),
    route("update-profile", "update-profile", "PATCH", "/api/portico/v1/developer", Developer, Json, true),
    // Portal Management v3
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
    // Our own: administrators in a browser
    route("create-admin-session", "admin-session", "POST", "/portico/v1/session", Anyone, Json, true),
    route("delete-admin-session", "admin-session", "DELETE", "/portico/v1/session", Anyone, Nothing, false),
    // Our own: what the contract's closed objects have no room for
    route("get-try-it-servers", "admin-portal", "GET", "/portico/v1/portals/{portalId}/try-it-servers", Administrator, Nothing, false),
    route("replace-try-it-servers", "admin-portal", "PUT", "/portico/v1/portals/{portalId}/try-it-servers", Administrator, Json, true),
    route("list-developer-details", "admin-developers", "GET", "/portico/v1/portals/{portalId}/developers", Administrator, Nothing, true),
    route("get-developer-details", "admin-developers", "GET", "/portico/v1/portals/{portalId}/developers/{developerId}", Administrator, Nothing, false),
    // Pages. Mail scanners ask for the head of what a mail links to (B5)
    route("show-welcome", "pages", "GET", "/", Page, Nothing, false),
    route("show-catalog", "pages", "GET", "/apis", Page, Nothing, false),
    route("show-api", "pages", "GET", "/apis/{apiIdOrSlug}", Page, Nothing, false),
    route("show-reference", "pages", "GET", "/apis/{apiIdOrSlug}/reference", Page, Nothing, false),
    route("show-register-api", "pages", "GET", "/apis/{apiIdOrSlug}/register", Page, Nothing, false),
    route("show-sign-up", "pages", "GET", "/register", Page, Nothing, false),
    route("show-sign-up-sent", "pages", "GET", "/register/sent", Page, Nothing, false),
    route("show-sign-in", "pages", "GET", "/login", Page, Nothing, false),
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
    route("show-admin-applications", "pages", "GET", "/admin/applications", Page, Nothing, false),
    route("show-admin-application", "pages", "GET", "/admin/applications/{applicationId}", Page, Nothing, false),
    route("show-admin-apis", "pages", "GET", "/admin/apis", Page, Nothing, false),
    route("show-admin-new-api", "pages", "GET", "/admin/apis/new", Page, Nothing, false),
    route("show-admin-api", "pages", "GET", "/admin/apis/{apiId}", Page, Nothing, false),
    route("show-admin-auth-strategies", "pages", "GET", "/admin/auth-strategies", Page, Nothing, false),
    route("show-admin-new-auth-strategy", "pages", "GET", "/admin/auth-strategies/new", Page, Nothing, false),
    route("show-admin-auth-strategy", "pages", "GET", "/admin/auth-strategies/{authStrategyId}", Page, Nothing, false),
    route("show-admin-settings", "pages", "GET", "/admin/settings", Page, Nothing, false),
    route("show-admin-explain", "pages", "GET", "/admin/explain", Page, Nothing, false),
    route("show-asset", "pages", "GET", "/assets/{file}", Page, Nothing, false),
    route("head-sign-in", "pages", "HEAD", "/login", Page, Nothing, false),
    route("head-reset-password", "pages", "HEAD", "/reset-password", Page, Nothing, false),
    route("explain-access", "admin-applications", "GET", "/portico/v1/portals/{portalId}/access", Administrator, Nothing, true),
    // API Builder v3
    route("create-api", "admin-catalog", "POST", "/v3/apis", Administrator, Specification, true),
    route("list-apis", "admin-catalog", "GET", "/v3/apis", Administrator, Nothing, true),
    route("fetch-api", "admin-catalog", "GET", "/v3/apis/{apiId}", Administrator, Nothing, false),
    route("update-api", "admin-catalog", "PATCH", "/v3/apis/{apiId}", Administrator, Json, true),
    route("delete-api", "admin-catalog", "DELETE", "/v3/apis/{apiId}", Administrator, Nothing, false),
    route("create-api-version", "admin-catalog", "POST", "/v3/apis/{apiId}/versions", Administrator, Specification, true),
    route("list-api-versions", "admin-catalog", "GET", "/v3/apis/{apiId}/versions", Administrator, Nothing, false),
    route("fetch-api-version", "admin-catalog", "GET", "/v3/apis/{apiId}/versions/{versionId}", Administrator, Nothing, false),
    route("publish-api-to-portal", "admin-catalog", "PUT", "/v3/apis/{apiId}/publications/{portalId}", Administrator, Json, true),
    route("fetch-publication", "admin-catalog", "GET", "/v3/apis/{apiId}/publications/{portalId}", Administrator, Nothing, false),
    route("delete-publication", "admin-catalog", "DELETE", "/v3/apis/{apiId}/publications/{portalId}", Administrator, Nothing, false),
    route("create-api-implementation", "admin-catalog", "POST", "/v3/apis/{apiId}/implementations", Administrator, Json, true),
    route("fetch-api-implementation", "admin-catalog", "GET", "/v3/apis/{apiId}/implementations/{implementationId}", Administrator, Nothing, false),
    route("delete-api-implementation", "admin-catalog", "DELETE", "/v3/apis/{apiId}/implementations/{implementationId}", Administrator, Nothing, false),
    // Application Auth Strategies v2
    route("create-app-auth-strategy", "admin-auth-strategies", "POST", "/v2/application-auth-strategies", Administrator, Json, true),
    route("list-app-auth-strategies", "admin-auth-strategies", "GET", "/v2/application-auth-strategies", Administrator, Nothing, true),
    route("get-app-auth-strategy", "admin-auth-strategies", "GET", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Nothing, false),
    route("replace-app-auth-strategy", "admin-auth-strategies", "PUT", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Json, true),
    route("update-app-auth-strategy", "admin-auth-strategies", "PATCH", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Json, true),
    route("delete-app-auth-strategy", "admin-auth-strategies", "DELETE", "/v2/application-auth-strategies/{authStrategyId}", Administrator, Nothing, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_key_is_there_once() {
        let mut keys: Vec<_> = ROUTES.iter().map(Route::key).collect();
        keys.sort();
        keys.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1]));
    }

    #[test]
    fn the_methods_of_a_path_are_known_for_a_405() {
        assert_eq!(methods_of("/api/v3/applications"), ["POST", "GET"]);
        assert_eq!(methods_of("/api/v3/applications/x/credentials/y"), ["PUT", "DELETE"]);
        assert!(methods_of("/api/v3/applications/").is_empty());
        assert!(methods_of("/nothing").is_empty());
    }
}

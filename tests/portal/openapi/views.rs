//! Which view each operation answers with, as its type says (`utoipa::ToSchema`): what of the contract's shapes Portico really sends.

use portico_http::access::Access;
use portico_http::routes::Route;
use portico_http::views::admin_application::AdminApplicationView;
use portico_http::views::admin_developer::AdminDeveloperView;
use portico_http::views::admin_developer_details::AdminDeveloperDetailsView;
use portico_http::views::admin_portal::{AdminPortalView, AuthenticationSettingsView};
use portico_http::views::admin_registration::{AdminRegistrationView, ApiRegistrationView};
use portico_http::views::admin_registration_details::AdminRegistrationDetailsView;
use portico_http::views::admin_strategy::AdminStrategyView;
use portico_http::views::admin_team::{AdminMemberView, AdminTeamView, AssignedRoleView};
use portico_http::views::api::{ApiView, CatalogApiView};
use portico_http::views::application::ApplicationView;
use portico_http::views::credential::{CreatedCredentialView, CredentialView};
use portico_http::views::customization::CustomizationView;
use portico_http::views::document::{
    CatalogDocumentNodeView, CatalogDocumentView, DocumentNodeView, DocumentTreeView, DocumentView,
};
use portico_http::views::group_mapping::{GroupMappingView, TeamGroupsView};
use portico_http::views::identity_provider::IdentityProviderView;
use portico_http::views::implementation::{ImplementationRowView, ImplementationView};
use portico_http::views::profile::ProfileView;
use portico_http::views::publication::{PortalPublicationRowView, PublicationRowView, PublicationView};
use portico_http::views::registration::RegistrationView;
use portico_http::views::session::SessionView;
use portico_http::views::specification::{
    CatalogSpecificationRowView, CatalogSpecificationView, MessagesView, SpecificationRowView, SpecificationView,
};
use portico_http::views::strategy::StrategyView;
use portico_http::views::team::{TeamView, TeammateView};
use portico_http::views::version::{CatalogVersionView, VersionRowView, VersionView};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A schema, and the named ones that it refers to.
pub(crate) struct View {
    pub(crate) schema: Value,
    pub(crate) parts: Map<String, Value>,
}

fn one<T: ToSchema>() -> View {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let json = |schema| serde_json::to_value(schema).expect("a schema is JSON");
    View { schema: json(T::schema()), parts: parts.into_iter().map(|(name, schema)| (name, json(schema))).collect() }
}

fn array<T: ToSchema>() -> View {
    let View { schema, parts } = one::<T>();
    View { schema: json!({ "type": "array", "items": schema }), parts }
}

fn list<T: ToSchema>() -> View {
    let numbers = json!({ "type": "object", "properties": {
        "number": {}, "size": {}, "total": {}, "total_is_at_least": { "type": "boolean" }, "next": { "type": "string" },
    } });
    paged::<T>(&numbers)
}

/// A list that is paged by cursors.
fn cursor_list<T: ToSchema>() -> View {
    paged::<T>(&json!({ "type": "object", "properties": { "first": {}, "next": {}, "previous": {}, "size": {} } }))
}

fn paged<T: ToSchema>(page: &Value) -> View {
    let View { schema, parts } = one::<T>();
    let meta = json!({ "type": "object", "properties": { "page": page } });
    View {
        schema: json!({ "type": "object", "properties": { "meta": meta, "data": { "type": "array", "items": schema } } }),
        parts,
    }
}

/// The view that a route answers with; nothing where its function has a shape of its own, or no JSON.
#[rustfmt::skip]
pub(crate) fn of(route: &Route) -> Option<View> {
    Some(match (route.function, route.operation) {
        ("create-app" | "update-app", _) | ("view-apps", "get-application") => one::<ApplicationView>(),
        ("view-apps", "list-applications") => list::<ApplicationView>(),
        ("register", _) | ("view-apps", "get-application-registration") => one::<RegistrationView>(),
        ("view-apps", "list-application-registrations") => list::<RegistrationView>(),
        ("generate-credential", _) => one::<CreatedCredentialView<'static>>(),
        ("view-apps", "list-credentials") | ("admin-applications", "list-credentials-by-application") => list::<CredentialView>(),
        ("update-profile", _) | ("view-profile", "get-developer-me") => one::<ProfileView>(),
        ("view-profile", "get-developer-teams") => list::<TeamView>(),
        ("view-profile", "get-developer-team") => one::<TeamView>(),
        ("view-profile", "get-developer-team-developers") => list::<TeammateView>(),
        ("view-profile", "list-sessions") => list::<SessionView>(),
        ("browse-catalog", "list-apis") => list::<CatalogApiView>(),
        ("browse-catalog", "fetch-api") => one::<CatalogApiView>(),
        ("browse-catalog", "list-api-version-specs") => list::<CatalogVersionView>(),
        ("browse-catalog", "fetch-api-version-spec") => one::<CatalogVersionView>(),
        ("browse-catalog", "list-api-specs") => list::<CatalogSpecificationRowView>(),
        ("browse-catalog", "fetch-api-spec") => one::<CatalogSpecificationView>(),
        ("browse-catalog", "list-api-documents") => one::<DocumentTreeView<CatalogDocumentNodeView>>(),
        ("browse-catalog", "fetch-api-document") => one::<CatalogDocumentView<String>>(),
        ("browse-catalog", "list-application-auth-strategies") => list::<StrategyView>(),
        (_, "get-portal-customization" | "replace-portal-customization" | "update-portal-customization") => one::<CustomizationView>(),
        ("admin-portal", "list-portals") => list::<AdminPortalView>(),
        ("admin-portal", "get-portal" | "update-portal") => one::<AdminPortalView>(),
        ("admin-identity", "get-portal-authentication-settings" | "update-portal-authentication-settings") => one::<AuthenticationSettingsView>(),
        ("admin-identity", "get-portal-identity-providers") => array::<IdentityProviderView>(),
        ("admin-identity", "create-portal-identity-provider" | "get-portal-identity-provider" | "update-portal-identity-provider") => one::<IdentityProviderView>(),
        ("admin-identity", "list-portal-idp-team-group-mappings") => cursor_list::<GroupMappingView>(),
        ("admin-identity", "create-portal-idp-team-group-mapping" | "get-portal-idp-team-group-mapping") => one::<GroupMappingView>(),
        ("admin-identity", "list-portal-team-group-mappings" | "update-portal-team-group-mappings") => list::<TeamGroupsView>(),
        ("admin-developers", "list-portal-developers") => list::<AdminDeveloperView>(),
        ("admin-developers", "create-developer" | "get-developer" | "update-developer") => one::<AdminDeveloperView>(),
        ("admin-developers", "list-developer-details") => list::<AdminDeveloperDetailsView>(),
        ("admin-developers", "get-developer-details" | "decide-developer") => one::<AdminDeveloperDetailsView>(),
        ("admin-applications", "list-applications") => list::<AdminApplicationView>(),
        ("admin-applications", "create-application" | "get-application" | "get-application-unscoped" | "update-application") => one::<AdminApplicationView>(),
        ("admin-applications", "list-registrations" | "list-registrations-by-application") => list::<AdminRegistrationView>(),
        ("admin-applications", "get-application-registration" | "update-application-registration" | "create-application-registration") => one::<AdminRegistrationView>(),
        ("admin-applications", "get-registration-details" | "decide-registration") => one::<AdminRegistrationDetailsView>(),
        ("admin-applications", "explain-access") => one::<Access>(),
        ("admin-teams", "list-portal-teams" | "list-portal-developer-teams") => list::<AdminTeamView>(),
        ("admin-teams", "create-portal-team" | "get-portal-team" | "update-portal-team") => one::<AdminTeamView>(),
        ("admin-teams", "list-portal-team-developers") => list::<AdminMemberView>(),
        ("admin-teams", "list-portal-team-roles") => list::<AssignedRoleView>(),
        ("admin-teams", "assign-role-to-portal-teams") => one::<AssignedRoleView>(),
        ("admin-catalog", "list-apis") => list::<ApiView>(),
        ("admin-catalog", "create-api" | "fetch-api" | "update-api") => one::<ApiView>(),
        ("admin-catalog", "list-api-versions") => list::<VersionRowView>(),
        ("admin-catalog", "create-api-version" | "fetch-api-version" | "update-api-version") => one::<VersionView>(),
        ("admin-catalog", "validate-specification") => one::<MessagesView>(),
        ("admin-catalog", "list-api-specs") => list::<SpecificationRowView>(),
        ("admin-catalog", "create-api-spec" | "fetch-api-spec" | "update-api-spec") => one::<SpecificationView>(),
        ("admin-catalog", "publish-api-to-portal" | "fetch-publication") => one::<PublicationView>(),
        ("admin-catalog", "list-api-publications") => list::<PublicationRowView>(),
        ("admin-catalog", "list-portal-api-publications") => list::<PortalPublicationRowView>(),
        ("admin-catalog", "create-api-implementation" | "fetch-api-implementation") => one::<ImplementationView>(),
        ("admin-catalog", "list-api-implementations") => list::<ImplementationRowView>(),
        ("admin-catalog", "list-api-registrations") => list::<ApiRegistrationView>(),
        ("admin-documents", "list-api-documents") => one::<DocumentTreeView<DocumentNodeView>>(),
        ("admin-documents", "create-api-document" | "fetch-api-document" | "update-api-document") => one::<DocumentView>(),
        ("admin-auth-strategies", "list-app-auth-strategies") => list::<AdminStrategyView>(),
        ("admin-auth-strategies", "create-app-auth-strategy" | "get-app-auth-strategy" | "replace-app-auth-strategy" | "update-app-auth-strategy") => one::<AdminStrategyView>(),
        _ => return None,
    })
}

//! What the matrix is about: ada's things, a private API, and everybody who might want them.

use std::collections::BTreeMap;

use portico_domain::id::{OperationId, PortalId};
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_http::cookies::ACCESS;
use portico_store::Key;
use portico_tests::portal::PUBLIC_URL;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::teams::{CONSUMER, VIEWER};
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

use super::matrix::Who;

pub(crate) const SPECIFICATION: &str =
    r#"{"openapi":"3.1.0","info":{"title":"Tides","version":"1"},"paths":{"/tides":{"get":{"responses":{}}}}}"#;

/// A transparent pixel.
pub(crate) const PNG: &str =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// An identity provider that no test can reach, however its network is made: a name of this machine is out of reach.
pub(crate) const PROVIDER: &str = "https://localhost/realms/sea";

/// A portal with ada's things in it.
pub(crate) struct Scene {
    pub(crate) portal: TestPortal,
    ada: Client,
    eve: Client,
    pending: Client,
    revoked: Client,
    elsewhere: Client,
    other_admin: Client,
    /// A member of the team, one who was, and one without a team: where the application is the team's.
    of_team: Option<[Client; 3]>,
    /// An API to register for.
    winds: String,
    /// Values of path parameters.
    pub(crate) ids: BTreeMap<&'static str, String>,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::on(TestPortal::start().await).await
    }

    /// The same on a portal that is there.
    pub(crate) async fn on(portal: TestPortal) -> Self {
        let ada = portal.approved_developer("ada@example.test").await;
        let eve = portal.approved_developer("eve@example.test").await;
        let pending = portal.developer_with_status("pending@example.test", Status::Pending).await;
        let pending = portal.sign_in(pending).await;
        let revoked = portal.developer_with_status("revoked@example.test", Status::Revoked).await;
        let revoked = portal.sign_in(revoked).await;
        let elsewhere = session_of_another_portal(&portal, &ada).await;
        let other = portal.portal.new_id::<PortalId>().expect("an id");
        portal.keep_admin_token("token-of-another-portal", "other-admin", Some(vec![other])).await;
        let other_admin = portal.anonymous().with_bearer("token-of-another-portal");
        let subject = portal.developer_with_status("subject@example.test", Status::Pending).await;

        let tides = portal.published_api("Tides").await;
        let winds = portal.published_api("Winds").await.to_string();
        let version = json!({ "version": "1.0.0", "spec": { "content": SPECIFICATION } });
        let version = portal.admin().post(&format!("/v3/apis/{tides}/versions"), version).await.expect(201).id();
        let document = json!({ "content": "# Tides", "status": "published" });
        let document = portal.admin().post(&format!("/v3/apis/{tides}/documents"), document).await.expect(201).id();
        let api: portico_domain::api::Api =
            portal.portal.store.find(&Key::api(tides)).await.expect("the store answers").expect("the API is there");
        let spare = portal.key_strategy("spare", None).await;
        let application = ada.create_app("Weather board").await;
        let registration = portal.registration(application, tides, Status::Approved).await;
        let credential = ada.create_key(application).await.id;
        let team = portal.team("Partners").await;
        portal.join(team, ada.developer.expect("ada")).await;
        portal.join(team, subject).await;
        let role = portal.give(team, Some(tides), VIEWER).await;
        let provider = portal.identity_provider(PROVIDER, false).await;
        let mapping = portal.group_mapping(&provider, team, "partners").await;
        let ids = BTreeMap::from([
            ("id", provider),
            ("mappingId", mapping),
            ("teamId", team.to_string()),
            ("roleId", role),
            ("applicationId", application.to_string()),
            ("registrationId", registration.to_string()),
            ("credentialId", credential),
            ("apiIdOrSlug", tides.to_string()),
            ("apiId", tides.to_string()),
            ("documentIdOrSlug", document.clone()),
            ("documentId", document),
            ("operationId", OperationId::of(tides, "GET", "/tides").to_string()),
            ("specId", version.clone()),
            ("versionId", version),
            ("implementationId", api.implementations[0].id.to_string()),
            ("sessionId", another_session(&portal, &ada).await),
            ("portalId", portal.id().to_string()),
            ("developerId", subject.to_string()),
            ("authStrategyId", spare.to_string()),
            ("file", "nothing.css".to_owned()),
        ]);
        Self { portal, ada, eve, pending, revoked, elsewhere, other_admin, of_team: None, winds, ids }
    }

    /// The same, but roles count, and ada has given the application to her team.
    pub(crate) async fn of_team() -> Self {
        let mut scene = Self::start().await;
        let portal = &scene.portal;
        let team = scene.ids["teamId"].parse().expect("a team's id");
        portal.let_own(team, true).await;
        portal.give(team, None, CONSUMER).await;
        let tess = portal.approved_developer("tess@example.test").await;
        let fred = portal.approved_developer("fred@example.test").await;
        let walt = portal.approved_developer("walt@example.test").await;
        portal.join(team, tess.developer.expect("tess")).await;
        portal.join(team, fred.developer.expect("fred")).await;
        portal.leave(team, fred.developer.expect("fred")).await;
        let application = format!("{APPLICATIONS}/{}", scene.ids["applicationId"]);
        scene.ada.patch(&application, json!({ "team_id": team })).await.expect(200);
        portal.set_rbac(true).await;
        scene.of_team = Some([tess, fred, walt]);
        scene
    }

    pub(crate) fn client(&self, who: Who) -> Client {
        match who {
            Who::Owner => self.ada.clone(),
            Who::Eve => self.eve.clone(),
            Who::Teammate | Who::Former | Who::WithoutRole => {
                let [tess, fred, walt] = self.of_team.as_ref().expect("a scene of a team");
                match who {
                    Who::Teammate => tess.clone(),
                    Who::Former => fred.clone(),
                    _ => walt.clone(),
                }
            }
            Who::Elsewhere => self.elsewhere.clone(),
            Who::Pending => self.pending.clone(),
            Who::Revoked => self.revoked.clone(),
            Who::Anonymous => self.portal.anonymous(),
            Who::Admin => self.portal.admin(),
            Who::OtherAdmin => self.other_admin.clone(),
        }
    }

    /// The path of a route with ada's ids, and with ids that nothing has.
    pub(crate) fn paths(&self, route: &str) -> (String, String) {
        let (mut theirs, mut nobodys) = (route.to_owned(), route.to_owned());
        for (name, id) in &self.ids {
            theirs = theirs.replace(&format!("{{{name}}}"), id);
            nobodys = nobodys.replace(&format!("{{{name}}}"), NOBODYS);
        }
        assert!(!theirs.contains('{'), "{route} has a parameter that the scene does not know");
        (theirs, nobodys)
    }

    /// A body that the route takes; `number` differs from call to call.
    pub(crate) fn body(&self, key: &str, number: usize) -> Option<Value> {
        let strategy = json!({
            "name": format!("strategy {number}"), "display_name": "Keys", "strategy_type": "key_auth",
            "configs": { "key-auth": { "key_names": ["x-key"] } },
        });
        Some(match key {
            "POST /api/v3/developer" => json!({ "email": format!("new{number}@example.test"), "full_name": "New" }),
            "POST /api/v3/developer/verify-email" => json!({ "token": NOBODYS }),
            "POST /api/v3/developer/forgot-password" => json!({ "email": "nobody@example.test" }),
            "POST /api/v3/developer/reset-password" => json!({ "token": NOBODYS, "password": "violet tractor hums at dusk" }),
            "POST /api/v3/developer/authenticate" => json!({ "username": "nobody@example.test", "password": "a wrong password" }),
            "POST /api/v3/applications" => json!({ "name": "Another" }),
            "PATCH /api/v3/applications/{applicationId}" => json!({ "name": "Renamed" }),
            "POST /api/v3/applications/{applicationId}/registrations" => json!({ "api_id": self.winds }),
            "POST /api/v3/applications/{applicationId}/credentials" => json!({ "display_name": "Second" }),
            "PUT /api/v3/applications/{applicationId}/credentials/{credentialId}" => json!({ "display_name": "Renamed" }),
            "POST /api/portico/v1/developer/change-password" => {
                json!({ "current_password": "a wrong password", "new_password": "violet tractor hums at dusk" })
            }
            "PATCH /api/portico/v1/developer" => json!({ "full_name": format!("Ada {number}") }),
            "POST /portico/v1/session" => json!({ "token": "the-token-of-nobody" }),
            "PATCH /v3/portals/{portalId}" => json!({ "description": "Seas and skies" }),
            "PATCH /v3/portals/{portalId}/authentication-settings" => json!({ "basic_auth_enabled": true }),
            "PUT /v3/portals/{portalId}/customization" | "PATCH /v3/portals/{portalId}/customization" => json!({
                "theme": { "name": "Sea", "mode": "dark", "colors": { "primary": "#1d4ed8" } }, "layout": "topnav",
                "menu": { "main": [{ "path": "/apis", "title": "APIs", "visibility": "public", "external": false }] },
                "spec_renderer": { "show_schemas": number.is_multiple_of(2) }, "robots": "noindex",
            }),
            "PUT /v3/portals/{portalId}/assets/logo" | "PUT /v3/portals/{portalId}/assets/favicon" => json!({ "data": PNG }),
            "POST /v3/portals/{portalId}/identity-providers" | "PATCH /v3/portals/{portalId}/identity-providers/{id}" => json!({
                "enabled": false,
                "config": { "issuer_url": PROVIDER, "client_id": format!("portal-{number}"), "client_secret": "a secret of the portal" },
            }),
            "POST /v3/portals/{portalId}/identity-providers/{id}/team-group-mappings" => {
                json!({ "team_id": self.ids["teamId"], "group": format!("group {number}") })
            }
            "PATCH /v3/portals/{portalId}/identity-provider/team-group-mappings" => {
                json!({ "data": [{ "team_id": self.ids["teamId"], "groups": [format!("group {number}")] }] })
            }
            "PUT /portico/v1/portals/{portalId}/identity-providers/{id}/trusted-domains" => {
                json!({ "domains": ["example.com"] })
            }
            "PUT /portico/v1/portals/{portalId}/try-it-servers" => json!({ "servers": ["https://api.example.test"] }),
            "POST /v3/portals/{portalId}/developers" => json!({ "email": "invited@example.test", "full_name": "Invited" }),
            "PATCH /v3/portals/{portalId}/developers/{developerId}"
            | "PATCH /portico/v1/portals/{portalId}/developers/{developerId}"
            | "PATCH /portico/v1/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}" => {
                json!({ "status": "approved" })
            }
            "PATCH /v3/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}" => {
                json!({ "status": "revoked" })
            }
            "POST /v3/portals/{portalId}/applications" => json!({
                "name": "On ada's behalf", "owner": { "type": "developer", "id": self.ada.developer.expect("ada") },
            }),
            "POST /v3/portals/{portalId}/applications/{applicationId}/registrations" => json!({ "api_id": self.winds }),
            "PATCH /v3/portals/{portalId}/applications/{applicationId}" => {
                json!({ "owner": { "type": "developer", "id": self.eve.developer.expect("eve") } })
            }
            "POST /v3/portals/{portalId}/teams" => json!({ "name": format!("Team {number}") }),
            "PATCH /v3/portals/{portalId}/teams/{teamId}" => json!({ "description": format!("Number {number}") }),
            "POST /v3/portals/{portalId}/teams/{teamId}/developers" => json!({ "id": self.eve.developer.expect("eve") }),
            "POST /v3/portals/{portalId}/teams/{teamId}/assigned-roles" => json!({
                "role_name": CONSUMER, "entity_id": self.ids["apiId"], "entity_type_name": "Services", "entity_region": "eu",
            }),
            "POST /v3/apis" => json!({ "name": format!("API {number}") }),
            "PATCH /v3/apis/{apiId}" => json!({ "description": "High and low" }),
            "POST /v3/apis/{apiId}/versions" => json!({ "version": "2.0.0", "spec": { "content": SPECIFICATION } }),
            "PATCH /v3/apis/{apiId}/versions/{versionId}" => json!({ "version": format!("1.0.{number}") }),
            "POST /v3/apis/validate-specification" => json!({ "content": SPECIFICATION }),
            "POST /v3/apis/{apiId}/specifications" => json!({ "content": SPECIFICATION, "type": "oas3" }),
            "PATCH /v3/apis/{apiId}/specifications/{specId}" => json!({ "content": format!("{SPECIFICATION} ") }),
            "POST /v3/apis/{apiId}/documents" => json!({ "content": "# Winds", "title": "Winds", "status": "published" }),
            "PATCH /v3/apis/{apiId}/documents/{documentId}" => json!({ "title": format!("Tides {number}") }),
            "POST /v3/apis/{apiId}/documents/{documentId}/move" => json!({ "index": 0 }),
            "PUT /v3/apis/{apiId}/publications/{portalId}" => json!({ "visibility": "private" }),
            "POST /v3/apis/{apiId}/implementations" => json!({ "api_gateway": { "gateway_id": "local", "stage": "second" } }),
            "POST /v2/application-auth-strategies" | "PUT /v2/application-auth-strategies/{authStrategyId}" => strategy,
            "PATCH /v2/application-auth-strategies/{authStrategyId}" => json!({ "display_name": "Other keys" }),
            _ => return None,
        })
    }

    /// Ada's application for somebody else's path.
    pub(crate) async fn eves_application(&self) -> String {
        self.eve.post(APPLICATIONS, json!({ "name": "Eve's" })).await.expect(201).id()
    }
}

/// Ada's very session, in a JWT that is right in everything but the portal that it is for.
async fn session_of_another_portal(portal: &TestPortal, ada: &Client) -> Client {
    let developer = ada.developer.expect("ada");
    let sessions = portal.portal.store.children_as::<Session>(Key::developer(developer).pk(), "SESSION#").await;
    let session = sessions.expect("the store answers").remove(0);
    let other = portal.portal.new_id::<PortalId>().expect("an id");
    let signer = portal.portal.signer().expect("a signer");
    let token = signer.sign(&session, other, PUBLIC_URL, portal.clock.now()).expect("a JWT");
    let client = portal.anonymous();
    client.set_cookie(ACCESS, &token);
    client
}

/// A session of ada in another browser.
async fn another_session(portal: &TestPortal, ada: &Client) -> String {
    let sessions = async || -> Vec<Session> {
        let root = Key::developer(ada.developer.expect("ada"));
        portal.portal.store.children_as(root.pk(), "SESSION#").await.expect("the store answers")
    };
    let before = sessions().await;
    portal.sign_in(ada.developer.expect("ada")).await;
    let new = sessions().await.into_iter().find(|session| !before.contains(session));
    new.expect("a new session").id.to_string()
}

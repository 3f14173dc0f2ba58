//! The realm of `infra/keycloak/realm.json`: tokens of its clients, and what its administrator changes through Keycloak's REST API.

use reqwest::{Client, Method, Response, header};
use serde_json::{Value, json};

/// Where the realm is among Keycloak's.
const REALM: &str = "portico";

/// A client of the realm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
}

pub(crate) const CLOCK: Service = Service { id: "harbour-clock", secret: "secret-of-the-clock" };
/// Its tokens are signed with ES256.
pub(crate) const FERRY: Service = Service { id: "night-ferry", secret: "secret-of-the-ferry" };

/// The portal itself.
pub(crate) const PORTAL: Service = Service { id: "portal", secret: "secret-of-the-portal" };

/// The running realm.
pub(crate) struct Realm {
    http: Client,
    keycloak: String,
}

impl Realm {
    /// The one that `infra/keycloak/run` started.
    pub(crate) fn running() -> Self {
        let keycloak = std::env::var("PORTICO_TEST_KEYCLOAK").expect("these tests are run by make keycloak-test");
        Self { http: Client::new(), keycloak }
    }

    pub(crate) fn issuer(&self) -> String {
        format!("{}/realms/{REALM}", self.keycloak)
    }

    /// A token by client credentials.
    pub(crate) async fn token(&self, client: Service) -> String {
        let endpoint = format!("{}/protocol/openid-connect/token", self.issuer());
        let form = "grant_type=client_credentials&scope=openid".to_owned();
        self.granted(self.http.post(endpoint).basic_auth(client.id, Some(client.secret)), form).await
    }

    /// A token of Keycloak's own administrator, from another realm.
    pub(crate) async fn administrator(&self) -> String {
        let endpoint = format!("{}/realms/master/protocol/openid-connect/token", self.keycloak);
        let form = "grant_type=password&client_id=admin-cli&username=admin&password=admin".to_owned();
        self.granted(self.http.post(endpoint), form).await
    }

    async fn granted(&self, request: reqwest::RequestBuilder, form: String) -> String {
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let reply = request.send().await.expect("Keycloak answers");
        let said: Value = reply.json().await.expect("JSON");
        said["access_token"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    /// A request to Keycloak's administration, which must succeed.
    async fn administer(&self, method: Method, path: &str, body: Value) -> Response {
        let url = format!("{}/admin/realms/{REALM}{path}", self.keycloak);
        let mut request = self.http.request(method, url).bearer_auth(self.administrator().await);
        if !body.is_null() {
            request = request.json(&body);
        }
        let reply = request.send().await.expect("Keycloak answers");
        assert!(reply.status().is_success(), "{path}: {}", reply.status());
        reply
    }

    /// Adds a key that signs with RS256 before those of a lower priority. Its name in Keycloak.
    pub(crate) async fn add_key(&self, name: &str, priority: u32) -> String {
        let realm: Value = self.administer(Method::GET, "", Value::Null).await.json().await.expect("JSON");
        let config = json!({ "priority": [priority.to_string()], "algorithm": ["RS256"], "keySize": ["2048"],
            "enabled": ["true"], "active": ["true"] });
        let new = json!({ "name": name, "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": realm["id"], "config": config });
        let made = self.administer(Method::POST, "/components", new).await;
        let place = made.headers().get(header::LOCATION).and_then(|place| place.to_str().ok()).expect("where it is");
        place.rsplit('/').next().expect("an id").to_owned()
    }

    /// Takes a key away: the realm does not publish it any more.
    pub(crate) async fn remove_key(&self, key: &str) {
        self.administer(Method::DELETE, &format!("/components/{key}"), Value::Null).await;
    }

    /// Where the portal may send browsers back to from now on.
    pub(crate) async fn takes_back(&self, redirects: &[&str]) {
        let path = format!("/clients?clientId={}", PORTAL.id);
        let found: Value = self.administer(Method::GET, &path, Value::Null).await.json().await.expect("JSON");
        let mut client = found[0].clone();
        client["redirectUris"] = json!(redirects);
        let path = format!("/clients/{}", client["id"].as_str().expect("an id"));
        self.administer(Method::PUT, &path, client).await;
    }

    /// Puts somebody into a group.
    pub(crate) async fn joins(&self, person: &str, group: &str) {
        let path = self.membership(person, group).await;
        self.administer(Method::PUT, &path, Value::Null).await;
    }

    /// Takes somebody out of a group.
    pub(crate) async fn leaves(&self, person: &str, group: &str) {
        let path = self.membership(person, group).await;
        self.administer(Method::DELETE, &path, Value::Null).await;
    }

    async fn membership(&self, person: &str, group: &str) -> String {
        let one = async |path: String| -> String {
            let found: Value = self.administer(Method::GET, &path, Value::Null).await.json().await.expect("JSON");
            found[0]["id"].as_str().expect("an id").to_owned()
        };
        let person = one(format!("/users?exact=true&username={person}")).await;
        let group = one(format!("/groups?exact=true&search={group}")).await;
        format!("/users/{person}/groups/{group}")
    }

    /// How long access tokens live from now on.
    pub(crate) async fn tokens_live_for(&self, seconds: u32) {
        let mut realm: Value = self.administer(Method::GET, "", Value::Null).await.json().await.expect("JSON");
        realm["accessTokenLifespan"] = json!(seconds);
        self.administer(Method::PUT, "", realm).await;
    }
}

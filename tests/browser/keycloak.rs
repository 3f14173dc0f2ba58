//! Calls with tokens of Keycloak, and its keys as they change. `make keycloak-test` starts it; no other lane runs these.

mod realm;
mod single_sign_on;

use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use self::realm::{CLOCK, FERRY, Realm};
use crate::program::{Program, id};
use crate::scene::Scene;
use crate::world::{decide, developer};

const ADA: &str = "ada@example.test";

/// A portal whose Tides are called with Keycloak's tokens, and an application with the id of one of its clients.
struct Harbour {
    scene: Scene,
    realm: Realm,
    admin: Program,
    /// Its registration for the API, in the management contract.
    registration: String,
}

/// A strategy whose tokens come from the realm, and Tides published with it. The API.
async fn tides_for_clients_of(realm: &Realm, scene: &Scene, admin: &Program, scopes: &[&str]) -> String {
    let methods = ["bearer", "client_credentials"];
    let configs = json!({ "openid-connect": { "issuer": realm.issuer(), "credential_claim": ["azp", "client_id"],
        "scopes": scopes, "auth_methods": methods } });
    let new =
        json!({ "name": "keycloak", "display_name": "Harbour staff", "strategy_type": "openid_connect", "configs": configs });
    let strategy = admin.post("/v2/application-auth-strategies", new).await;
    let apis = admin.get("/v3/apis?filter%5Bname%5D=Tides").await;
    let tides = id(&apis["data"][0]).to_owned();
    let publication = format!("/v3/apis/{tides}/publications/{}", scene.local.portal().config.portal);
    admin.send(Method::PUT, &publication, json!({ "auth_strategy_ids": [id(&strategy)], "visibility": "private" })).await;
    tides
}

impl Harbour {
    async fn start() -> Self {
        let realm = Realm::running();
        let scene = Scene::start().await;
        let admin = Program::of_administrator(&scene);
        let tides = tides_for_clients_of(&realm, &scene, &admin, &["openid"]).await;
        let mut ada = Program::of_new_developer(&scene, ADA, "Ada Lovelace").await;
        decide(&admin, &scene, &developer(&admin, &scene, ADA).await, "approved").await;
        ada.sign_in(ADA).await;
        let strategy = admin.get("/v2/application-auth-strategies?filter%5Bname%5D=keycloak").await;
        let new = json!({ "name": "Harbour clock", "client_id": CLOCK.id, "auth_strategy_id": id(&strategy["data"][0]) });
        let application = id(&ada.post("/api/v3/applications", new).await).to_owned();
        let asked = ada.post(&format!("/api/v3/applications/{application}/registrations"), json!({ "api_id": tides })).await;
        let registration = format!("{}/applications/{application}/registrations/{}", scene.portal(), id(&asked));
        let harbour = Self { scene, realm, admin, registration };
        harbour.decide("approved").await;
        harbour
    }

    async fn decide(&self, status: &str) {
        self.admin.send(Method::PATCH, &self.registration, json!({ "status": status })).await;
    }

    /// How a call with a token is answered.
    async fn call(&self, token: &str) -> StatusCode {
        call(&self.scene, token).await
    }

    /// Puts the clock of the portal forward; the realm's stays.
    fn later(&self, seconds: u64) {
        self.scene.clock.advance(Duration::from_secs(seconds));
    }
}

async fn call(scene: &Scene, token: &str) -> StatusCode {
    let request = Client::new().get(format!("{}/gateway/tides/harbours", scene.origin)).bearer_auth(token);
    request.send().await.expect("an answer").status()
}

/// The members of a token's first or second part.
fn part(token: &str, index: usize) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(index).expect("a JWT");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_right_client_passes_until_its_registration_is_revoked_and_another_clients_never() {
    let harbour = Harbour::start().await;
    let right = harbour.realm.token(CLOCK).await;
    let other = harbour.realm.token(FERRY).await;
    assert_eq!((part(&right, 0)["alg"].as_str(), part(&other, 0)["alg"].as_str()), (Some("RS256"), Some("ES256")));
    assert_eq!(part(&right, 1)["azp"], CLOCK.id);
    assert_eq!(harbour.call(&right).await, 200);
    assert_eq!(harbour.call(&other).await, 403);
    // Signed by Keycloak, and no token of the realm's.
    assert_eq!(harbour.call(&harbour.realm.administrator().await).await, 403);
    let (said, signature) = right.rsplit_once('.').expect("a JWT");
    let of_another = other.rsplit_once('.').expect("a JWT").1;
    assert_eq!(harbour.call(&format!("{said}.{of_another}")).await, 403);
    let (first, rest) = signature.split_at(1);
    let changed = if first == "A" { "B" } else { "A" };
    assert_eq!(harbour.call(&format!("{said}.{changed}{rest}")).await, 403);
    harbour.decide("revoked").await;
    assert_eq!(harbour.call(&right).await, 403);
    assert_eq!(harbour.call(&harbour.realm.token(CLOCK).await).await, 403);
    harbour.decide("approved").await;
    assert_eq!(harbour.call(&right).await, 200);
    harbour.later(10 * 60);
    assert_eq!(harbour.call(&right).await, 403, "it has expired");
    harbour.scene.end([]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_given_the_id_of_another_client_takes_the_tokens_of_that_one() {
    let harbour = Harbour::start().await;
    let (clock, ferry) = (harbour.realm.token(CLOCK).await, harbour.realm.token(FERRY).await);
    assert_eq!((harbour.call(&clock).await, harbour.call(&ferry).await), (StatusCode::OK, StatusCode::FORBIDDEN));
    let application = harbour.registration.split("/registrations").next().expect("a path");
    let name = application.rsplit('/').next().expect("an id");
    let ada = Program::with_password(&harbour.scene, ADA).await;
    ada.send(Method::PATCH, &format!("/api/v3/applications/{name}"), json!({ "client_id": FERRY.id })).await;
    assert_eq!((harbour.call(&clock).await, harbour.call(&ferry).await), (StatusCode::FORBIDDEN, StatusCode::OK));
    harbour.scene.end([]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_found_within_thirty_seconds_and_a_key_that_is_taken_away_is_refused_after_ten_minutes() {
    let harbour = Harbour::start().await;
    harbour.realm.tokens_live_for(60 * 60).await;
    let before = harbour.realm.token(CLOCK).await;
    assert_eq!(harbour.call(&before).await, 200);

    // Another key begins to sign while the first is still published: both hold, with no gap longer than one refetch allows.
    let key = harbour.realm.add_key("next", 200).await;
    let after = harbour.realm.token(CLOCK).await;
    assert_ne!(part(&before, 0)["kid"], part(&after, 0)["kid"]);
    harbour.later(31);
    assert_eq!((harbour.call(&before).await, harbour.call(&after).await), (StatusCode::OK, StatusCode::OK));

    // What it signed is refused once the realm has taken the new key back and what is known of the realm is too old to be believed.
    harbour.realm.remove_key(&key).await;
    assert_eq!(harbour.call(&after).await, 200, "known for less than ten minutes");
    harbour.later(10 * 60 + 1);
    assert_eq!((harbour.call(&before).await, harbour.call(&after).await), (StatusCode::OK, StatusCode::FORBIDDEN));
    harbour.realm.tokens_live_for(5 * 60).await;
    harbour.scene.end([]).await;
}

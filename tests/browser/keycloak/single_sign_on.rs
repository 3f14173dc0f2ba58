//! Developers sign in with Keycloak, by its own form: what an administrator sets up for it, whom it lets in, and what it takes away.

use reqwest::Method;
use serde_json::json;

use super::realm::{CLOCK, FERRY, PORTAL, Realm};
use super::{call, tides_for_clients_of};
use crate::program::{PASSWORD, Program, id};
use crate::scene::Scene;
use crate::window::{PHONE, Window};
use crate::world::{decide, developer};
use crate::{every_page, pictures};

const BUTTON: &str = "Sign in with single sign-on";
const ADA: &str = "ada@example.test";
const EVE: &str = "eve@example.test";
const GRACE: &str = "grace@example.test";
/// What Keycloak asks for on its form.
const ASKED: &str = "Username or email";

/// A portal whose developers may come from the realm.
struct Office {
    scene: Scene,
    realm: Realm,
    admin: Program,
    /// Where the provider is in the management contract.
    provider: String,
}

impl Office {
    /// With the realm as the enabled provider, set up beside the pages.
    async fn start() -> Self {
        let (scene, realm) = (Scene::start().await, Realm::running());
        let admin = Program::of_administrator(&scene);
        let providers = format!("{}/identity-providers", scene.portal());
        let config = json!({ "issuer_url": realm.issuer(), "client_id": PORTAL.id, "client_secret": PORTAL.secret });
        let made = admin.post(&providers, json!({ "type": "oidc", "enabled": true, "config": config })).await;
        let provider = format!("{providers}/{}", id(&made));
        Self { scene, realm, admin, provider }
    }

    /// Makes the provider the authority for addresses of these domains.
    async fn trust(&self, domains: &[&str]) {
        let place = format!("{}/trusted-domains", self.provider.replacen("/v3/", "/portico/v1/", 1));
        self.admin.send(Method::PUT, &place, json!({ "domains": domains })).await;
    }

    /// The page of the developer with an address, for an administrator.
    async fn page_of(&self, email: &str) -> String {
        format!("/admin/developers/{}", developer(&self.admin, &self.scene, email).await)
    }
}

/// Signs in with Keycloak's form, from the portal's.
async fn sign_in(window: &Window, name: &str) {
    window.goto("/login").await;
    window.press(BUTTON).await;
    window.sees(ASKED).await;
    fill_in(window, name).await;
}

async fn fill_in(window: &Window, name: &str) {
    window.fill(ASKED, name).await;
    window.fill("Password", name).await;
    window.press("Sign In").await;
}

/// Tests the provider on the page, and waits for what it says.
async fn test(admin: &Window, said: &[&str]) {
    admin.press("Test").await;
    for words in said {
        admin.sees(words).await;
    }
    // What was said in passing before would lie over it in a picture.
    admin.script("document.getElementById('toast').textContent = ''", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_keycloak_up_and_reads_in_words_what_is_wrong_until_nothing_is() {
    let (scene, realm) = (Scene::start().await, Realm::running());
    let admin = scene.window().await;
    scene.administer(&admin).await;
    admin.press("Sign-in").await;
    admin.sees("No identity provider yet").await;
    admin.press("Add an identity provider").await;
    admin.press("Add identity provider").await;
    admin.sees("Issuer is required").await;
    admin.fill("Issuer", &realm.issuer().replace("/portico", "/nowhere")).await;
    admin.fill("Client ID", PORTAL.id).await;
    admin.fill("Client secret", "another secret").await;
    admin.press("Add identity provider").await;
    admin.sees("Added. Test it before you enable it.").await;
    admin.sees("Not enabled").await;
    test(&admin, &["Not all checks passed.", "The identity provider cannot be used"]).await;
    pictures::take(&admin, "sign-in-of-an-unknown-issuer-light").await;

    // The secret was given for the wrong issuer.
    admin.fill("Issuer", &realm.issuer()).await;
    admin.press_near("Issuer", "Save").await;
    admin.sees("Client secret is required where the issuer or the client is another one.").await;
    admin.fill("Client secret", "another secret").await;
    admin.press_near("Issuer", "Save").await;
    admin.sees("Saved.").await;
    test(&admin, &["Not all checks passed.", "does not accept the client's id or its secret"]).await;

    admin.fill("Client secret", PORTAL.secret).await;
    admin.press_near("Issuer", "Save").await;
    admin.sees("Saved.").await;
    realm.takes_back(&["https://elsewhere.example.test/*"]).await;
    test(&admin, &["Not all checks passed.", "has not registered the redirect URI"]).await;
    pictures::take(&admin, "sign-in-without-a-redirect-uri-light").await;
    realm.takes_back(&["http://localhost/login/sso/callback", "http://127.0.0.1/login/sso/callback"]).await;
    test(&admin, &["All checks passed."]).await;
    for theme in ["light", "dark"] {
        admin.prefer(theme).await;
        assert_eq!(admin.barriers().await, Vec::<String>::new(), "{theme}");
        pictures::take(&admin, &format!("sign-in-of-keycloak-{theme}")).await;
    }
    admin.tick("Developers sign in with it").await;
    admin.press_near("Issuer", "Save").await;
    admin.sees("Enabled").await;

    let anyone = scene.window_of(PHONE).await;
    anyone.goto("/login").await;
    anyone.sees(BUTTON).await;
    assert_eq!(every_page::texts(&anyone.script(every_page::NARROW, &[]).await), Vec::<String>::new());
    pictures::take(&anyone, "phone-sign-in-with-either").await;
    admin.tick("Developers sign in with a password").await;
    admin.press_near("forgotten passwords are refused", "Save").await;
    admin.sees("Saved.").await;
    anyone.goto("/login").await;
    anyone.sees("your organisation's identity provider").await;
    assert_eq!(anyone.barriers().await, Vec::<String>::new());
    scene.end([admin, anyone]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_signs_in_with_keycloak_and_calls_an_api_with_a_token_of_a_client_there() {
    let office = Office::start().await;
    let Office { scene, realm, .. } = &office;
    tides_for_clients_of(realm, scene, &office.admin, &["openid"]).await;
    office.admin.post(&format!("{}/teams", scene.portal()), json!({ "name": "Harbour office" })).await;
    let (ada, admin) = (scene.window().await, scene.window().await);
    scene.administer(&admin).await;
    admin.press("Sign-in").await;
    admin.press("Add a group").await;
    admin.fill("Group", "harbour").await;
    admin.press_near("Add a group", "Add group").await;
    admin.sees("It counts from the next sign-in").await;

    // The address is proven and the provider vouches: nobody has to approve.
    sign_in(&ada, "ada").await;
    ada.is_at("/apps").await;
    ada.sees("Ada Lovelace").await;
    admin.goto(&office.page_of(ADA).await).await;
    for shown in ["Approved", &realm.issuer(), "Harbour office", "From a group"] {
        admin.sees(shown).await;
    }
    ada.press("New App").await;
    ada.tick("Harbour staff").await;
    ada.fill("Name", "Harbour clock").await;
    ada.fill("Reference ID", CLOCK.id).await;
    ada.press("Create application").await;
    ada.sees("Not registered for any API").await;
    let application = ada.place().await;
    ada.press("Catalog").await;
    ada.press("Tides").await;
    ada.press("Register").await;
    ada.press_near("Harbour clock", "Request access").await;
    ada.is_at(&application).await;
    ada.sees("Waiting for approval").await;
    let (right, other) = (realm.token(CLOCK).await, realm.token(FERRY).await);
    assert_eq!(call(scene, &right).await, 403);
    admin.goto("/admin").await;
    admin.press_near("Harbour clock", "Approve").await;
    admin.sees("Approved. Harbour clock can call Tides now.").await;
    assert_eq!((call(scene, &right).await.as_u16(), call(scene, &other).await.as_u16()), (200, 403));
    admin.press("Applications").await;
    admin.press("Harbour clock").await;
    admin.press("Revoke").await;
    admin.press_near("Tides", "Revoke").await;
    admin.sees("Revoked").await;
    assert_eq!((call(scene, &right).await.as_u16(), call(scene, &other).await.as_u16()), (403, 403));
    office.scene.end([ada, admin]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_at_keycloak_too_and_what_changed_there_counts_at_the_next_sign_in() {
    let office = Office::start().await;
    let Office { scene, realm, .. } = &office;
    let team = office.admin.post(&format!("{}/teams", scene.portal()), json!({ "name": "Harbour office" })).await;
    let mapping = json!({ "team_id": id(&team), "group": "harbour" });
    office.admin.post(&format!("{}/team-group-mappings", office.provider), mapping).await;
    let (ada, admin) = (scene.window().await, scene.window().await);
    scene.administer(&admin).await;
    ada.goto("/apps/new").await;
    ada.press(BUTTON).await;
    ada.sees(ASKED).await;
    fill_in(&ada, "ada").await;
    ada.is_at("/apps/new").await;
    ada.press("Ada Lovelace").await;
    ada.press("Profile").await;
    ada.sees(&realm.issuer()).await;
    assert!(!ada.text().await.contains("Change password"), "there is no password");

    // Without another sign-in at the provider, the portal's own session is all that there is to it.
    ada.press("Ada Lovelace").await;
    ada.press("Sign out").await;
    ada.is_at("/").await;
    realm.leaves("ada", "harbour").await;
    ada.goto("/login").await;
    ada.press(BUTTON).await;
    ada.sees(ASKED).await;
    let page = office.page_of(ADA).await;
    admin.goto(&page).await;
    admin.sees("From a group").await;
    fill_in(&ada, "ada").await;
    ada.is_at("/apps").await;
    admin.goto(&page).await;
    admin.sees("Signs in with").await;
    assert!(!admin.text().await.contains("From a group"), "ada is in the team still");
    realm.joins("ada", "harbour").await;

    // Whoever is revoked here stays out, however well they sign in there.
    decide(&office.admin, scene, &developer(&office.admin, scene, ADA).await, "revoked").await;
    ada.goto("/login").await;
    ada.press(BUTTON).await;
    ada.sees("An administrator has revoked the access of this account.").await;
    ada.goto("/apps").await;
    ada.is_at("/login").await;
    office.scene.end([ada, admin]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_there_is_linked_by_its_password_or_where_the_provider_speaks_for_the_domain() {
    let office = Office::start().await;
    let scene = &office.scene;
    let known = async |email: &str| developer(&office.admin, scene, email).await;
    for (email, name) in [(GRACE, "Grace"), (EVE, "Eve")] {
        Program::of_new_developer(scene, email, name).await;
        decide(&office.admin, scene, &known(email).await, "approved").await;
    }
    let before = (known(GRACE).await, known(EVE).await);
    let (grace, eve, mallory) = (scene.window().await, scene.window().await, scene.window().await);
    sign_in(&grace, "grace").await;
    grace.sees("There is an account with your e-mail address already.").await;
    grace.is_at("/login/sso/callback").await;
    assert_eq!(grace.barriers().await, Vec::<String>::new());
    pictures::take(&grace, "single-sign-on-refused-light").await;
    grace.press("Sign in with a password").await;
    grace.fill("E-mail address", GRACE).await;
    grace.fill("Password", PASSWORD).await;
    grace.press_near("Password", "Sign in").await;
    grace.is_at("/apps").await;
    grace.sees("Grace Hopper").await;

    office.trust(&["example.test"]).await;
    sign_in(&eve, "eve").await;
    eve.is_at("/apps").await;
    eve.sees("Eve Moneypenny").await;
    assert_eq!((known(GRACE).await, known(EVE).await), before);

    // An address that nobody has proven makes no account, whoever speaks for its domain.
    sign_in(&mallory, "mallory").await;
    mallory.sees("does not say that your e-mail address was verified").await;
    mallory.goto("/apps").await;
    mallory.is_at("/login").await;
    office.scene.end([grace, eve, mallory]).await;
}

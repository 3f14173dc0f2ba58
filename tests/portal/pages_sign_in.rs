//! Single sign-on on the pages: who is offered it where, what the profile says of it, and where administrators set it up.

use portico_domain::developer::{Developer, SignUp};
use portico_domain::event::{Actor, Name};
use portico_domain::id::{DeveloperId, GroupMappingId, IdentityProviderId, TeamId};
use portico_domain::identity::Identity;
use portico_domain::identity_provider::{
    ClaimMappings, GroupMapping, GroupName, IdentityProviders, NewProvider, ProviderSettings, TrustedDomain,
};
use portico_domain::portal::Portal as Settings;
use portico_domain::sealed::{ClientSecret, NONCE_BYTES, SealingKey};
use portico_http::clock::Clock as _;
use portico_store::{Key, Update};
use portico_tests::portal::PUBLIC_URL;
use portico_tests::{Client, TestPortal};
use serde_json::json;

use super::pages_admin::browser;

const ISSUER: &str = "https://id.example.test/realms/harbour";
const BUTTON: &str = "Sign in with single sign-on";

/// What an identity provider is called by whoever adds it here.
fn settings(issuer: &str, groups: &str) -> ProviderSettings {
    ProviderSettings {
        issuer: issuer.to_owned(),
        client_id: "portal".to_owned(),
        scopes: ProviderSettings::SCOPES.map(str::to_owned).to_vec(),
        claims: ClaimMappings { groups: groups.to_owned(), ..ClaimMappings::default() },
    }
}

/// Puts what `change` makes of the portal's identity providers into the table.
async fn change(portal: &TestPortal, change: impl FnOnce(IdentityProviders) -> IdentityProviders) {
    let keys = [Key::portal(portal.id()), Key::identity_providers(portal.id())];
    let items = portal.portal.store.load(&keys).await.expect("the store answers");
    let root: Settings = items.get(&keys[0]).expect("settings").expect("a portal");
    let before = items.identity_providers(portal.id()).expect("providers");
    let after = change(before.clone());
    let event = portal.portal.event(Name::IdentityProviderUpdated, Actor::System("test".to_owned()), json!({}));
    let event = event.expect("an event");
    let of_portal = (&root, root.basic_auth_enabled);
    portal.portal.store.update_identity_providers(of_portal, &before, &after, &event).await.expect("it is written");
}

/// Adds a provider.
async fn add(portal: &TestPortal, settings: ProviderSettings, enabled: bool) -> IdentityProviderId {
    let id = portal.portal.new_id::<IdentityProviderId>().expect("an id");
    let secret = ClientSecret::parse("a secret of the portal").expect("a secret");
    let secret = secret.seal(&SealingKey::new([8; 32]), [1; NONCE_BYTES], "here").ok();
    let now = portal.clock.now();
    change(portal, |all| all.with(NewProvider { id, enabled, settings, secret }, now).expect("there is room")).await;
    id
}

/// Maps a group of a provider to a team.
async fn map(portal: &TestPortal, provider: IdentityProviderId, group: &str, team: TeamId) -> GroupMappingId {
    let id = portal.portal.new_id::<GroupMappingId>().expect("an id");
    let now = portal.clock.now();
    let made = GroupMapping { team, group: GroupName::parse(group).expect("a group"), created_at: now };
    change(portal, |all| all.mapping(provider, id, &made, now).expect("it is mapped")).await;
    id
}

/// A developer whom the provider brought.
async fn brought(portal: &TestPortal, email: &str) -> DeveloperId {
    let id = portal.portal.new_id::<DeveloperId>().expect("an id");
    let new = SignUp { id, portal: portal.id(), email: email.to_owned(), full_name: "Ada Lovelace".to_owned() };
    let developer = Developer::brought(new, Identity::of(ISSUER, email), portal.clock.now());
    let event = portal.portal.event(Name::DeveloperCreated, Actor::System("test".to_owned()), json!({ "developer": id }));
    portal.portal.store.bring_developer(&developer, &event.expect("an event")).await.expect("it is written");
    id
}

/// The main part of a page.
async fn main(client: &Client, path: &str) -> String {
    let html = client.page(path).await.expect(200).html();
    html.split_once("<main").expect("a main part").1.to_owned()
}

fn link(to: &str) -> String {
    format!(r#"<a class="button primary" href="/login/sso{to}">{BUTTON}</a>"#)
}

#[tokio::test]
async fn single_sign_on_is_offered_where_it_is_switched_on_beside_the_password_or_alone() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    for path in ["/login", "/register", "/"] {
        assert!(!anonymous.page(path).await.expect(200).html().contains("single sign-on"), "{path}");
    }
    add(&portal, settings(ISSUER, "groups"), true).await;
    let html = main(&anonymous, "/login").await;
    assert!(html.contains(&link("")) && html.contains("Or with a password"), "{html}");
    assert!(html.contains(r#"name="password""#) && html.matches("button primary").count() == 1, "{html}");
    let html = main(&anonymous, "/register").await;
    assert!(html.contains(&link("")) && html.contains(r#"name="full_name""#), "{html}");
    let html = anonymous.page("/").await.expect(200).html();
    assert!(html.contains(r#"href="/login/sso">"#) && html.contains(r#"href="/register">Create an account"#), "{html}");

    portal.set("basic_auth_enabled", false).await;
    for (path, said) in [
        ("/login", "your organisation's identity provider"),
        ("/register", "when you first sign in"),
        ("/forgot-password", "This portal has no passwords"),
        ("/reset-password?token=x", "This portal has no passwords"),
    ] {
        let html = main(&anonymous, path).await.replace("&#39;", "'");
        assert!(html.contains(said) && html.contains(&link("")) && !html.contains("<form"), "{path}: {html}");
    }
    let html = anonymous.page("/").await.expect(200).html();
    assert!(html.contains(r#"<a href="/login">Sign in</a>"#) && !html.contains("/register"), "{html}");

    portal.set("authentication_enabled", false).await;
    for path in ["/login", "/register", "/forgot-password"] {
        let html = anonymous.page(path).await.expect(200).html();
        assert!(html.contains("has switched signing in off") && !html.contains("/login/sso"), "{path}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn the_place_to_go_on_at_survives_single_sign_on_if_it_is_one_of_this_portal() {
    let portal = TestPortal::start().await;
    add(&portal, settings(ISSUER, "groups"), true).await;
    let anonymous = portal.anonymous();
    let place = anonymous.page("/apps/new?api=tides").await.leads_to().to_owned();
    for passwords in [true, false] {
        portal.set("basic_auth_enabled", passwords).await;
        let html = main(&anonymous, &place).await;
        assert!(html.contains(&link("?to=%2Fapps%2Fnew%3Fapi%3Dtides")), "{html}");
        let html = main(&anonymous, "/login?to=%2Flogin%2Fsso").await;
        assert!(html.contains(&link("")), "whoever was to sign in with a password first does so, or begins anew: {html}");
        for elsewhere in ["//evil.test", "/%5Cevil.test", "https:evil.test", "%2F%2Fevil.test"] {
            let html = main(&anonymous, &format!("/login?to={elsewhere}")).await;
            assert!(html.contains(&link("")) && !html.contains("evil"), "{elsewhere}: {html}");
        }
        let html = main(&anonymous, "/login?problem=unauthorized&to=%2Fapps").await;
        assert!(html.contains("Your session is over") && html.contains(&link("?to=%2Fapps")), "{html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn a_provider_that_is_not_enabled_is_offered_to_nobody() {
    let portal = TestPortal::start().await;
    add(&portal, settings(ISSUER, "groups"), false).await;
    assert!(!main(&portal.anonymous(), "/login").await.contains("single sign-on"));
    portal.set("basic_auth_enabled", false).await;
    assert!(main(&portal.anonymous(), "/login").await.contains("has switched signing in off"));
    portal.end().await;
}

#[tokio::test]
async fn the_profile_says_that_the_provider_has_the_name_and_offers_no_password_to_change() {
    let portal = TestPortal::start().await;
    let ada = brought(&portal, "ada@example.test").await;
    let html = portal.sign_in(ada).await.page("/profile").await.expect(200).html();
    assert!(html.contains(ISSUER) && html.contains("is replaced by its word"), "{html}");
    assert!(!html.contains("change-password"), "{html}");
    let html = portal.approved_developer("eve@example.test").await.page("/profile").await.expect(200).html();
    assert!(!html.contains("Identity provider") && !html.contains("is replaced by its word"), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn show_admin_developer_says_what_they_sign_in_with_and_which_teams_groups_gave() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let ada = brought(&portal, "ada@example.test").await;
    let (pilots, office) = (portal.team("Pilots").await, portal.team("Harbour office").await);
    portal.join(pilots, ada).await;
    portal.join(office, ada).await;
    let by_group = Update::of(Key::developer(ada)).set("teams_by_groups", &[pilots]);
    portal.portal.store.edit(by_group).await.expect("it is written");
    let html = admin.page(&format!("/admin/developers/{ada}")).await.expect(200).html();
    assert!(html.contains(&format!("<dt>Signs in with</dt><dd><code>{ISSUER}</code></dd>")), "{html}");
    assert!(html.contains(r#">Pilots</a> <span class="tag">From a group</span>"#), "{html}");
    assert!(html.contains(r#">Harbour office</a>, "#), "{html}");
    portal.account("eve@example.test", portico_domain::status::Status::Approved).await;
    let eve = portal.known("eve@example.test").await.id;
    let html = admin.page(&format!("/admin/developers/{eve}")).await.expect(200).html();
    assert!(html.contains("<dt>Signs in with</dt><dd>Password</dd>") && !html.contains("<dt>Teams"), "{html}");
    portal.end().await;
}

#[tokio::test]
async fn show_admin_sign_in_begins_without_a_provider_and_has_what_the_api_takes_for_a_new_one() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let html = main(&admin, "/admin/sign-in").await;
    assert!(html.contains("No identity provider yet") && html.contains("?provider=new"), "{html}");
    assert!(html.contains("No identity provider is enabled: nobody could sign in."), "{html}");
    for switch in ["basic_auth_enabled", "idp_mapping_enabled"] {
        assert!(html.contains(&format!(r#"name="{switch}" data-as="boolean" checked"#)), "{switch}: {html}");
    }
    let html = main(&admin, "/admin/sign-in?provider=new").await;
    let place = format!(r#"action="/v3/portals/{}/identity-providers" data-method="POST""#, portal.id());
    assert!(html.contains(&place) && html.contains(r#"name="type" value="oidc""#), "{html}");
    for member in ["issuer_url", "client_id", "client_secret", "scopes"] {
        assert!(html.contains(&format!(r#"name="config.{member}""#)), "{member}: {html}");
    }
    for (claim, default) in [("name", "name"), ("email", "email"), ("groups", "groups")] {
        assert!(html.contains(&format!(r#"name="config.claim_mappings.{claim}" type="text" value="{default}""#)), "{html}");
    }
    assert!(html.contains("email\nopenid\nprofile</textarea>"), "{html}");
    for address in [format!("{PUBLIC_URL}/login/sso/callback<"), format!("{PUBLIC_URL}/<")] {
        assert!(html.contains(&address), "{address}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn show_admin_sign_in_shows_a_provider_with_all_that_is_said_of_it_but_its_secret() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let provider = add(&portal, settings(ISSUER, "roles"), true).await;
    let html = main(&admin, "/admin/sign-in").await;
    let (contract, own) = (
        format!("/v3/portals/{}/identity-providers/{provider}", portal.id()),
        format!("/portico/v1/portals/{}/identity-providers/{provider}", portal.id()),
    );
    for shown in [
        format!(r#"action="{contract}" data-method="PATCH""#),
        format!(r#"action="{contract}" data-method="DELETE""#),
        format!(r#"action="{own}/trusted-domains" data-method="PUT""#),
        format!(r#"data-checks="{own}/test""#),
        format!(r#"value="{ISSUER}""#),
        r#"name="config.claim_mappings.groups" type="text" value="roles""#.to_owned(),
        r#"name="enabled" data-as="boolean" checked"#.to_owned(),
        r#"<span class="pill approved">Enabled</span>"#.to_owned(),
        "Leave empty to keep it".to_owned(),
        "there is no team yet".to_owned(),
        "Developers without a password cannot sign in until another one is enabled.".to_owned(),
    ] {
        assert!(html.contains(&shown), "{shown}: {html}");
    }
    assert!(!html.contains("a secret of the portal") && !html.contains("nobody could sign in"), "{html}");

    let team = portal.team("Pilots").await;
    let html = main(&admin, "/admin/sign-in").await;
    assert!(html.contains("None yet.") && html.contains(&format!(r#"<option value="{team}">Pilots</option>"#)), "{html}");
    let mapping = map(&portal, provider, "/harbour/pilots", team).await;
    let domains = [TrustedDomain::parse("example.test").expect("a domain")];
    let now = portal.clock.now();
    change(&portal, |all| all.trusting(provider, &domains, now).expect("it is there")).await;
    let html = main(&admin, "/admin/sign-in").await.replace("&#x2F;", "/").replace("&#47;", "/");
    for shown in [
        "<code>/harbour/pilots</code>".to_owned(),
        format!(r#"href="/admin/teams/{team}">Pilots</a>"#),
        format!(r#"action="{contract}/team-group-mappings/{mapping}" data-method="DELETE""#),
        format!(r#"action="{contract}/team-group-mappings" data-method="POST""#),
        "example.test</textarea>".to_owned(),
    ] {
        assert!(html.contains(&shown), "{shown}: {html}");
    }
    change(&portal, |all| IdentityProviders { maps_groups: false, ..all }).await;
    let html = main(&admin, "/admin/sign-in").await;
    assert!(
        html.contains("Groups count for nothing now") && html.contains(r#"idp_mapping_enabled" data-as="boolean">"#),
        "{html}"
    );
    portal.admin().delete(&format!("{}/{team}", portal.teams_path())).await.expect(204);
    assert!(main(&admin, "/admin/sign-in").await.contains("A team that is gone"));
    portal.end().await;
}

#[tokio::test]
async fn where_there_are_several_providers_the_enabled_one_is_shown_and_the_others_can_be_chosen() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let old = add(&portal, settings("https://old.example.test", "groups"), false).await;
    portal.clock.advance(std::time::Duration::from_secs(1));
    add(&portal, settings(ISSUER, "groups"), true).await;
    let html = main(&admin, "/admin/sign-in").await;
    assert!(html.contains(&format!(r#"value="{ISSUER}""#)) && html.contains("Add another identity provider"), "{html}");
    let html = main(&admin, &format!("/admin/sign-in?provider={old}")).await;
    assert!(html.contains(r#"value="https://old.example.test""#) && html.contains("Nobody signs in with it now."), "{html}");
    assert!(html.contains(r#"<span class="pill ended">Not enabled</span>"#), "{html}");
    for unknown in ["7", "%3Cscript%3E", &portal.id().to_string()] {
        let html = main(&admin, &format!("/admin/sign-in?provider={unknown}")).await;
        assert!(html.contains(&format!(r#"value="{ISSUER}""#)) && !html.contains("<script"), "{unknown}: {html}");
    }
    portal.end().await;
}

#[tokio::test]
async fn what_a_provider_and_its_groups_are_called_is_never_markup() {
    let portal = TestPortal::start().await;
    let admin = browser(&portal).await;
    let hostile = r#"<script>alert(1)</script>"onmouseover="x'&lt;"#;
    let team = portal.admin().post(&portal.teams_path(), json!({ "name": hostile })).await.expect(201).id();
    let named =
        ProviderSettings { client_id: hostile.to_owned(), scopes: vec![hostile.to_owned()], ..settings(hostile, hostile) };
    let provider = add(&portal, named, true).await;
    add(&portal, settings(ISSUER, hostile), false).await;
    map(&portal, provider, hostile, team.parse().expect("an id")).await;
    let id = portal.portal.new_id::<DeveloperId>().expect("an id");
    let new = SignUp { id, portal: portal.id(), email: "ada@example.test".to_owned(), full_name: hostile.to_owned() };
    let developer = Developer::brought(new, Identity::of(hostile, "ada"), portal.clock.now());
    let event = portal.portal.event(Name::DeveloperCreated, Actor::System("test".to_owned()), json!({})).expect("an event");
    portal.portal.store.bring_developer(&developer, &event).await.expect("it is written");
    let ada = portal.sign_in(id).await;
    let developer = format!("/admin/developers/{id}");
    for (client, path) in [(&admin, "/admin/sign-in"), (&admin, &developer), (&ada, "/profile")] {
        let html = client.page(path).await.expect(200).html();
        assert!(!html.contains("<script>alert") && !html.contains(r#""onmouseover="#), "{path}: {html}");
        assert!(html.contains("alert(1)"), "{path}: {html}");
    }
    portal.end().await;
}

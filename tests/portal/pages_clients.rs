//! Pages about applications whose credentials an identity provider issues.

use portico_domain::status::Status;
use portico_domain::strategy::{Method, OpenIdConnect};
use portico_tests::TestPortal;
use portico_tests::steps::APPLICATIONS;
use serde_json::json;

const ISSUER: &str = "https://id.example.test/realms/harbour";

fn oidc(methods: &[&str]) -> Method {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let (credential_claim, scopes) = (texts(&["azp", "client_id"]), texts(&["tides"]));
    Method::OpenidConnect {
        oidc: OpenIdConnect { issuer: ISSUER.to_owned(), credential_claim, scopes, auth_methods: texts(methods) },
    }
}

#[tokio::test]
async fn an_application_of_a_client_is_shown_where_its_tokens_come_from_and_no_credential_to_generate() {
    let portal = TestPortal::start().await;
    let strategy = portal.strategy_with("staff", oidc(&["bearer"])).await;
    let mut seed = portal.seed_api("Tides");
    seed.strategy = Some(strategy);
    let api = portal.publish(seed).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let new = json!({ "name": "Weather board", "auth_strategy_id": strategy, "client_id": "it's <b>" });
    let application = ada.post(APPLICATIONS, new).await.expect(201).id().to_owned();
    let html = ada.page(&format!("/apps/{application}")).await.expect(200).html();
    assert!(!html.contains("<b>"), "{html}");
    let html = html.replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    for shown in [ISSUER, "azp", "client_id", "it's <b>", "grant_type=client_credentials", "Calls are let through as soon as"] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    // As one word of a shell, whoever chose it.
    assert!(html.contains(r"-u 'it'\''s <b>:YOUR_CLIENT_SECRET' "), "{html}");
    for absent in ["Generate Credential", "YOUR_API_KEY", "/credentials\""] {
        assert!(!html.contains(absent), "{absent}: {html}");
    }
    portal.registration(application.parse().expect("an id"), api, Status::Approved).await;
    let new = ada.page("/apps/new?api=tides").await.expect(200).html();
    assert!(
        new.contains("The client id of this application at the identity provider.") && !new.contains("data-generate"),
        "{new}"
    );
    let edit = ada.page(&format!("/apps/{application}/edit")).await.expect(200).html();
    assert!(edit.contains("tokens of the old client are refused"), "{edit}");
    let page = ada.page("/apis/tides").await.expect(200).html();
    assert!(page.contains(&format!("sends a token that <code>{ISSUER}</code> issued to its client")), "{page}");
    portal.end().await;
}

#[tokio::test]
async fn a_strategy_whose_ways_nobody_checks_says_that_calls_are_refused() {
    let portal = TestPortal::start().await;
    let strategy = portal.strategy_with("staff", oidc(&["session"])).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let new = json!({ "name": "Weather board", "auth_strategy_id": strategy, "client_id": "weather" });
    let application = ada.post(APPLICATIONS, new).await.expect(201).id().to_owned();
    let html = ada.page(&format!("/apps/{application}")).await.expect(200).html();
    assert!(html.contains("so that calls are refused") && !html.contains("YOUR_CLIENT_SECRET"), "{html}");
    portal.end().await;
}

//! `explain-access`: why calls of an application reach an API, or do not, told by the authorizer's own gates.

use portico_domain::api_key::PublicPart;
use portico_domain::authorization::Gate;
use portico_domain::id::{ApiId, ApplicationId};
use portico_domain::status::Status;
use portico_store::{Key, Update};
use portico_tests::logs::Logs;
use portico_tests::management::publication;
use portico_tests::steps::NOBODYS;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::{Value, json};

fn path(portal: &TestPortal, query: &str) -> String {
    format!("/portico/v1/portals/{}/access?{query}", portal.id())
}

/// What is explained of an application and an API.
async fn explained(portal: &TestPortal, application: ApplicationId, api: ApiId) -> Value {
    portal.admin().get(&path(portal, &format!("application={application}&api={api}"))).await.expect(200).body
}

/// Where a gate stands.
fn stands(access: &Value, gate: Gate) -> &str {
    let gates = access["gates"].as_array().expect("gates");
    gates.iter().find(|one| one["gate"] == gate.name()).expect("the gate")["stands"].as_str().expect("a word")
}

/// Ada's application with a key, approved for an API.
async fn scene() -> (TestPortal, Client, ApplicationId, ApiId, String) {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    portal.registration(application, api, Status::Approved).await;
    let key = ada.create_key(application).await.secret;
    (portal, ada, application, api, key)
}

#[tokio::test]
async fn explain_access_says_what_is_open_and_in_which_header_the_key_belongs() {
    let (portal, _, application, api, key) = scene().await;
    portal.take_calls();
    let access = explained(&portal, application, api).await;
    assert_eq!(portal.take_calls().len(), 3);
    assert_eq!((&access["allowed"], &access["refused_by"]), (&json!(true), &Value::Null));
    assert_eq!(access["key_names"], json!(["apikey"]));
    assert_eq!(access["key_prefix"], key[..PublicPart::CHARS]);
    for gate in access["gates"].as_array().expect("gates") {
        let of_call = ["malformed-key", "wrong-header"].contains(&gate["gate"].as_str().expect("a name"));
        assert_eq!(gate["stands"], if of_call { "undecided" } else { "open" }, "{gate}");
    }
    let header = access["gates"].as_array().expect("gates").iter().find(|gate| gate["gate"] == "wrong-header");
    assert_eq!(header.expect("a gate")["explanation"], "This depends on the call: the key must be in the header apikey.");
    portal.end().await;
}

#[tokio::test]
async fn whatever_is_shut_is_what_the_authorizer_refuses_a_call_for() {
    let logs = Logs::capture();
    for gate in [
        Gate::UnknownGateway,
        Gate::UnknownKey,
        Gate::OwnerNotApproved,
        Gate::NotPublished,
        Gate::OtherStrategy,
        Gate::NotRegistered,
        Gate::RegistrationNotApproved,
    ] {
        let (portal, ada, application, api, key) = scene().await;
        let admin = portal.admin();
        let root = Key::application(application);
        match gate {
            Gate::UnknownGateway => {
                let of_api = portal.api(api).await.expect("the API");
                let link = format!("/v3/apis/{api}/implementations/{}", of_api.implementations[0].id);
                admin.delete(&link).await.expect(204);
            }
            Gate::UnknownKey => {
                let credentials = format!("/api/v3/applications/{application}/credentials");
                let id = ada.get(&credentials).await.expect(200).each("id").remove(0);
                ada.delete(&format!("{credentials}/{id}")).await.expect(204);
            }
            Gate::OwnerNotApproved => {
                let owner = ada.developer.expect("ada");
                let path = format!("/v3/portals/{}/developers/{owner}", portal.id());
                admin.patch(&path, json!({ "status": "revoked" })).await.expect(200);
            }
            Gate::NotPublished => drop(admin.delete(&publication(&portal, api)).await.expect(204)),
            Gate::OtherStrategy => {
                let other = portal.key_strategy("other", None).await;
                admin.publish_api(api, json!({ "auth_strategy_ids": [other] })).await.expect(200);
            }
            Gate::NotRegistered => {
                let of_app = format!("/api/v3/applications/{application}/registrations");
                let id = ada.get(&of_app).await.expect(200).each("id").remove(0);
                ada.delete(&format!("{of_app}/{id}")).await.expect(204);
            }
            _ => {
                let update = Update::of(root).set(["grants", &api.to_string(), "status"], "revoked");
                portal.portal.store.edit(update).await.expect("the grant is revoked");
                let registration = Key::registration(application, api);
                let update = Update::of(registration).set("status", "revoked");
                portal.portal.store.edit(update).await.expect("the registration is revoked");
            }
        }
        let access = explained(&portal, application, api).await;
        assert_eq!((&access["allowed"], &access["refused_by"]), (&json!(false), &json!(gate.name())), "{access}");
        assert_eq!(stands(&access, gate), "shut");
        logs.take_gates();
        assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_none());
        assert_eq!(logs.take_gates(), [gate.name()], "the authorizer names the same gate");
        portal.end().await;
    }
}

#[tokio::test]
async fn a_publication_without_application_authentication_is_told_from_none() {
    let (portal, _, application, api, _) = scene().await;
    portal.admin().publish_api(api, json!({ "auth_strategy_ids": null })).await.expect(200);
    let says = |access: &Value| {
        let gates = access["gates"].as_array().expect("gates");
        gates.iter().find(|gate| gate["gate"] == "not-published").expect("the gate")["explanation"].to_string()
    };
    assert!(says(&explained(&portal, application, api).await).contains("without application authentication"));
    portal.admin().delete(&publication(&portal, api)).await.expect(204);
    assert!(says(&explained(&portal, application, api).await).contains("is not published in this portal"));
    portal.end().await;
}

#[tokio::test]
async fn by_the_public_part_of_a_key_its_application_is_found_and_a_whole_key_is_refused_unrepeated() {
    let (portal, ada, application, api, key) = scene().await;
    let admin = portal.admin();
    let by_key = |key: &str| path(&portal, &format!("key={key}&api={api}"));
    let by_id = explained(&portal, application, api).await;
    assert_eq!(admin.get(&by_key(&key[..PublicPart::CHARS])).await.expect(200).body, by_id);
    for whole in [key.as_str(), &key[..60], &key[..=PublicPart::CHARS]] {
        let reply = admin.get(&by_key(whole)).await.expect_invalid(&["key"]);
        assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.contains("paste only its first 30 characters")));
        assert!(!reply.body.to_string().contains(&whole[PublicPart::CHARS..]) || whole.len() == PublicPart::CHARS + 1);
    }
    // A deleted application's key is answered, since somebody may still hold it.
    ada.delete(&format!("/api/v3/applications/{application}")).await.expect(204);
    let gone = admin.get(&by_key(&key[..PublicPart::CHARS])).await.expect(200).body;
    assert_eq!((&gone["refused_by"], &gone["key_prefix"]), (&json!("unknown-application"), &Value::Null));
    assert_eq!((stands(&gone, Gate::UnknownGateway), stands(&gone, Gate::NotRegistered)), ("open", "undecided"));
    portal.end().await;
}

#[tokio::test]
async fn what_is_not_there_or_not_of_this_portal_is_a_404_and_wrong_parameters_are_all_named() {
    let (portal, _, application, api, _) = scene().await;
    let admin = portal.admin();
    for query in [format!("application={NOBODYS}&api={api}"), format!("application={application}&api={NOBODYS}")] {
        admin.get(&path(&portal, &query)).await.expect_problem(404, "not-found");
    }
    for (query, fields) in [
        (String::new(), ["application", "api"].as_slice()),
        ("application=7&api=8".to_owned(), &["application", "api"]),
        (format!("application={application}&key=portico_&api={api}"), &["key"]),
        (format!("key=portico_&api={api}"), &["key"]),
        (format!("application={application}&application={application}&api={api}"), &["application"]),
    ] {
        admin.get(&path(&portal, &query)).await.expect_invalid(fields);
    }
    portal.anonymous().get(&path(&portal, "api=7")).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

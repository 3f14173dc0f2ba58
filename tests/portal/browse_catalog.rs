//! `get-portal-context`, `list-apis`, `fetch-api`, `get-api-actions`, `list-api-version-specs`, `fetch-api-version-spec`,
//! `fetch-api-version-spec-raw`, `list-api-specs`, `fetch-api-spec`, `fetch-api-spec-raw`, `list-application-auth-strategies`.
//! (`get-paginated-api-attributes` is in `admin_catalog_lists`; `list-api-documents` and `fetch-api-document` are beside their administration, in `admin_documents`.)

use std::time::Duration;

use http::Method;
use portico_tests::TestPortal;
use portico_tests::management::APIS;
use portico_tests::steps::NOBODYS;
use serde_json::{Value, json};

const CATALOG: &str = "/api/v3/apis";
const OPENAPI: &str = "openapi: 3.0.3\ninfo: {title: Weather, version: 2.1.0}\npaths: {}\n";

fn query(query: &str) -> String {
    format!("{CATALOG}?{}", query.replace('[', "%5B").replace(']', "%5D").replace(' ', "%20"))
}

#[tokio::test]
async fn the_portals_context_is_there_for_anybody_whatever_their_cookie_says() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let visitor = portal.anonymous();
    let context = visitor.get("/api/v3/portal").await.expect(200);
    assert_eq!(context.body["portal_id"], portal.id().to_string());
    assert_eq!(context.body["canonical_domain"], "portal.example.test");
    assert_eq!(context.body["basic_auth_enabled"], true);
    assert_eq!(context.body["rbac_enabled"], false);
    visitor.set_cookie("portalaccesstoken", "nonsense");
    visitor.get("/api/v3/portal").await.expect(200);
    portal.clock.advance(Duration::from_secs(24 * 60 * 60));
    ada.get("/api/v3/portal").await.expect(200);
    ada.get(CATALOG).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_private_api_is_the_same_404_to_a_visitor_as_one_that_does_not_exist() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let hidden = admin.create_api(json!({ "name": "Hidden", "spec_content": OPENAPI, "attributes": { "env": ["dev"] } })).await;
    let shown = admin.create_api(json!({ "name": "Shown", "spec_content": OPENAPI })).await;
    let unpublished = admin.create_api(json!({ "name": "Nowhere", "spec_content": OPENAPI })).await;
    admin.publish_api(hidden, json!({})).await.expect(200);
    admin.publish_api(shown, json!({ "visibility": "public" })).await.expect(200);
    let version = admin.get(&format!("{APIS}/{hidden}/versions")).await.expect(200).each("id").remove(0);
    let visitor = portal.anonymous();
    let list = visitor.get(CATALOG).await.expect(200);
    assert_eq!((list.total(), list.each("name")), (1, vec!["Shown".to_owned()]));
    assert_eq!(visitor.get(&query("filter[attributes.env]=dev")).await.expect(200).total(), 0);
    assert_eq!(ada.get(&query("sort=name desc")).await.expect(200).each("name"), ["Shown", "Hidden"]);
    for below in
        [String::new(), "/actions".into(), "/versions".into(), format!("/versions/{version}"), format!("/versions/{version}/raw")]
    {
        for named in [hidden.to_string(), "hidden".to_owned()] {
            let unknown = format!("{CATALOG}/{NOBODYS}{below}");
            visitor.expect_same_404(Method::GET, &format!("{CATALOG}/{named}{below}"), &unknown, None).await;
            ada.get(&format!("{CATALOG}/{named}{below}")).await.expect(200);
        }
        for named in [unpublished.to_string(), "nowhere".to_owned()] {
            ada.expect_same_404(Method::GET, &format!("{CATALOG}/{named}{below}"), &format!("{CATALOG}/{NOBODYS}{below}"), None)
                .await;
        }
    }
    // A version belongs to its API.
    let path = format!("{CATALOG}/{shown}/versions");
    ada.expect_same_404(Method::GET, &format!("{path}/{version}"), &format!("{path}/{NOBODYS}"), None).await;
    visitor.get(&format!("{CATALOG}/a.b")).await.expect_invalid(&["apiIdOrSlug"]);
    visitor.get(&format!("{CATALOG}/a.b/actions")).await.expect_problem(404, "not-found");
    visitor.get(&format!("{path}/x")).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn an_api_is_shown_by_id_and_by_slug_with_its_strategy() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let api = admin.create_api(json!({ "name": "Weather", "slug": "Wetter_1", "spec_content": OPENAPI })).await;
    admin.publish_api(api, json!({})).await.expect(200);
    let by_id = ada.get(&format!("{CATALOG}/{api}")).await.expect(200);
    assert_eq!(by_id.body["auth_strategies"][0]["id"], portal.strategy.to_string());
    assert_eq!(by_id.body["auth_strategies"][0]["key_names"], json!(["apikey"]));
    assert_eq!(by_id.body["specifications"][0]["type"], "oas3");
    assert_eq!(by_id.body["current_version_summary"]["spec"]["type"], "oas3");
    assert_eq!(ada.get(&format!("{CATALOG}/Wetter_1")).await.expect(200).body, by_id.body);
    ada.get(&format!("{CATALOG}/wetter_1")).await.expect_problem(404, "not-found");
    assert_eq!(ada.get(CATALOG).await.expect(200).body["data"][0], by_id.body);
    let openid = portal.openid_strategy("Provider").await;
    admin.publish_api(api, json!({ "auth_strategy_ids": [openid] })).await.expect(200);
    let shown = ada.get(&format!("{CATALOG}/{api}")).await.expect(200);
    assert_eq!(shown.body["auth_strategies"][0]["credential_type"], "self_managed_client_credentials");
    admin.publish_api(api, json!({ "auth_strategy_ids": null })).await.expect(200);
    assert_eq!(ada.get(&format!("{CATALOG}/{api}")).await.expect(200).body["auth_strategies"], json!([]));
    portal.end().await;
}

#[tokio::test]
async fn what_can_be_done_with_an_api_depends_on_who_asks_and_on_its_strategy() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Weather").await;
    let path = format!("{CATALOG}/{api}/actions");
    let actions = |register: bool| json!({ "view": true, "register": register, "view_documentation": true });
    assert_eq!(ada.get(&path).await.expect(200).body["actions"], actions(true));
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    assert_eq!(portal.anonymous().get(&path).await.expect(200).body["actions"], actions(false));
    admin.publish_api(api, json!({ "auth_strategy_ids": null })).await.expect(200);
    assert_eq!(ada.get(&path).await.expect(200).body["actions"], actions(false));
    portal.end().await;
}

#[tokio::test]
async fn the_catalog_is_filtered_sorted_and_paged() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    for (name, version, env) in
        [("Weather", "1", json!(["dev"])), ("Tides", "2", json!(["test", "prod"])), ("Trains", "3", json!(["prod"]))]
    {
        let body =
            json!({ "name": name, "version": version, "description": format!("About {name}"), "attributes": { "env": env } });
        let api = admin.create_api(body).await;
        admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
        portal.clock.advance(Duration::from_secs(60));
    }
    let visitor = portal.anonymous();
    for (asked, names) in [
        ("filter[attributes.env][ocontains]=dev,test&sort=name", vec!["Tides", "Weather"]),
        ("filter[attributes.env]=prod&sort=created_at desc", vec!["Trains", "Tides"]),
        ("filter[version][oeq]=1,3&sort=version", vec!["Weather", "Trains"]),
        ("filter[description][contains]=TIDES", vec!["Tides"]),
        ("filter[name][neq]=Tides&sort=slug", vec!["Trains", "Weather"]),
        ("filter[created_at][gt]=2027-01-15T08:00:30Z&sort=name", vec!["Tides", "Trains"]),
        ("sort=visibility,name&page[size]=1&page[number]=3", vec!["Weather"]),
    ] {
        assert_eq!(visitor.get(&query(asked)).await.expect(200).each("name"), names, "{asked}");
    }
    visitor.get(&query("filter[visibility]=public&page[size]=101")).await.expect_invalid(&["filter[visibility]", "page[size]"]);
    portal.end().await;
}

#[tokio::test]
async fn strategies_are_those_of_this_portals_apis_and_its_default() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let used = portal.openid_strategy("Provider").await;
    portal.key_strategy("Of nobody here", None).await;
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({ "auth_strategy_ids": [used] })).await.expect(200);
    let path = "/api/v3/application-auth-strategies";
    let listed = ada.get(path).await.expect(200);
    let mut names = listed.each("name");
    names.sort();
    assert_eq!(names, ["API key", "Provider"]);
    let keys = ada.get(&format!("{path}?filter%5Bcredential_type%5D=key_auth")).await.expect(200);
    assert_eq!(keys.each("id"), [portal.strategy.to_string()]);
    assert_eq!(keys.body["data"][0]["supports_multiple_credentials"], true);
    ada.get(&format!("{path}?filter%5Bcredential_type%5D=none")).await.expect_invalid(&["filter[credential_type]"]);
    portal.anonymous().get(path).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_developer_sees_a_publication_as_soon_as_it_is_made() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    assert_eq!(ada.get(CATALOG).await.expect(200).body["data"], Value::Array(Vec::new()));
    admin.publish_api(api, json!({})).await.expect(200);
    assert_eq!(ada.get(CATALOG).await.expect(200).total(), 1);
    portal.take_calls();
    ada.get(CATALOG).await.expect(200);
    assert!(portal.take_calls().iter().all(|call| call.index.is_none()), "no index, which may lag");
    portal.end().await;
}

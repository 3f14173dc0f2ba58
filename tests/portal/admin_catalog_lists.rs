//! `list-api-publications`, `list-portal-api-publications`, `list-api-operations`, `fetch-api-operation`, `list-api-implementations`,
//! `list-api-attributes`, `list-api-registrations`; and `get-paginated-api-attributes` of the catalog.

use http::Method;
use portico_domain::status::Status;
use portico_tests::TestPortal;
use portico_tests::management::{APIS, STRATEGIES};
use portico_tests::steps::NOBODYS;
use serde_json::json;

/// A query with its brackets as a client sends them.
fn sent(path: &str, query: &str) -> String {
    format!("{path}?{}", query.replace('[', "%5B").replace(']', "%5D").replace(' ', "%20"))
}

#[tokio::test]
async fn publications_are_listed_filtered_and_sorted() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let strategy = portal.key_strategy("Other keys", None).await;
    for (name, terms) in [
        ("Weather", json!({ "visibility": "public" })),
        ("Tides", json!({ "auth_strategy_ids": [strategy] })),
        ("Trains", json!({ "auth_strategy_ids": null, "auto_approve_registrations": true })),
    ] {
        let api = admin.create_api(json!({ "name": name })).await;
        admin.publish_api(api, terms).await.expect(200);
    }
    admin.create_api(json!({ "name": "Unpublished" })).await;
    let of_portal = format!("/v3/portals/{}/api-publications", portal.id());
    for path in ["/v3/api-publications", &of_portal] {
        let all = admin.get(path).await.expect(200);
        assert_eq!((all.total(), &all.body["data"][0]["entity_type"]), (3, &json!("api")), "{path}");
        for (query, total) in [
            ("filter[api_name]=Tides", 1),
            ("filter[api_name][ocontains]=t,w", 3),
            (&format!("filter[auth_strategy_id]={strategy}"), 1),
            ("filter[auth_strategy_id]=null", 1),
            ("filter[entity_type]=api", 3),
            ("filter[entity_type]=api_package", 0),
            (&format!("filter[api_id]={NOBODYS}"), 0),
        ] {
            assert_eq!(admin.get(&sent(path, query)).await.expect(200).total(), total, "{path} {query}");
        }
        let sorted = admin.get(&sent(path, "sort=visibility,auto_approve_registrations desc&page[size]=1")).await.expect(200);
        assert_eq!(sorted.body["data"][0]["auto_approve_registrations"], true, "{path}");
        admin.get(&sent(path, "filter[colour]=red&sort=colour")).await.expect_invalid(&["filter[colour]", "sort"]);
    }
    let named = admin.get(&sent("/v3/api-publications", &format!("filter[portal_id]={NOBODYS}"))).await.expect(200);
    assert_eq!(named.total(), 0);
    let other = portal.portal.new_id().expect("an id");
    portal.keep_admin_token("token-of-another-portal", "other-admin", Some(vec![other])).await;
    let other = portal.anonymous().with_bearer("token-of-another-portal");
    assert_eq!(other.get("/v3/api-publications").await.expect(200).total(), 0, "those of its portals");
    portal.end().await;
}

#[tokio::test]
async fn the_operations_are_those_of_the_current_version() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let content = r#"{"openapi":"3.1.0","info":{"title":"Weather","version":"1"},"paths":{
        "/stations":{"get":{"responses":{}},"post":{"responses":{}}},"/stations/{id}":{"get":{"responses":{}}}}}"#;
    let api = admin.create_api(json!({ "name": "Weather", "spec_content": content })).await;
    let path = format!("{APIS}/{api}/operations");
    let all = admin.get(&path).await.expect(200);
    assert_eq!((all.total(), all.each("path")), (3, ["/stations", "/stations", "/stations/{id}"].map(str::to_owned).to_vec()));
    let posts = admin.get(&sent(&path, "filter[method]=POST")).await.expect(200);
    assert_eq!(posts.total(), 1);
    assert_eq!(admin.get(&format!("{path}/{}", posts.each("id")[0])).await.expect(200).body, posts.body["data"][0]);
    assert_eq!(admin.get(&sent(&path, "filter[path][contains]={id}")).await.expect(200).total(), 1);
    admin.get(&sent(&path, "filter[method]=FETCH")).await.expect_invalid(&["filter[method]"]);
    let next = json!({ "version": "2", "spec": { "content": content.replace("/stations/{id}", "/tides") } });
    admin.post(&format!("{APIS}/{api}/versions"), next).await.expect(201);
    let after = admin.get(&path).await.expect(200);
    assert_eq!(after.each("path")[2], "/tides");
    assert_eq!(after.each("id")[..2], all.each("id")[..2], "they stay the same");
    let gone = format!("{path}/{}", all.each("id")[2]);
    admin.expect_same_404(Method::GET, &gone, &format!("{path}/{NOBODYS}"), None).await;
    let bare = admin.create_api(json!({ "name": "Bare" })).await;
    assert_eq!(admin.get(&format!("{APIS}/{bare}/operations")).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn implementations_and_registrations_are_listed_with_what_they_belong_to() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Board").await;
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({})).await.expect(200);
    let link = admin.link_api(api, "local", "weather").await.expect(201).id();
    portal.registration(app, api, Status::Approved).await;
    let links = admin.get("/v3/api-implementations").await.expect(200);
    assert_eq!((links.total(), links.each("id"), links.each("api_id")), (1, vec![link], vec![api.to_string()]));
    for (query, total) in [("filter[service_id]=null", 1), (&format!("filter[api_id]={NOBODYS}"), 0)] {
        assert_eq!(admin.get(&sent("/v3/api-implementations", query)).await.expect(200).total(), total, "{query}");
    }
    let path = format!("{APIS}/{api}/registrations");
    let all = admin.get(&path).await.expect(200);
    let owner = json!({ "type": "developer", "id": ada.developer });
    assert_eq!((all.total(), &all.body["data"][0]["application"]["owner"]), (1, &owner));
    for (query, total) in [
        ("filter[status]=approved".to_owned(), 1),
        ("filter[status]=revoked".to_owned(), 0),
        (format!("filter[application_id]={app}"), 1),
        ("filter[application_name][contains]=boa".to_owned(), 1),
        ("filter[application_owner_type]=team".to_owned(), 0),
        (format!("filter[application_owner_id]={NOBODYS}"), 0),
        (format!("filter[portal_id]={}", portal.id()), 1),
    ] {
        assert_eq!(admin.get(&sent(&path, &query)).await.expect(200).total(), total, "{query}");
    }
    admin.get(&sent(&path, "filter[status]=gone")).await.expect_invalid(&["filter[status]"]);
    assert_eq!(admin.get(STRATEGIES).await.expect(200).total(), 1);
    portal.end().await;
}

#[tokio::test]
async fn attributes_are_counted_and_never_those_of_what_the_caller_does_not_see() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    for (name, visibility, attributes) in [
        ("Weather", "public", json!({ "env": ["dev", "prod"], "tier": ["gold"] })),
        ("Tides", "public", json!({ "env": ["prod"] })),
        ("Secret", "private", json!({ "env": ["prod", "hidden"], "team": ["x"] })),
    ] {
        let api = admin.create_api(json!({ "name": name, "attributes": attributes })).await;
        admin.publish_api(api, json!({ "visibility": visibility })).await.expect(200);
    }
    let counted = json!([
        { "key": "env", "values": [{ "value": "dev", "api_count": 1 }, { "value": "prod", "api_count": 2 }] },
        { "key": "tier", "values": [{ "value": "gold", "api_count": 1 }] },
    ]);
    let seen = visitor.get("/api/v3/api-attributes").await.expect(200);
    assert_eq!((&seen.body["data"], seen.total()), (&counted, 2));
    let ada = portal.approved_developer("ada@example.test").await;
    assert_eq!(ada.get("/api/v3/api-attributes").await.expect(200).each("key"), ["env", "team", "tier"]);
    let chosen = visitor.get(&sent("/api/v3/api-attributes", "selected[tier]=gold&filter[key]=env")).await.expect(200);
    let values = json!([
        { "value": "dev", "api_count": 1, "selected_api_count": 1 },
        { "value": "prod", "api_count": 2, "selected_api_count": 1 },
    ]);
    assert_eq!(chosen.body["data"], json!([{ "key": "env", "values": values }]));
    let wrong = sent("/api/v3/api-attributes", "selected=x&filter[value]=1");
    visitor.get(&wrong).await.expect_problem(400, "invalid-request");
    let all = admin.get("/v3/api-attributes").await.expect(200);
    assert_eq!(all.each("key"), ["env", "team", "tier"]);
    assert_eq!(all.body["data"][0]["values"][2], json!({ "value": "prod", "api_count": 3 }));
    assert_eq!(admin.get(&sent("/v3/api-attributes", "filter[key]=team")).await.expect(200).total(), 1);
    portal.end().await;
}

//! What requests cost: calls of the store, in one table, and never a scan.

use http::Method;
use portico_domain::status::Status;
use portico_http::routes::of_the_api;
use portico_tests::account::{AUTHENTICATE, PASSWORD};
use portico_tests::steps::APPLICATIONS;
use portico_tests::{ApiCall, TestPortal};
use serde_json::json;

use super::bad_input::Asked;
use super::tenancy::scene::Scene;

#[tokio::test]
async fn requests_cost_as_many_store_calls_as_the_table_says() {
    let portal = TestPortal::start().await;
    portal.account("eve@example.test", Status::Approved).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, other) = (portal.published_api("Tides").await, portal.published_api("Winds").await);
    let app = portal.application_of(&ada, "Weather board").await;
    // More than one of everything: a read for each of them would show.
    portal.application_of(&ada, "Hall display").await;
    portal.registration(app, api, Status::Approved).await;
    portal.seed_keys(app, 5).await;
    let key = portal.api_key(app).await;
    portal.take_calls();

    assert!(portal.call(&ApiCall::to("tides").key(&key)).await.is_some());
    assert_eq!(portal.take_calls().len(), 1, "authorize");

    let eve = portal.anonymous();
    let credentials = json!({ "username": "eve@example.test", "password": PASSWORD });
    let of_app = |rest: &str| format!("{APPLICATIONS}/{app}/{rest}");
    let table = [
        ("authenticate", 3, &eve, Method::POST, AUTHENTICATE.to_owned(), Some(credentials)),
        (
            "create-application",
            3,
            &ada,
            Method::POST,
            APPLICATIONS.to_owned(),
            Some(json!({ "name": "Third", "client_id": "third" })),
        ),
        ("create-application-registration", 2, &ada, Method::POST, of_app("registrations"), Some(json!({ "api_id": other }))),
        ("create-credential", 3, &ada, Method::POST, of_app("credentials"), Some(json!({}))),
        ("list-applications", 3, &ada, Method::GET, APPLICATIONS.to_owned(), None),
        ("list-credentials", 2, &ada, Method::GET, of_app("credentials"), None),
        ("fetch-api", 2, &ada, Method::GET, format!("/api/v3/apis/{api}"), None),
        ("fetch-api by its slug", 3, &ada, Method::GET, "/api/v3/apis/tides".to_owned(), None),
        ("get-api-actions", 1, &ada, Method::GET, format!("/api/v3/apis/{api}/actions"), None),
        ("list-apis", 3, &ada, Method::GET, "/api/v3/apis".to_owned(), None),
        ("get-developer-me", 1, &ada, Method::GET, "/api/v3/developer/me".to_owned(), None),
    ];
    for (what, calls, client, method, path, body) in table {
        portal.take_calls();
        let reply = client.send(method, &path, body).await;
        assert!(reply.status.is_success(), "{what}: {}", reply.body);
        let made: Vec<_> = portal.take_calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(made.len(), calls, "{what}: {made:?}");
    }
    portal.end().await;
}

#[tokio::test]
async fn no_request_and_no_job_scans_the_table() {
    let scene = Scene::start().await;
    scene.portal.take_calls();
    let mut routes: Vec<_> = of_the_api().collect();
    // What is deleted last is what others lie in.
    routes.sort_by_key(|route| (route.method == "DELETE", std::cmp::Reverse(route.path.len())));
    for (number, route) in routes.into_iter().enumerate() {
        let asked = Asked::of(&scene, route);
        let method = route.method.parse().expect("a method");
        asked.client.send(method, &asked.path, scene.body(&route.key(), number)).await;
    }
    scene.portal.run_jobs().await;
    let calls = scene.portal.take_calls();
    assert!(calls.len() > 100, "{}", calls.len());
    let scans: Vec<_> = calls.iter().filter(|call| call.operation == "Scan").collect();
    assert!(scans.is_empty(), "{scans:?}");
    scene.portal.portal.store.verify().await.expect("the table can be read");
    assert!(scene.portal.take_calls().iter().any(|call| call.operation == "Scan"), "verify alone does");
    scene.portal.end().await;
}

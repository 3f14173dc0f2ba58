//! `list-applications`, `get-application`, `list-credentials`, `list-application-registrations`, `get-application-registration` and
//! `get-api-applications`.

use std::time::Duration;

use http::Method;
use portico_domain::portal::Visibility;
use portico_domain::status::Status;
use portico_tests::seed_catalog::SeedApi;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::{Client, TestPortal};
use serde_json::json;

/// Ada with the applications Alpha, Beta and Gamma, a minute apart; Beta has the second strategy.
async fn three_applications(portal: &TestPortal) -> (Client, [String; 3]) {
    let ada = portal.approved_developer("ada@example.test").await;
    let second = portal.key_strategy("Second", None).await;
    let mut ids = Vec::new();
    for (name, strategy) in [("Beta", second), ("Alpha", portal.strategy), ("Gamma", portal.strategy)] {
        let body = json!({ "name": name, "description": format!("{name} of Ada"), "auth_strategy_id": strategy });
        ids.push(ada.post(APPLICATIONS, body).await.expect(201).id());
        portal.clock.advance(Duration::from_secs(60));
    }
    (ada, ids.try_into().expect("three"))
}

#[tokio::test]
async fn a_developer_lists_the_own_applications_and_no_others() {
    let portal = TestPortal::start().await;
    let (ada, ids) = three_applications(&portal).await;
    let eve = portal.approved_developer("eve@example.test").await;
    eve.create_app("Eve's").await;
    let listed = ada.get(APPLICATIONS).await.expect(200);
    assert_eq!(listed.each("id"), ids, "in the order in which they were made");
    assert_eq!(listed.body["data"][0]["auth_strategy"]["name"], "Second");
    assert_eq!(listed.body["meta"]["page"], json!({ "number": 1, "size": 10, "total": 3 }));
    assert_eq!(eve.get(APPLICATIONS).await.expect(200).each("name"), ["Eve's"]);
    portal.anonymous().get(APPLICATIONS).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn applications_are_filtered_sorted_and_cut_into_pages() {
    let portal = TestPortal::start().await;
    let (ada, _) = three_applications(&portal).await;
    let names = async |query: &str| ada.get(&format!("{APPLICATIONS}?{query}")).await.expect(200).each("name");
    assert_eq!(names("filter[name]=Alpha").await, ["Alpha"]);
    assert_eq!(names("filter[name][contains]=a&sort=name").await, ["Alpha", "Beta", "Gamma"]);
    assert_eq!(names(&format!("filter[auth_strategy_id]={}&sort=name%20desc", portal.strategy)).await, ["Gamma", "Alpha"]);
    for column in ["id", "name", "client_id", "description", "redirect_uri", "created_at", "updated_at", "team_id"] {
        assert_eq!(names(&format!("sort={column}")).await.len(), 3, "{column}");
    }
    assert_eq!(names("sort=created_at%20desc&page[size]=2&page[number]=2").await, ["Beta"]);
    let page = ada.get(&format!("{APPLICATIONS}?page[size]=2&page[number]=1000000")).await.expect(200);
    assert_eq!((page.total(), page.each("name").len()), (3, 0));
    for wrong in ["page[size]=101", "page[size]=0", "sort=owner", "filter[owner]=x", "filter[name][like]=x"] {
        ada.get(&format!("{APPLICATIONS}?{wrong}")).await.expect_problem(400, "invalid-request");
    }
    portal.end().await;
}

#[tokio::test]
async fn no_filter_reaches_what_is_not_the_developers_own() {
    let portal = TestPortal::start().await;
    let (ada, ids) = three_applications(&portal).await;
    let eve = portal.approved_developer("eve@example.test").await;
    let eves = eve.create_app("Eve's").await;
    for query in [
        format!("filter[team_id][neq]={NOBODYS}"),
        "filter[name][neq]=Nothing".to_owned(),
        format!("page[after]={eves}"),
        format!("developer_id={}", eve.developer.expect("eve")),
    ] {
        assert_eq!(ada.get(&format!("{APPLICATIONS}?{query}")).await.expect(200).each("id"), ids, "{query}");
    }
    for query in [format!("filter[team_id]={NOBODYS}"), format!("filter[team_id][oeq]={NOBODYS},{eves}")] {
        assert_eq!(ada.get(&format!("{APPLICATIONS}?{query}")).await.expect(200).total(), 0, "{query}");
    }
    portal.end().await;
}

#[tokio::test]
async fn an_application_is_shown_to_its_owner_and_to_nobody_else() {
    let portal = TestPortal::start().await;
    let (ada, [app, ..]) = three_applications(&portal).await;
    let eve = portal.approved_developer("eve@example.test").await;
    let path = format!("{APPLICATIONS}/{app}");
    let shown = ada.get(&path).await.expect(200);
    assert_eq!((shown.body["name"].as_str(), shown.body["description"].as_str()), (Some("Beta"), Some("Beta of Ada")));
    let unknown = format!("{APPLICATIONS}/{NOBODYS}");
    eve.expect_same_404(Method::GET, &path, &unknown, None).await;
    for below in ["credentials", "registrations", &format!("registrations/{NOBODYS}")] {
        eve.expect_same_404(Method::GET, &format!("{path}/{below}"), &format!("{unknown}/{below}"), None).await;
        portal.anonymous().get(&format!("{path}/{below}")).await.expect_problem(401, "unauthorized");
    }
    for below in ["", "/credentials", "/registrations"] {
        ada.get(&format!("{APPLICATIONS}/weather{below}")).await.expect_invalid(&["applicationId"]);
    }
    ada.get(&format!("{APPLICATIONS}/weather/registrations/{NOBODYS}")).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn credentials_are_listed_in_the_order_in_which_they_were_made() {
    let portal = TestPortal::start().await;
    let (ada, [_, app, _]) = three_applications(&portal).await;
    let app = app.parse().expect("an id");
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(ada.create_key(app).await.id);
        portal.clock.advance(Duration::from_secs(1));
    }
    let path = format!("{APPLICATIONS}/{app}/credentials");
    let listed = ada.get(&path).await.expect(200);
    assert_eq!(listed.each("id"), made);
    let page = ada.get(&format!("{path}?page[size]=1&page[number]=3")).await.expect(200);
    assert_eq!((page.total(), page.each("display_name")), (3, vec!["Key 3".to_owned()]));
    assert_eq!(ada.get(&format!("{path}?sort=created_at%20desc")).await.expect(200).each("id")[2], made[0]);
    portal.end().await;
}

#[tokio::test]
async fn registrations_are_listed_with_the_names_of_their_apis() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let (weather, trains) = (portal.published_api("Weather").await, portal.published_api("Trains").await);
    let buses = portal.publish(SeedApi { auto_approve_registrations: true, ..portal.seed_api("Buses") }).await;
    let mut asked = Vec::new();
    for api in [weather, trains, buses] {
        asked.push(ada.register(app, api).await);
        portal.clock.advance(Duration::from_secs(1));
    }
    let path = format!("{APPLICATIONS}/{app}/registrations");
    let names = async |query: &str| ada.get(&format!("{path}?{query}")).await.expect(200).each("api_name");
    assert_eq!(names("").await, ["Weather", "Trains", "Buses"], "in the order in which they were asked for");
    assert_eq!(names("filter[status]=approved").await, ["Buses"]);
    assert_eq!(names("filter[status]=pending&sort=api_name").await, ["Trains", "Weather"]);
    assert_eq!(names("filter[api_name]=Trains").await, ["Trains"]);
    assert_eq!(names("filter[api_name][contains]=s&sort=created_at").await, ["Trains", "Buses"]);
    assert_eq!(names(&format!("filter[id]={}", asked[0])).await, ["Weather"]);
    for column in ["id", "status", "api_id", "api_slug", "application_id", "updated_at"] {
        assert_eq!(names(&format!("sort={column}")).await.len(), 3, "{column}");
    }
    ada.get(&format!("{path}?filter[status]=lost")).await.expect_problem(400, "invalid-request");
    let one = ada.get(&format!("{path}/{}", asked[1])).await.expect(200);
    assert_eq!((one.body["api_name"].as_str(), one.body["api_slug"].as_str()), (Some("Trains"), Some("trains")));
    ada.get(&format!("{path}/{NOBODYS}")).await.expect_problem(404, "not-found");
    ada.get(&format!("{path}/trains")).await.expect_problem(404, "not-found");
    let other = ada.create_app("Other").await;
    ada.get(&format!("{APPLICATIONS}/{other}/registrations/{}", asked[1])).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn an_api_lists_the_developers_own_applications_with_their_registrations() {
    let portal = TestPortal::start().await;
    let (ada, [beta, alpha, gamma]) = three_applications(&portal).await;
    let eve = portal.approved_developer("eve@example.test").await;
    let api = portal.published_api("Weather").await;
    let registration = ada.register(alpha.parse().expect("an id"), api).await;
    eve.register(eve.create_app("Eve's").await, api).await;
    let path = format!("/api/v3/apis/{api}/applications");
    let ids = async |query: &str| ada.get(&format!("{path}?{query}")).await.expect(200).each("id");
    let all = ada.get(&path).await.expect(200);
    assert_eq!(all.each("id"), [beta.clone(), alpha.clone(), gamma.clone()]);
    let of = |place: usize, member: &str| all.body["data"][place][member].clone();
    assert_eq!((of(1, "registration_id"), of(1, "registration_status")), (json!(registration), json!("pending")));
    assert_eq!((of(0, "registration_id"), of(0, "registration_status")), (json!(null), json!(null)));
    assert_eq!(ids("unregistered=true").await, [beta.clone(), gamma.clone()]);
    assert_eq!(ids("unregistered=false").await, std::slice::from_ref(&alpha));
    assert_eq!(ids("applicationfilter[name]=Gamma").await, [gamma]);
    assert_eq!(ids("applicationfilter[name][ocontains]=lph,bet&sort=name").await, [alpha, beta]);
    let by_slug = ada.get("/api/v3/apis/weather/applications").await.expect(200);
    assert_eq!(by_slug.body, all.body);
    ada.get(&format!("{path}?unregistered=maybe")).await.expect_invalid(&["unregistered"]);
    portal.end().await;
}

#[tokio::test]
async fn an_api_that_is_not_published_here_has_no_such_list() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let public = portal.publish(SeedApi { visibility: Visibility::Public, ..portal.seed_api("Trains") }).await;
    for api in [NOBODYS, "weather"] {
        ada.get(&format!("/api/v3/apis/{api}/applications")).await.expect_problem(404, "not-found");
    }
    portal.anonymous().get(&format!("/api/v3/apis/{public}/applications")).await.expect_problem(401, "unauthorized");
    assert_eq!(ada.get(&format!("/api/v3/apis/{public}/applications")).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn more_registrations_than_one_batch_reads_have_an_exact_total() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let mut apis = Vec::new();
    for number in 0..120 {
        apis.push(portal.published_api(&format!("Api {number}")).await);
    }
    portal.seed_registrations(app, &apis, Status::Approved).await;
    let page = ada.get(&format!("{APPLICATIONS}/{app}/registrations?page[size]=100&page[number]=2")).await.expect(200);
    assert_eq!((page.total(), page.each("id").len()), (120, 20));
    portal.end().await;
}

#[tokio::test]
async fn what_is_neither_an_id_nor_a_slug_names_no_api_and_never_becomes_a_key_of_the_table() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    for named in ["w".repeat(3000), "no%20slug".to_owned(), "%C3%BC".repeat(1000)] {
        ada.get(&format!("/api/v3/apis/{named}/applications")).await.expect_invalid(&["apiIdOrSlug"]);
        portal.anonymous().get(&format!("/api/v3/apis/{named}/applications")).await.expect_problem(401, "unauthorized");
    }
    portal.end().await;
}

//! Lists, over every route that has one: what the contract documents is understood, and what it does not is refused.

use portico_http::routes::{Caller, Route, of_the_api};
use portico_tests::Client;
use portico_tests::contract::{Contract, Operation};

use super::tenancy::matrix::Who;
use super::tenancy::scene::Scene;

/// Every route with numbered pages, who may call it, and its path with ids of the scene.
fn lists(scene: &Scene) -> Vec<(&'static Route, &'static Operation, Client, String)> {
    let mut found = Vec::new();
    // Portico's own lists are no operations of the contract.
    for route in of_the_api().filter(|route| route.method == "GET" && !route.path.starts_with("/portico/")) {
        let operation = Contract::load().match_route(route.method, route.path).expect("a route of the contract");
        if operation.is_numbered() {
            let who = if route.caller == Caller::Administrator { Who::Admin } else { Who::Owner };
            found.push((route, operation, scene.client(who), scene.paths(route.path).0));
        }
    }
    assert!(found.len() >= 14, "{found:?}", found = found.len());
    found
}

#[tokio::test]
async fn every_documented_filter_with_every_operator_is_understood() {
    let scene = Scene::start().await;
    let mut wrong = Vec::new();
    for (route, operation, client, path) in lists(&scene) {
        for filter in operation.filters() {
            let reply = client.get(&format!("{path}?{filter}")).await;
            if reply.status != 200 {
                wrong.push(format!("{}?{filter}: {} {}", route.key(), reply.status, reply.body["invalid_parameters"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    scene.portal.end().await;
}

#[tokio::test]
async fn every_scalar_member_of_the_items_can_be_sorted_by() {
    let scene = Scene::start().await;
    let mut wrong = Vec::new();
    for (route, operation, client, path) in lists(&scene) {
        let members = operation.sortable();
        assert!(members.iter().any(|member| member.ends_with("id")), "{}: {members:?}", route.key());
        for member in members {
            for order in ["", "%20asc", "%20desc"] {
                let reply = client.get(&format!("{path}?sort={member}{order}")).await;
                if reply.status != 200 {
                    wrong.push(format!("{}?sort={member}{order}: {}", route.key(), reply.status));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    scene.portal.end().await;
}

#[tokio::test]
async fn pages_filters_and_orders_that_make_no_sense_are_refused_by_every_list_with_the_parameters_name() {
    let scene = Scene::start().await;
    let mut wrong = Vec::new();
    for (route, operation, client, path) in lists(&scene) {
        let filter = operation.filter_name();
        let named = operation.filters().first().and_then(|one| one.split(['=']).next()?.split(']').next()).map(str::to_owned);
        let mut cases: Vec<(String, String)> = ["0", "-1", "1000000000", "1e3", "abc", "101", "1.0", "%2B1", "%00", "１"]
            .iter()
            .map(|size| (format!("page[size]={size}"), "page[size]".to_owned()))
            .collect();
        cases.extend(
            ["0", "-1", "1e3", "abc", "99999999999999999999"].map(|n| (format!("page[number]={n}"), "page[number]".into())),
        );
        cases.push(("page[size]=1&page[size]=2".into(), "page[size]".into()));
        cases.push((format!("{filter}[nonsense]=x"), format!("{filter}[nonsense]")));
        cases.push((format!("{filter}[nonsense][eq]=x"), format!("{filter}[nonsense][eq]")));
        cases.push((format!("{filter}=x"), filter.to_owned()));
        if let Some(named) = named {
            cases.push((format!("{named}][nonsense]=x"), format!("{named}][nonsense]")));
        }
        for sort in ["nonsense", "nonsense%20desc", "id%20sideways", "id%20desc%20desc", "id,nonsense"] {
            cases.push((format!("sort={sort}"), "sort".into()));
        }
        for (query, field) in cases {
            let reply = client.get(&format!("{path}?{query}")).await;
            let named = reply.body["invalid_parameters"][0]["field"].as_str().unwrap_or_default();
            if reply.status != 400 || named != field {
                wrong.push(format!("{}?{query}: {} {named}", route.key(), reply.status));
            }
        }
        for query in ["page[size]=", "page[number]=", "sort=", "page[size]=100", "nonsense=1", &format!("{filter}[x")] {
            let expected = if query.ends_with("[x") { 400 } else { 200 };
            let reply = client.get(&format!("{path}?{query}")).await;
            if reply.status != expected {
                wrong.push(format!("{}?{query}: {}", route.key(), reply.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    scene.portal.end().await;
}

#[tokio::test]
async fn more_than_a_hundred_parameters_and_broken_encodings_are_refused_by_every_route_before_the_store_is_asked() {
    let scene = Scene::start().await;
    for route in of_the_api() {
        let who = if route.caller == Caller::Administrator { Who::Admin } else { Who::Owner };
        let path = scene.paths(route.path).0;
        for query in [format!("{}a=1", "a=1&".repeat(100)), "a=%ff".into(), "a=%".into(), "page%5Bsize%5D=%zz".into()] {
            scene.portal.take_calls();
            let method = route.method.parse().expect("a method");
            let path = format!("{path}?{query}");
            scene.client(who).send(method, &path, scene.body(&route.key(), 0)).await.expect_problem(400, "invalid-request");
            assert_eq!(scene.portal.take_calls(), [], "{} {query}", route.key());
        }
    }
    scene.portal.end().await;
}

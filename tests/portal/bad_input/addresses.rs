//! Addresses and methods that no route has, and ids that are none.

use http::Method;
use portico_http::routes::{Caller, methods_of, of_the_api};
use serde_json::Value;

use super::{Asked, Scene};

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_a_405_that_names_those_it_has() {
    let scene = Scene::start().await;
    for route in of_the_api() {
        let asked = Asked::of(&scene, route);
        let known = methods_of(&asked.path);
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            if known.contains(&method) {
                continue;
            }
            let method: Method = method.parse().expect("a method");
            for client in [&asked.client, &scene.portal.anonymous()] {
                scene.portal.take_calls();
                let reply = client.send(method.clone(), &asked.path, None).await.expect_problem(405, "method-not-allowed");
                assert_eq!(reply.headers["allow"], known.join(", "), "{method} {}", asked.path);
                assert_eq!(scene.portal.take_calls(), [], "{method} {}", asked.path);
            }
        }
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn a_path_that_no_route_has_is_a_404_whatever_it_is_sent() {
    let scene = Scene::start().await;
    let admin = scene.portal.admin();
    for route in of_the_api() {
        let path = &Asked::of(&scene, route).path;
        for path in [format!("{path}/"), format!("{path}/nonsense/x/y/z"), format!("/x{path}"), path.replace("/v", "//v")] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                admin.send(method, &path, None).await.expect_problem(404, "not-found");
            }
        }
    }
    let long = format!("/{}", "x".repeat(4_000));
    for path in
        ["/nothing", "/api", "/api/v3", "/v3", "/v2", "/favicon.ico", "/api/v3/%00", "/api/v3/..%2f", "/_local/mail", &long]
    {
        admin.post(path, Value::Null).await.expect_problem(404, "not-found");
        scene.portal.anonymous().get(path).await.expect_problem(404, "not-found");
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn an_id_that_is_none_is_a_400_where_the_contract_lists_it_and_else_a_404_but_first_of_all_a_401() {
    let scene = Scene::start().await;
    let mut wrong = Vec::new();
    for route in of_the_api().filter(|route| route.path.contains('{')) {
        let asked = Asked::of(&scene, route);
        let body = scene.body(&route.key(), 7);
        let method: Method = route.method.parse().expect("a method");
        let long = "0".repeat(2_000);
        let names = route.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        for name in names {
            for id in [
                "7",
                "0192f3a4",
                "%00",
                "%ff",
                "..%2f..",
                "%20",
                "null",
                "0192f3a4-5b6c-7d8e-9f00-11223344556g",
                "%F0%9F%92%A9",
                &long,
            ] {
                let template = route.path.replace(&format!("{{{name}}}"), id);
                let path = scene.paths(&template).0;
                scene.portal.take_calls();
                let reply = asked.client.send(method.clone(), &path, body.clone()).await;
                let changed = asked.asked_and_changed().1;
                let expected: &[u16] = match name {
                    // A slug may be many things, and what cannot be one is malformed.
                    "apiIdOrSlug" | "documentIdOrSlug" if route.lists_400 => &[400, 404],
                    // A string in the contract (point 22).
                    "credentialId" => &[404],
                    _ if route.lists_400 => &[400],
                    _ => &[404],
                };
                if !expected.contains(&reply.status.as_u16()) || changed {
                    wrong.push(format!("{} with {name}={id:.40}: {} and not {expected:?}", route.key(), reply.status));
                }
                if matches!(route.caller, Caller::Developer | Caller::Administrator) {
                    scene.portal.anonymous().send(method.clone(), &path, body.clone()).await.expect_problem(401, "unauthorized");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    scene.portal.end().await;
}

#[tokio::test]
async fn whoever_may_not_call_a_route_is_told_so_before_anything_else_is_looked_at() {
    let scene = Scene::start().await;
    for route in of_the_api().filter(|route| matches!(route.caller, Caller::Developer | Caller::Administrator)) {
        let nobody = Asked { client: scene.portal.anonymous(), ..Asked::of(&scene, route) };
        scene.portal.take_calls();
        nobody.send(Some("text/plain"), "nonsense").await.expect_problem(401, "unauthorized");
        nobody.json(vec![b'x'; 70_000]).await.expect_problem(401, "unauthorized");
        let query = format!("{}?page[size]=0&a=%ff", nobody.path);
        let method = route.method.parse().expect("a method");
        nobody.client.send(method, &query, None).await.expect_problem(401, "unauthorized");
        assert_eq!(scene.portal.take_calls(), [], "{}", route.key());
    }
    scene.portal.end().await;
}

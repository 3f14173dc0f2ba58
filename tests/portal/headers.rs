//! What every answer carries, and what a fault never tells.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use http::{HeaderMap, Method};
use portico::faults::{Fault, Matching};
use portico_domain::status::Status;
use portico_http::cookies::ACCESS;
use portico_http::routes::{Caller, Route, of_the_api};
use portico_store::{Key, Update};
use portico_tests::account::PASSWORD;
use portico_tests::portal::{ADMIN_TOKEN, SOURCE, TABLE};
use portico_tests::{Client, Reply};
use serde_json::{Value, json};

use super::bad_input::Asked;
use super::tenancy::matrix::Who;
use super::tenancy::scene::Scene;

fn safe(headers: &HeaderMap) -> Result<(), String> {
    safe_and_cached(headers, "no-store")
}

fn safe_and_cached(headers: &HeaderMap, caching: &str) -> Result<(), String> {
    let value = |name: &str| {
        let mut all = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        (all.next().unwrap_or_default().to_owned(), all.next().is_some())
    };
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", caching),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        if value(name) != (expected.to_owned(), false) {
            return Err(format!("{name}: {:?}", value(name)));
        }
    }
    let (policy, twice) = value("content-security-policy");
    if twice || !policy.contains("default-src 'none'") || !policy.contains("frame-ancestors 'none'") {
        return Err(format!("content-security-policy: {policy}"));
    }
    let (transport, _) = value("strict-transport-security");
    let age = transport.strip_prefix("max-age=").and_then(|rest| rest.split(';').next()?.parse::<u64>().ok());
    if age.is_none_or(|seconds| seconds < 31_536_000) {
        return Err(format!("strict-transport-security: {transport}"));
    }
    match headers.keys().find(|name| name.as_str().starts_with("access-control-")) {
        Some(name) => Err(format!("{name} opens it to other origins")),
        None => Ok(()),
    }
}

#[track_caller]
fn check(what: &str, reply: &Reply) {
    // The images of the portal and its description are for everybody, and so for caches.
    let public = ["GET /api/v3/assets/", "GET /api/portico/v1/openapi.json"];
    let cached = public.iter().any(|path| what.starts_with(path)) && reply.status == 200;
    let caching = if cached { "public, max-age=300" } else { "no-store" };
    assert_eq!(safe_and_cached(&reply.headers, caching), Ok(()), "{what}: {}", reply.status);
    let content_type = reply.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(content_type.is_empty(), reply.bytes.is_empty(), "{what}: {content_type}");
    let expected: &[&str] = match reply.status.as_u16() {
        400.. => &["application/problem+json"],
        _ if what.contains("/assets/") && (cached || what.ends_with("/raw")) => &["image/png"],
        _ if what.ends_with("/raw") => &["application/json", "application/yaml"],
        _ => &["application/json"],
    };
    let essence = content_type.split(';').next().unwrap_or_default();
    assert!(reply.bytes.is_empty() || expected.contains(&essence), "{what}: {} {content_type}", reply.status);
}

/// Every route of the API, and those last that take away what others need.
fn routes() -> Vec<&'static Route> {
    let mut routes: Vec<_> = of_the_api().collect();
    routes.sort_by_key(|route| (route.method == "DELETE", Reverse(route.path.len())));
    routes
}

/// Every route of the API but the portal's description, which is in its function.
fn asking_the_store() -> impl Iterator<Item = &'static Route> {
    of_the_api().filter(|route| route.function != "describe-portal")
}

/// Somebody with every cookie.
async fn signed_in(scene: &Scene) -> Client {
    scene.portal.account("grace@example.test", Status::Approved).await;
    let grace = scene.portal.anonymous();
    grace.authenticate("grace@example.test", PASSWORD).await.expect(204);
    grace.open_admin_session(ADMIN_TOKEN).await.expect(204);
    grace
}

#[tokio::test]
async fn every_answer_of_every_route_carries_the_headers_that_keep_browsers_safe() {
    let scene = Scene::start().await;
    let mut statuses = BTreeSet::new();
    for (number, route) in routes().into_iter().enumerate() {
        let asked = Asked::of(&scene, route);
        let method: Method = route.method.parse().expect("a method");
        let body = scene.body(&route.key(), number);
        let unknown = scene.paths(route.path).1;
        let elsewhere = scene.client(Who::Eve).with_header("origin", "https://evil.test");
        let preflight = elsewhere.clone().with_header("access-control-request-method", "POST");
        let replies = [
            preflight.send(Method::OPTIONS, &asked.path, None).await,
            elsewhere.send(method.clone(), &asked.path, body.clone()).await,
            scene.portal.anonymous().send(method.clone(), &asked.path, None).await,
            asked.client.send(method.clone(), &unknown, body.clone()).await,
            asked.client.send(method.clone(), &asked.path, Some(json!([]))).await,
            asked.client.send(method, &asked.path, body).await,
        ];
        for reply in replies {
            check(&route.key(), &reply);
            statuses.insert(reply.status.as_u16());
        }
    }
    check("an unknown path", &scene.portal.anonymous().get("/nonsense").await.expect(404));
    assert!([200, 201, 204, 400, 401, 403, 404, 405].iter().all(|status| statuses.contains(status)), "{statuses:?}");
    scene.portal.run_jobs().await;
    scene.portal.end().await;
}

#[tokio::test]
async fn whatever_the_store_does_the_answer_is_one_503_that_says_when_to_come_back_and_nothing_else() {
    let scene = Scene::start().await;
    let grace = signed_in(&scene).await;
    let mut met = BTreeSet::new();
    for route in asking_the_store() {
        let asked = Asked::of(&scene, route);
        let client =
            if matches!(route.operation, "refresh" | "logout" | "delete-admin-session") { &grace } else { &asked.client };
        // Every fault for one route of each function, and the commonest for the others.
        let faults = match met.contains(route.function) {
            true => vec![Fault::ServerError],
            false => vec![
                Fault::Throttled,
                Fault::Throttling,
                Fault::ServerError,
                Fault::Disconnected,
                Fault::TimedOut,
                Fault::LostReply,
                Fault::Unprocessed { after: 0 },
            ],
        };
        for fault in faults {
            let what = format!("{} {fault:?}", route.key());
            scene.portal.take_calls();
            let matching = match fault {
                Fault::Unprocessed { .. } => Matching::operation("BatchGetItem"),
                _ => Matching::any(),
            };
            scene.portal.database.faults().always(matching, fault.clone());
            let method = route.method.parse().expect("a method");
            let reply = client.send(method, &asked.path, scene.body(&route.key(), 3)).await;
            scene.portal.database.faults().heal();
            let calls = scene.portal.take_calls();
            if matches!(fault, Fault::Unprocessed { .. }) && calls.iter().all(|call| call.operation != "BatchGetItem") {
                continue; // it reads nothing in batches
            }
            assert!(!calls.is_empty(), "{what}: the store was not asked");
            met.insert(route.function);
            assert_eq!(reply.status, 503, "{what}: {}", reply.body);
            assert_eq!(safe(&reply.headers), Ok(()), "{what}");
            assert_eq!(reply.headers["retry-after"], "1", "{what}");
            assert_eq!(reply.without_trace(), busy(), "{what}");
        }
    }
    let functions: BTreeSet<_> = asking_the_store().map(|route| route.function).collect();
    assert_eq!(met, functions);
    scene.portal.end().await;
}

fn busy() -> Value {
    json!({
        "status": 503, "title": "Service Unavailable", "detail": "The portal is busy. Try again in a moment.",
        "type": "urn:portico:problem:busy",
    })
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_a_500_that_tells_nothing_of_it() {
    let scene = Scene::start().await;
    let name = |value: Value| Update::of(Key::portal(scene.portal.id())).set("name", &value);
    scene.portal.portal.store.edit(name(json!(7))).await.expect("it is spoiled");
    let mut seen = 0;
    for route in of_the_api() {
        let asked = Asked::of(&scene, route);
        let mut request =
            http::Request::builder().method(route.method).uri(&asked.path).header("content-type", "application/json");
        match route.caller {
            Caller::Administrator => request = request.header("authorization", format!("Bearer {ADMIN_TOKEN}")),
            _ => request = request.header("cookie", format!("{ACCESS}={}", asked.client.cookie(ACCESS).unwrap_or_default())),
        }
        let body = scene.body(&route.key(), 5).map(|body| body.to_string()).unwrap_or_default();
        let reply = scene.portal.send(request.body(body.into()).expect("a request"), SOURCE).await;
        if reply.status() != 500 {
            continue; // it has no need of the portal's settings
        }
        seen += 1;
        assert_eq!(safe(reply.headers()), Ok(()), "{}", route.key());
        let text = String::from_utf8_lossy(reply.body()).into_owned();
        let mut told: Value = serde_json::from_str(&text).expect("a problem");
        told.as_object_mut().expect("an object").remove("instance");
        let expected = json!({
            "status": 500, "title": "Internal Error", "type": "urn:portico:problem:internal-error",
            "detail": "Something went wrong on our side. The instance names this request in the logs.",
        });
        assert_eq!(told, expected, "{}", route.key());
        assert!(!text.contains(&format!("\"{TABLE}\"")) && !text.contains(".rs"), "{text}");
    }
    assert!(seen > 10, "{seen} routes need the portal's settings");
    scene.portal.portal.store.edit(name(json!("Test portal"))).await.expect("it is mended");
    scene.portal.run_jobs().await;
    scene.portal.end().await;
}

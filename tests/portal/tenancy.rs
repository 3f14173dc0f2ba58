//! Tenants cannot see each other: every route against everybody who might call it.

pub(crate) mod matrix;
pub(crate) mod scene;

use std::collections::BTreeSet;

use http::Method;
use portico_domain::status::Status;
use portico_http::routes::{self, Caller, Route};
use portico_store::Key;
use portico_tests::Reply;
use portico_tests::portal::ADMIN_TOKEN;

use matrix::{Cells, MATRIX, Who};
use scene::Scene;

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes: BTreeSet<_> = routes::all().map(Route::key).collect();
    let rows: BTreeSet<_> = MATRIX.iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(routes, rows);
    assert_eq!(rows.len(), MATRIX.len(), "a row is there once");
}

#[tokio::test]
async fn sign_up_sessions_and_applications_answer_each_caller_as_the_matrix_says() {
    check(|key| key.contains(" /api/v3/") && !key.starts_with("GET")).await;
}

#[tokio::test]
async fn what_developers_read_and_their_own_accounts_answer_each_caller_as_the_matrix_says() {
    check(|key| key.starts_with("GET /api/v3/") || key.contains(" /api/portico/")).await;
}

#[tokio::test]
async fn the_administration_of_a_portal_answers_each_caller_as_the_matrix_says() {
    check(|key| key.contains(" /v3/portal") || key.contains(" /v3/applications/") || key.contains(" /portico/v1/")).await;
}

#[tokio::test]
async fn the_administration_of_apis_and_strategies_answers_each_caller_as_the_matrix_says() {
    check(|key| key.contains(" /v3/api") || key.contains(" /v2/")).await;
}

#[tokio::test]
async fn pages_answer_each_caller_as_the_matrix_says() {
    let pages: BTreeSet<_> = routes::all().filter(|route| route.caller == Caller::Page).map(Route::key).collect();
    check(|key| pages.contains(key)).await;
}

#[tokio::test]
async fn a_session_is_answered_as_the_token_that_it_was_exchanged_for() {
    let mut wrong = Vec::new();
    for route in routes::all().filter(|route| route.caller == Caller::Administrator) {
        let scene = Scene::start().await;
        let key = route.key();
        let (path, method) = (scene.paths(route.path).0, route.method.parse::<Method>().expect("a method"));
        let [.., by_token, by_other] = MATRIX.iter().find(|(known, _)| *known == key).expect("a row").1;
        // Whoever may not change anything goes first.
        for (token, expected) in [("token-of-another-portal", by_other), (ADMIN_TOKEN, by_token)] {
            let admin = scene.portal.anonymous();
            admin.open_admin_session(token).await.expect(204);
            let reply = admin.send(method.clone(), &path, scene.body(&key, usize::from(expected))).await;
            if reply.status.as_u16() != expected {
                wrong.push(format!("{key} with a session of {token}: expected {expected}, was {}", reply.status));
            }
        }
        scene.portal.end().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn check(rows: impl Fn(&str) -> bool) {
    let mut wrong = Vec::new();
    for (key, cells) in MATRIX.iter().filter(|(key, _)| rows(key)) {
        wrong.extend(check_row(key, cells).await);
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Two scenes of its own for each row: ada's own things, and those of her team.
async fn check_row(key: &str, cells: &Cells) -> Vec<String> {
    let (of_team, of_ada): (Vec<_>, Vec<_>) =
        Who::ALL.into_iter().zip(cells.iter().copied()).enumerate().partition(|(_, (who, _))| Who::OF_TEAM.contains(who));
    let mut wrong = check_callers(key, Scene::start().await, of_ada).await;
    wrong.extend(check_callers(key, Scene::of_team().await, of_team).await);
    wrong
}

/// Whoever must not change anything goes first: what is left is for those who may.
async fn check_callers(key: &str, scene: Scene, mut callers: Vec<(usize, (Who, u16))>) -> Vec<String> {
    let (method, route) = key.split_once(' ').expect("a route key");
    let method: Method = method.parse().expect("a method");
    let (path, unknown) = scene.paths(route);
    let mut wrong = Vec::new();
    callers.sort_by_key(|(_, (who, expected))| (*expected < 400, matches!(who, Who::Owner | Who::Admin)));
    for (number, (who, expected)) in callers {
        let client = scene.client(who);
        let body = scene.body(key, number);
        let reply = client.send(method.clone(), &path, body.clone()).await;
        if reply.status.as_u16() != expected {
            let text = String::from_utf8_lossy(&reply.bytes).into_owned();
            wrong.push(format!("{key} by {who:?}: expected {expected}, was {}: {text:.300}", reply.status.as_u16()));
        }
        if reply.status == 404 && path != unknown {
            let nothing = client.send(method.clone(), &unknown, body).await;
            if without_trace(&reply) != without_trace(&nothing) {
                wrong.push(format!("{key} by {who:?}: its 404 is not that of an id that nothing has"));
            }
        }
    }
    scene.portal.end().await;
    wrong
}

/// Everything of an answer but the trace of the request.
fn without_trace(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let text = String::from_utf8_lossy(&reply.bytes).into_owned();
    let named = text.split_once("portico:trace:").map(|(_, rest)| rest.split(['"', '<']).next().unwrap_or_default());
    let trace = named.unwrap_or_default();
    let mut headers: Vec<_> = reply
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    headers.sort();
    (reply.status.as_u16(), headers, text.replace(trace, ""))
}

#[tokio::test]
async fn ones_own_application_with_anothers_registration_or_credential_is_the_same_404_and_nothing_is_touched() {
    let scene = Scene::start().await;
    let eves = scene.eves_application().await;
    let eve = scene.client(Who::Eve);
    let root = Key::application(scene.ids["applicationId"].parse().expect("an id"));
    let before = scene.portal.children(&root, "").await;
    for (key, _) in MATRIX.iter().filter(|(key, _)| {
        key.contains(" /api/v3/applications/{applicationId}")
            && (key.contains("{registrationId}") || key.contains("{credentialId}"))
    }) {
        let (method, route) = key.split_once(' ').expect("a route key");
        let method: Method = method.parse().expect("a method");
        let route = route.replace("{applicationId}", &eves);
        let (path, unknown) = scene.paths(&route);
        let reply = eve.send(method.clone(), &path, scene.body(key, 0)).await.expect_problem(404, "not-found");
        let nothing = eve.send(method, &unknown, scene.body(key, 0)).await.expect_problem(404, "not-found");
        assert_eq!(without_trace(&reply), without_trace(&nothing), "{key}");
    }
    assert_eq!(scene.portal.children(&root, "").await, before);
    scene.portal.end().await;
}

#[tokio::test]
async fn lists_and_totals_count_only_what_the_caller_may_see() {
    let scene = Scene::start().await;
    let (ada, eve, anonymous) = (scene.client(Who::Owner), scene.client(Who::Eve), scene.client(Who::Anonymous));
    let api = scene.ids["apiId"].clone();
    for (path, adas) in [("/api/v3/applications".to_owned(), 1), (format!("/api/v3/apis/{api}/applications"), 1)] {
        assert_eq!(ada.get(&path).await.expect(200).total(), adas, "{path}");
        assert_eq!(eve.get(&path).await.expect(200).total(), 0, "{path}");
    }
    assert_eq!(eve.get("/api/v3/apis").await.expect(200).total(), 2);
    assert_eq!(anonymous.get("/api/v3/apis").await.expect(200).total(), 0);
    assert_eq!(scene.client(Who::OtherAdmin).get("/v3/portals").await.expect(200).total(), 0);
    assert_eq!(scene.client(Who::Admin).get("/v3/portals").await.expect(200).total(), 1);
    scene.portal.end().await;
}

#[tokio::test]
async fn a_developer_with_a_status_other_than_approved_has_no_session_whatever_the_table_says() {
    for status in [Status::Pending, Status::Rejected, Status::Revoked] {
        let scene = Scene::start().await;
        let id = scene.portal.developer_with_status("mallory@example.test", status).await;
        let mallory = scene.portal.sign_in(id).await;
        mallory.get("/api/v3/developer/me").await.expect_problem(401, "unauthorized");
        scene.portal.end().await;
    }
}

//! `docs/openapi.json`, which `describe-portal` serves: made here from the routes, the views and the contract, with examples that the
//! running portal answered. It fails when it is stale; the strict client holds every reply of every test against it.

mod document;
mod examples;
mod problems;
mod sent;
mod views;

use std::collections::BTreeSet;

use portico_http::routes::{Route, of_the_api};
use portico_tests::kept::{assert_kept, pretty};
use portico_tests::openapi::Described;
use serde_json::{Value, json};

use examples::Examples;

#[tokio::test]
async fn the_kept_document_describes_every_route_with_what_the_portal_answered() {
    let examples = Examples::gather().await;
    assert_kept("docs/openapi.json", &pretty(&document::make(&examples)));
}

#[test]
fn every_route_for_programs_is_described_once() {
    let described: BTreeSet<_> = Described::load().operations().map(|(method, path)| format!("{method} {path}")).collect();
    let routes: BTreeSet<_> = of_the_api().map(Route::key).collect();
    assert_eq!(described, routes);
}

/// Shapes that no view makes stand as the contract has them: they are closed there, or are no objects.
#[test]
fn an_answer_with_a_member_too_many_or_a_status_that_is_not_described_is_noticed() {
    let described = Described::load();
    let check = |status, body: Value| described.check("GET", "/api/v3/developer/me", status, Some("application/json"), &body);
    let good = json!({
        "id": "0192f3a4-5b6c-7d8e-9f00-112233445566", "email": "ada@example.test", "full_name": "Ada",
        "created_at": "2026-11-23T10:00:00.000Z", "updated_at": "2026-11-23T10:00:00.000Z",
    });
    assert_eq!(check(200, good.clone()), Ok(()));
    let mut more = good.clone();
    more["colour"] = json!("blue");
    assert!(check(200, more).is_err(), "a member too many");
    assert!(check(202, good.clone()).is_err(), "another status");
    let by = described.check("GET", "/api/v3/developer/me", 200, Some("text/html"), &good);
    assert!(by.is_err(), "another content type");
}

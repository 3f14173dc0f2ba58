//! Changes of what an API holds, its versions, specifications and documents, and that it is published.

use http::Method;
use portico_domain::event::Name;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::management::{APIS, publication};
use serde_json::{Value, json};

use super::{Change, Counted, Scene};

/// A change of the scene's API: one event on it, however often it is asked for. `answers` are what it answers, and what it may answer
/// when it happened before.
fn change(
    name: &'static str,
    method: Method,
    path: fn(&TestPortal, &Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
    (done, done_before): (u16, u16),
    event: Name,
) -> Change {
    let counted = Counted::Events(|_, scene| Key::api(scene.api), event);
    Change { name, method, path, body, done, done_before, counted, at_most: 1 }
}

fn version(_: &TestPortal, scene: &Scene) -> String {
    format!("{APIS}/{}/versions/{}", scene.api, scene.version)
}

fn specification(_: &TestPortal, scene: &Scene) -> String {
    format!("{APIS}/{}/specifications/{}", scene.api, scene.version)
}

fn document(_: &TestPortal, scene: &Scene) -> String {
    format!("{APIS}/{}/documents/{}", scene.api, scene.document)
}

pub(super) fn changes() -> Vec<Change> {
    vec![
        change(
            "update-api-version",
            Method::PATCH,
            version,
            |_| Some(json!({ "version": "2", "spec": { "content": "openapi: 3.1.0" } })),
            (200, 200),
            Name::ApiVersionUpdated,
        ),
        change("delete-api-version", Method::DELETE, version, |_| None, (204, 404), Name::ApiVersionDeleted),
        change(
            "create-api-spec",
            Method::POST,
            |_, scene| format!("{APIS}/{}/specifications", scene.api),
            |_| Some(json!({ "content": "openapi: 3.1.0\ninfo: {version: 7}" })),
            (201, 409),
            Name::ApiVersionCreated,
        ),
        change(
            "update-api-spec",
            Method::PATCH,
            specification,
            |_| Some(json!({ "content": "openapi: 3.1.0" })),
            (200, 200),
            Name::ApiVersionUpdated,
        ),
        change("delete-api-spec", Method::DELETE, specification, |_| None, (204, 404), Name::ApiVersionDeleted),
        change(
            "create-api-document",
            Method::POST,
            |_, scene| format!("{APIS}/{}/documents", scene.api),
            |_| Some(json!({ "content": "x", "slug": "three" })),
            (201, 409),
            Name::ApiDocumentCreated,
        ),
        change(
            "update-api-document",
            Method::PATCH,
            document,
            |_| Some(json!({ "content": "other", "status": "published" })),
            (200, 200),
            Name::ApiDocumentUpdated,
        ),
        change(
            "move-api-document",
            Method::POST,
            |_, scene| format!("{APIS}/{}/documents/{}/move", scene.api, scene.document),
            |_| Some(json!({ "index": 1 })),
            (204, 204),
            Name::ApiDocumentMoved,
        ),
        change("delete-api-document", Method::DELETE, document, |_| None, (204, 404), Name::ApiDocumentDeleted),
        change(
            "publish-api-to-portal, for the first time",
            Method::PUT,
            |portal, scene| publication(portal, scene.api),
            |_| Some(json!({})),
            (200, 200),
            Name::ApiPublished,
        ),
    ]
}

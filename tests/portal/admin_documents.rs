//! `create-api-document`, `list-api-documents`, `fetch-api-document`, `update-api-document`, `delete-api-document`,
//! `move-api-document`; and what developers see of it: `list-api-documents`, `fetch-api-document` of the catalog.

use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use portico_domain::id::ApiId;
use portico_domain::limits::DOCUMENT_BYTES;
use portico_store::Key;
use portico_tests::management::APIS;
use portico_tests::steps::NOBODYS;
use portico_tests::{Client, Reply, TestPortal};
use serde_json::{Value, json};

/// A public API and where its documents are managed.
async fn api(portal: &TestPortal) -> (ApiId, String) {
    let api = portal.admin().create_api(json!({ "name": "Weather" })).await;
    portal.admin().publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    (api, format!("{APIS}/{api}/documents"))
}

/// A published document below another one, or at the top.
async fn document(admin: &Client, path: &str, title: &str, parent: Option<&str>) -> String {
    let body = json!({ "title": title, "content": format!("# {title}"), "status": "published", "parent_document_id": parent });
    admin.post(path, body).await.expect(201).id()
}

/// The slugs of a tree: those at the top, and in brackets what lies below each.
fn slugs(nodes: &Value) -> String {
    let nodes = nodes.as_array().expect("a list");
    let shown = nodes.iter().map(|node| match slugs(&node["children"]).as_str() {
        "" => node["slug"].as_str().expect("a slug").to_owned(),
        below => format!("{}({below})", node["slug"].as_str().expect("a slug")),
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_document_has_what_it_was_created_with_and_a_title_and_a_slug_of_its_text() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (api, path) = api(&portal).await;
    let made = admin.post(&path, json!({ "content": "Hello\n\n# How to begin\n" })).await.expect(201);
    assert_eq!((made.body["title"].as_str(), made.body["slug"].as_str()), (Some("How to begin"), Some("how-to-begin")));
    assert_eq!((&made.body["status"], &made.body["parent_document_id"]), (&json!("unpublished"), &Value::Null));
    assert_eq!(admin.get(&format!("{path}/{}", made.id())).await.expect(200).body, made.body);
    let again = admin.post(&path, json!({ "content": "# How to begin" })).await.expect(201);
    assert_eq!(again.body["slug"], "how-to-begin-2");
    admin.post(&path, json!({ "content": "", "slug": "how-to-begin" })).await.expect_problem(409, "already-exists");
    let below = json!({ "content": "", "slug": "how-to-begin", "parent_document_id": made.id() });
    assert_eq!(admin.post(&path, below).await.expect(201).body["title"], "Untitled");
    let wrong =
        json!({ "content": "bell\u{7}", "title": "", "slug": "a b", "status": "hidden", "parent_document_id": 1, "x": 1 });
    admin.post(&path, wrong).await.expect_invalid(&["content", "title", "slug", "status", "parent_document_id", "x"]);
    admin.post(&path, json!({ "content": "x".repeat(DOCUMENT_BYTES + 1) })).await.expect_invalid(&["content"]);
    let nowhere = json!({ "content": "x", "parent_document_id": NOBODYS });
    admin.post(&path, nowhere).await.expect_invalid(&["parent_document_id"]);
    let events = portal.events(&Key::api(api)).await;
    assert_eq!(events.iter().filter(|name| *name == "api.document_created").count(), 3);
    portal.end().await;
}

#[tokio::test]
async fn an_edit_shows_at_once_and_one_that_changes_nothing_writes_nothing() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let (api, path) = api(&portal).await;
    let id = document(&admin, &path, "Begin", None).await;
    let other = document(&admin, &path, "Other", None).await;
    portal.clock.advance(Duration::from_secs(5));
    let changes = json!({ "title": "Start", "slug": "start", "content": "New *words*", "parent_document_id": other });
    let edited = admin.patch(&format!("{path}/{id}"), changes.clone()).await.expect(200);
    assert_eq!((&edited.body["title"], &edited.body["content"]), (&json!("Start"), &json!("New *words*")));
    let shown = visitor.get(&format!("/api/v3/apis/{api}/documents/start")).await.expect(200);
    assert_eq!(shown.body["content"], "New *words*");
    portal.take_calls();
    assert_eq!(admin.patch(&format!("{path}/{id}"), changes).await.expect(200).body, edited.body);
    assert!(portal.take_calls().iter().all(|call| call.operation != "TransactWriteItems"));
    admin.patch(&format!("{path}/{other}"), json!({ "parent_document_id": id })).await.expect_problem(409, "conflict");
    admin.patch(&format!("{path}/{id}"), json!({ "status": 7, "id": "x", "y": 1 })).await.expect_invalid(&["status", "y"]);
    let top = admin.patch(&format!("{path}/{id}"), json!({ "parent_document_id": null })).await.expect(200);
    assert_eq!(top.body["parent_document_id"], Value::Null);
    admin.expect_same_404(Method::PATCH, &format!("{path}/{api}"), &format!("{path}/{NOBODYS}"), Some(json!({}))).await;
    portal.end().await;
}

#[tokio::test]
async fn readers_see_what_is_published_below_nothing_that_is_not() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let (api, path) = api(&portal).await;
    let begin = document(&admin, &path, "Begin", None).await;
    let install = document(&admin, &path, "Install", Some(&begin)).await;
    let linux = document(&admin, &path, "Linux", Some(&install)).await;
    document(&admin, &path, "Faq", None).await;
    let shown = format!("/api/v3/apis/{api}/documents");
    assert_eq!(slugs(&visitor.get(&shown).await.expect(200).body["data"]), "begin(install(linux)) faq");
    admin.patch(&format!("{path}/{install}"), json!({ "status": "unpublished" })).await.expect(200);
    assert_eq!(slugs(&visitor.get(&shown).await.expect(200).body["data"]), "begin faq");
    for hidden in [&install, &linux, "linux"] {
        visitor.expect_same_404(Method::GET, &format!("{shown}/{hidden}"), &format!("{shown}/{NOBODYS}"), None).await;
    }
    assert_eq!(slugs(&admin.get(&path).await.expect(200).body["data"]), "begin(install(linux)) faq");
    let filtered = admin.get(&format!("{path}?filter%5Bstatus%5D=published")).await.expect(200);
    assert_eq!(slugs(&filtered.body["data"]), "begin(linux) faq");
    admin.get(&format!("{path}?filter%5Bstatus%5D=hidden")).await.expect_invalid(&["filter[status]"]);
    admin.publish_api(api, json!({ "visibility": "private" })).await.expect(200);
    visitor.get(&shown).await.expect_problem(404, "not-found");
    visitor.get(&format!("{shown}/{begin}")).await.expect_problem(404, "not-found");
    let ada = portal.approved_developer("ada@example.test").await;
    assert_eq!(ada.get(&format!("{shown}/{begin}")).await.expect(200).body["title"], "Begin");
    portal.end().await;
}

#[tokio::test]
async fn a_document_comes_in_the_content_type_that_was_asked_for() {
    let portal = TestPortal::start().await;
    let (admin, visitor) = (portal.admin(), portal.anonymous());
    let (_, path) = api(&portal).await;
    let id = document(&admin, &path, "Begin", None).await;
    let ask = async |accept: &'static str| -> Reply {
        let request = http::Request::builder().uri(format!("/api/v3/apis/weather/documents/{id}")).header(ACCEPT, accept);
        visitor.send_raw(request.body(bytes::Bytes::new()).expect("a request")).await.expect(200)
    };
    let media = |reply: &Reply| reply.headers[CONTENT_TYPE].to_str().expect("text").to_owned();
    for accept in ["*/*", "application/json, text/markdown", "text/markdown;q=0", "text/html"] {
        let reply = ask(accept).await;
        assert_eq!((media(&reply).as_str(), &reply.body["content"]), ("application/json", &json!("# Begin")), "{accept}");
    }
    let raw = ask("text/markdown, */*;q=0.1").await;
    assert_eq!((media(&raw).as_str(), raw.bytes.as_ref()), ("text/markdown; charset=utf-8", "# Begin".as_bytes()));
    let nodes = ask("application/vnd.konnect.document-nodes+json").await;
    assert_eq!(media(&nodes), "application/vnd.konnect.document-nodes+json");
    let nodes: Value = serde_json::from_slice(&nodes.bytes).expect("JSON");
    assert_eq!(nodes["content"]["children"][0]["type"], "heading");
    portal.end().await;
}

#[tokio::test]
async fn a_document_moves_with_what_lies_below_it_and_never_below_itself() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (_, path) = api(&portal).await;
    let mut ids = Vec::new();
    for (title, parent) in [("a", None), ("b", Some(0)), ("c", Some(1)), ("d", None)] {
        let parent: Option<&String> = parent.map(|at: usize| &ids[at]);
        ids.push(document(&admin, &path, title, parent.map(String::as_str)).await);
    }
    let tree = async || slugs(&admin.get(&path).await.expect(200).body["data"]);
    let to = |at: usize| format!("{path}/{}/move", ids[at]);
    assert_eq!(tree().await, "a(b(c)) d");
    admin.post(&to(1), json!({ "parent_document_id": null, "index": 0 })).await.expect(204);
    assert_eq!(tree().await, "b(c) a d");
    admin.post(&to(3), json!({ "index": 1 })).await.expect(204);
    assert_eq!(tree().await, "b(c) d a", "among those that it lies with");
    admin.post(&to(0), json!({ "parent_document_id": ids[2] })).await.expect(204);
    assert_eq!(tree().await, "b(c(a)) d");
    for below in [0, 1, 2] {
        admin.post(&to(1), json!({ "parent_document_id": ids[below] })).await.expect_problem(409, "conflict");
    }
    admin.post(&to(1), json!({ "parent_document_id": NOBODYS })).await.expect_problem(404, "not-found");
    admin.post(&to(1), json!({ "parent_document_id": 1, "index": "x" })).await.expect_invalid(&["parent_document_id", "index"]);
    admin.post(&path, json!({ "content": "", "slug": "d", "parent_document_id": ids[1] })).await.expect(201);
    admin.post(&to(3), json!({ "parent_document_id": ids[1] })).await.expect_problem(409, "already-exists");
    admin.delete(&format!("{path}/{}", ids[1])).await.expect(204);
    assert_eq!(tree().await, "d", "what lay below it is gone with it");
    admin.get(&format!("{path}/{}", ids[0])).await.expect_problem(404, "not-found");
    admin.delete(&format!("{path}/{}", ids[1])).await.expect_problem(404, "not-found");
    portal.end().await;
}

#[tokio::test]
async fn moves_that_meet_leave_a_tree_and_slugs_are_won_once() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (_, path) = api(&portal).await;
    let (a, b) = (document(&admin, &path, "a", None).await, document(&admin, &path, "b", None).await);
    let moves = (0..12).map(|number| {
        let (one, other) = if number % 2 == 0 { (&a, &b) } else { (&b, &a) };
        let (admin, to) = (portal.admin(), format!("{path}/{one}/move"));
        async move { admin.post(&to, json!({ "parent_document_id": other })).await.status.as_u16() }
    });
    let ended = join_all(moves).await;
    assert!(ended.iter().all(|status| [204, 409, 503].contains(status)), "{ended:?}");
    let tree = slugs(&admin.get(&path).await.expect(200).body["data"]);
    assert!(["a(b)", "b(a)"].contains(&tree.as_str()), "{tree}");
    let races = (0..8).map(|_| {
        let (admin, path) = (portal.admin(), path.clone());
        async move { admin.post(&path, json!({ "content": "", "slug": "won" })).await.status.as_u16() }
    });
    let ended = join_all(races).await;
    assert_eq!(ended.iter().filter(|status| **status == 201).count(), 1, "{ended:?}");
    portal.end().await;
}

#[tokio::test]
async fn an_api_takes_its_documents_along() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (api, path) = api(&portal).await;
    document(&admin, &path, "Begin", None).await;
    admin.delete(&format!("{APIS}/{api}")).await.expect(204);
    admin.get(&path).await.expect_problem(404, "not-found");
    assert!(portal.portal.store.children(Key::api(api).pk(), "DOC#").await.expect("the store answers").is_empty());
    portal.end().await;
}

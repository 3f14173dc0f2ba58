//! The portal's own command through its front door, over sockets: what a laptop shows of "dropped in a folder, published, called".

mod door;
mod starting;

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use door::{Door, id};
use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{Folder, Portal};

type Seen = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

/// A server that somebody else runs: it notes what reaches it.
async fn upstream() -> (String, Seen) {
    let seen = Seen::default();
    let notes = seen.clone();
    let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| {
        notes.lock().expect("nobody panics with it").push((uri.to_string(), headers, body));
        async { (http::StatusCode::IM_A_TEAPOT, [("x-from", "upstream"), ("keep-alive", "timeout=1")], "berthed") }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    (address, seen)
}

/// A folder with one OpenAPI file that names an upstream.
fn apis(folder: &Folder, upstream: &str) -> Vec<u8> {
    let file = format!(
        "openapi: 3.0.3\r\ninfo: {{title: Berths é, version: 2.0}}\r\nx-portico-upstream: {upstream}/base/\r\n\
         paths:\r\n  /berths:\r\n    get: {{responses: {{'200': {{description: Free}}}}}}\r\n# no newline at its end"
    );
    std::fs::create_dir_all(folder.0.join("apis")).expect("a folder");
    std::fs::write(folder.0.join("apis/Berths of ours.yml"), &file).expect("a file");
    file.into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_into_the_folder_is_listed_fetched_byte_for_byte_registered_for_and_called_upstream() {
    let folder = Folder::new("apis");
    let (address, seen) = upstream().await;
    let file = apis(&folder, &address);
    let portal = Portal::start(&folder, &["--apis", "apis", "--auto-approve"]);
    let mut ada = Door::to(&portal, &folder);
    ada.sign_up("ada@example.test").await;

    let (_, listed) = ada.get("/api/v3/apis").await;
    assert_eq!((listed["meta"]["page"]["total"].as_u64(), &listed["data"][0]["name"]), (Some(1), &json!("Berths é")));
    let slug = "berths-of-ours";
    let (_, versions) = ada.get(&format!("/api/v3/apis/{slug}/versions")).await;
    assert_eq!(versions["data"][0]["version"], "2.0");
    let raw = ada.request(Method::GET, &format!("/api/v3/apis/{slug}/versions/{}/raw", id(&versions["data"][0])));
    assert_eq!(raw.send().await.expect("an answer").bytes().await.expect("a body"), file);

    let (application, key) = ada.application("Harbour clock").await;
    assert_eq!(ada.call(&format!("{slug}/berths"), &key).await, 403);
    let (status, registration) = ada.register(&application, slug).await;
    assert_eq!((status, &registration["status"]), (201, &json!("approved")));
    assert!(seen.lock().expect("nobody panics with it").is_empty(), "what was refused went upstream");

    // A whole call, with what a caller might try to pass for the authorizer, and what must not leave the portal.
    let call = ada.request(Method::POST, &format!("/gateway/{slug}/berths/7%2F8?from=now&to=a%20b")).header("apikey", &key);
    let call = call.header("x-portico-application-id", "forged").header("x_portico_owner_id", "forged");
    let call = call.header("connection", "x-hop").header("x-hop", "1").header("te", "trailers").header("x-mine", "stays");
    let answer = call.header("cookie", "theme=dark").body("two berths").send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), &answer.headers()["x-from"]), (418, &"upstream".parse().expect("a header")));
    assert!(!answer.headers().contains_key("keep-alive"));
    assert_eq!(answer.text().await.expect("a body"), "berthed");
    let (uri, headers, body) = seen.lock().expect("nobody panics with it").remove(0);
    assert_eq!((uri.as_str(), body.as_ref()), ("/base/berths/7%2F8?from=now&to=a%20b", &b"two berths"[..]));
    assert_eq!(headers["x-portico-application-id"], application.rsplit('/').next().expect("an id"));
    assert_eq!(
        (&headers["x-mine"], &headers["cookie"]),
        (&"stays".parse().expect("a header"), &"theme=dark".parse().expect("a header"))
    );
    for gone in ["x_portico_owner_id", "x-hop", "te"] {
        assert!(!headers.contains_key(gone), "{gone} reached the upstream: {headers:?}");
    }
    assert!(address.ends_with(headers["host"].to_str().expect("text")), "the upstream is called by its own name");

    // The right key in the wrong place.
    let (refused, _) = ada.get(&format!("/gateway/{slug}/berths?apikey={key}")).await;
    assert_eq!((refused, seen.lock().expect("nobody panics with it").len()), (403, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_upstream_the_echo_shows_what_it_was_sent_and_what_the_authorizer_passed_on() {
    let folder = Folder::new("echo");
    let portal = Portal::start(&folder, &["--auto-approve"]);
    let mut ada = Door::to(&portal, &folder);
    let me = ada.sign_up("ada@example.test").await;
    let (application, key) = ada.application("Harbour clock").await;
    let (_, registration) = ada.register(&application, "tides").await;
    let call = ada.request(Method::PUT, "/gateway/tides/harbours/a?b=c").header("apikey", &key).body("hello");
    let (status, echo) = door::reply(call).await;
    assert_eq!(status, 200);
    assert_eq!(echo["authorizer"]["registration_id"], registration["id"]);
    assert_eq!((&echo["authorizer"]["owner_type"], &echo["authorizer"]["owner_id"]), (&json!("developer"), &me["id"]));
    assert_eq!((&echo["method"], &echo["path"], &echo["query"]), (&json!("PUT"), &json!("/harbours/a"), &json!("b=c")));
    assert_eq!((&echo["api"], &echo["body"]), (&json!("tides"), &json!("hello")));
    assert_eq!(echo["headers"]["x-portico-registration-id"], registration["id"]);
    assert_eq!(echo["headers"]["cookie"], Value::Null, "a session went to an upstream");
    // No API there, and an API that is there but not asked for, look the same.
    assert_eq!((ada.call("nothing/x", &key).await, ada.call("weather-board/x", &key).await), (403, 403));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_of_another_strategy_is_refused_with_both_names() {
    let folder = Folder::new("strategies");
    let portal = Portal::start(&folder, &["--auto-approve"]);
    let mut ada = Door::to(&portal, &folder);
    ada.sign_up("ada@example.test").await;
    let second = json!({ "name": "second", "display_name": "Second keys", "strategy_type": "key_auth",
        "configs": { "key-auth": { "key_names": ["x-second"] } } });
    let (_, strategy) = ada.admin(Method::POST, "/v2/application-auth-strategies", second).await;
    let (_, api) = ada.get("/api/v3/apis/tides").await;
    let of_portal = ada.portal().await.rsplit('/').next().expect("an id").to_owned();
    let publication = format!("/v3/apis/{}/publications/{of_portal}", id(&api));
    let (status, _) = ada.admin(Method::PUT, &publication, json!({ "auth_strategy_ids": [id(&strategy)] })).await;
    assert_eq!(status, 200);
    let (application, _) = ada.application("Harbour clock").await;
    let (status, problem) = ada.register(&application, "tides").await;
    let reason = problem["invalid_parameters"][0]["reason"].as_str().unwrap_or_default();
    assert!(status == 400 && reason.contains("\"Second keys\"") && reason.contains("\"API key\""), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_id_is_taken_on_create_and_on_update_and_free_after_an_edit_and_a_deletion() {
    let folder = Folder::new("references");
    let portal = Portal::start(&folder, &["--auto-approve"]);
    let mut ada = Door::to(&portal, &folder);
    ada.sign_up("ada@example.test").await;
    let create = async |reference: &str| ada.post("/api/v3/applications", json!({ "name": "App", "client_id": reference })).await;
    assert_eq!(create("clock").await.0, 201);
    let (status, problem) = create("clock").await;
    assert_eq!((status, &problem["type"]), (409, &json!("urn:portico:problem:reference-id-taken")));
    let second = format!("/api/v3/applications/{}", id(&create("second").await.1));
    assert_eq!(ada.send(Method::PATCH, &second, json!({ "client_id": "clock" })).await.0, 409);
    let (status, edited) = ada.send(Method::PATCH, &second, json!({ "name": "Edited", "client_id": "third" })).await;
    assert_eq!((status, &edited["name"], &edited["client_id"]), (200, &json!("Edited"), &json!("third")));
    assert_eq!((create("second").await.0, create("third").await.0), (201, 409));
    assert_eq!(ada.send(Method::DELETE, &second, Value::Null).await.0, 204);
    assert_eq!((ada.get(&second).await.0, create("third").await.0), (404, 201));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_approves_by_itself_and_what_an_administrator_takes_back_the_next_call_feels() {
    let folder = Folder::new("second-start");
    let mut portal = Portal::start(&folder, &[]);
    let door = Door::to(&portal, &folder);
    let (_, apis) = door.admin(Method::GET, "/v3/apis", Value::Null).await;
    let board = apis["data"].as_array().expect("APIs").iter().find(|api| api["slug"] == "weather-board").expect("the demo");
    assert_eq!(door.admin(Method::DELETE, &format!("/v3/apis/{}", id(board)), Value::Null).await.0, 204);
    assert!(portal.interrupt().success());

    let portal = Portal::start(&folder, &["--auto-approve"]);
    let mut ada = Door::to(&portal, &folder);
    let (_, apis) = ada.admin(Method::GET, "/v3/apis", Value::Null).await;
    let slugs: Vec<_> = apis["data"].as_array().expect("APIs").iter().map(|api| &api["slug"]).collect();
    assert_eq!(slugs, ["tides"], "nothing is published again, and nothing that was deleted comes back");
    let me = ada.sign_up("ada@example.test").await;
    let (application, key) = ada.application("Harbour clock").await;
    assert_eq!(ada.register(&application, "tides").await.1["status"], "approved");
    assert_eq!(ada.call("tides/harbours", &key).await, 200);
    let developer = format!("{}/developers/{}", ada.portal().await, id(&me));
    assert_eq!(ada.admin(Method::PATCH, &developer, json!({ "status": "revoked" })).await.0, 200);
    assert_eq!((ada.call("tides/harbours", &key).await, ada.get("/api/v3/developer/me").await.0), (403, 401));
}

//! Bodies that are no JSON object of the right members, sent to every route that takes one, by somebody who may call it.

use portico_http::forms;
use portico_http::routes::{EVENT_BYTES, Takes};
use portico_tests::contract::Contract;
use serde_json::{Value, json};

use super::{Asked, Scene, with_body};

/// An object with one member as text.
fn with_member(body: &Value, name: &str, value: &str) -> String {
    let text = body.to_string();
    let rest = text.strip_prefix('{').expect("an object");
    format!("{{{}:{value}{}{rest}", json!(name), if rest == "}" { "" } else { "," })
}

#[tokio::test]
async fn what_is_no_json_is_refused_before_the_store_is_asked() {
    let scene = Scene::start().await;
    for route in with_body() {
        let asked = Asked::of(&scene, route);
        let good = asked.good();
        let (name, value) = good.as_object().and_then(|members| members.iter().next()).expect("a member");
        let deep = |levels: usize| with_member(&good, "deep", &format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
        let bodies: Vec<Vec<u8>> = vec![
            b"\xff\xfe{}".to_vec(),
            b"{\"name\":\"\xff\"}".to_vec(),
            b"{\"name\":\"\xed\xa0\x80\"}".to_vec(),
            b"\xef\xbb\xbf{}".to_vec(),
            b"{".to_vec(),
            b"{}{}".to_vec(),
            b"name=x".to_vec(),
            b"<a/>".to_vec(),
            b" ".to_vec(),
            b"{'name': 1}".to_vec(),
            with_member(&good, name, &value.to_string()).into_bytes(),
            with_member(&good, "x", r#"{"a":1,"a":1}"#).into_bytes(),
            with_member(&good, "x", r#""\ud800""#).into_bytes(),
            with_member(&good, "x", "1e400").into_bytes(),
            with_member(&good, "x", "-1e400").into_bytes(),
            with_member(&good, "x", "NaN").into_bytes(),
            with_member(&good, "x", "01").into_bytes(),
            with_member(&good, "x", "\"\u{0}\"").into_bytes(),
            deep(32).into_bytes(),
            deep(10_000).into_bytes(),
            "[".repeat(30_000).into_bytes(),
        ];
        for body in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            scene.portal.take_calls();
            asked.json(body).await.expect_problem(400, "invalid-request");
            assert_eq!(asked.asked_and_changed(), (false, false), "{} {shown}", route.key());
        }
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn another_content_type_and_none_at_all_are_refused_before_the_store_is_asked() {
    let scene = Scene::start().await;
    for route in with_body() {
        let asked = Asked::of(&scene, route);
        for content_type in [
            None,
            Some(""),
            Some("text/plain"),
            Some(forms::MEDIA),
            Some("application/jsonx"),
            Some("application/merge-patch+json"),
            Some("multipart/form-data; boundary=x"),
            Some("application/json, text/plain"),
        ] {
            if content_type == Some(forms::MEDIA) && forms::takes(route) {
                continue; // `forms.rs` tests those
            }
            scene.portal.take_calls();
            let reply = asked.send(content_type, asked.good().to_string()).await;
            reply.expect_problem(415, "unsupported-media-type");
            assert_eq!(asked.asked_and_changed(), (false, false), "{} {content_type:?}", route.key());
        }
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_the_store_is_asked() {
    let scene = Scene::start().await;
    for route in with_body() {
        let asked = Asked::of(&scene, route);
        let most = route.takes.most().expect("it takes a body");
        let good = asked.good().to_string();
        let padded = |bytes: usize| format!("{}{good}", " ".repeat(bytes - good.len()));
        scene.portal.take_calls();
        match most {
            ..EVENT_BYTES => drop(asked.json(padded(most + 1)).await.expect_problem(413, "too-large")),
            // Lambda itself carries no such event: API Gateway answers.
            _ => {
                let request =
                    http::Request::builder().method(route.method).uri(&asked.path).header("content-type", "application/json");
                let request = request.header("authorization", format!("Bearer {}", portico_tests::portal::ADMIN_TOKEN));
                let request = request.body(padded(most + 1).into()).expect("a request");
                assert_eq!(scene.portal.send(request, portico_tests::portal::SOURCE).await.status(), 413);
            }
        }
        assert_eq!(asked.asked_and_changed(), (false, false), "{}", route.key());
        if most < EVENT_BYTES {
            let reply = asked.json(padded(most)).await;
            assert_ne!(reply.status, 413, "{}: just small enough", route.key());
        }
    }
    scene.portal.end_with_jobs().await;
}

#[tokio::test]
async fn json_that_is_no_object_is_refused_and_nothing_is_stored() {
    let scene = Scene::start().await;
    for route in with_body() {
        let asked = Asked::of(&scene, route);
        for body in ["[]", "[{}]", "\"text\"", "null", "true", "0", "-1", "1.5"] {
            if body == "null" && route.takes == Takes::Image {
                continue; // it takes the image away
            }
            scene.portal.take_calls();
            asked.json(body).await.expect_problem(400, "invalid-request");
            assert!(!asked.asked_and_changed().1, "{} {body}", route.key());
        }
    }
    scene.portal.end().await;
}

/// What the contract does not close: other members pass, and change nothing.
const OPEN: [&str; 8] = [
    "update-portal-authentication-settings",
    "create-portal-identity-provider",
    "update-portal-identity-provider",
    "create-portal-idp-team-group-mapping",
    "update-portal-team-group-mappings",
    "add-developer-to-portal-team",
    "assign-role-to-portal-teams",
    "move-api-document",
];

#[tokio::test]
async fn an_unknown_property_is_refused_by_its_name_and_nothing_is_stored() {
    let scene = Scene::start().await;
    for route in with_body() {
        if OPEN.contains(&route.operation) {
            continue;
        }
        let asked = Asked::of(&scene, route);
        for name in ["nonsense", "", "__proto__", "Name", "name ", "$where", "id\u{0}"] {
            let mut body = asked.good();
            body[name] = json!({ "x": [1] });
            scene.portal.take_calls();
            let reply = asked.json(body.to_string()).await.expect_problem(400, "invalid-request");
            assert!(!asked.asked_and_changed().1, "{} {name:?}", route.key());
            let named = &reply.body["invalid_parameters"];
            assert!(named.as_array().is_some_and(|all| !all.is_empty()), "{} {name:?}: {named}", route.key());
        }
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn every_required_member_that_is_missing_is_named_at_once() {
    let scene = Scene::start().await;
    for route in with_body() {
        let asked = Asked::of(&scene, route);
        // Routes of our own have tests of their own for this.
        let Some(operation) = Contract::load().match_route(route.method, route.path) else { continue };
        let required = operation.required();
        if required.is_empty() {
            continue;
        }
        for content_type in [Some("application/json"), None] {
            scene.portal.take_calls();
            let body = if content_type.is_some() { "{}" } else { "" };
            let reply = asked.send(content_type, body).await.expect_problem(400, "invalid-request");
            assert!(!asked.asked_and_changed().1, "{}", route.key());
            let named = reply.body["invalid_parameters"].as_array().cloned().unwrap_or_default();
            for name in &required {
                let says = |one: &Value| one["field"] == json!(name) && one["rule"] == "required";
                assert!(named.iter().any(says), "{} does not name {name}: {}", route.key(), reply.body);
            }
        }
    }
    scene.portal.end().await;
}

#[tokio::test]
async fn members_of_the_wrong_type_are_named_and_nothing_is_stored() {
    let scene = Scene::start().await;
    let mut unnamed = Vec::new();
    for route in with_body() {
        let asked = Asked::of(&scene, route);
        let good = asked.good();
        for name in good.as_object().expect("an object").keys() {
            for wrong in ["{\"x\":1}", "[[1]]", "-1", "1.5", "123456789012345678901234567890", "1e300", "\"\\u0000\""] {
                let mut body = good.clone();
                body.as_object_mut().expect("an object").remove(name);
                scene.portal.take_calls();
                let reply = asked.json(with_member(&body, name, wrong)).await;
                let changed = asked.asked_and_changed().1;
                let named = reply.body["invalid_parameters"].to_string();
                let whole = format!("{} {name}={wrong}: {} {}", route.key(), reply.status, reply.body);
                if name.ends_with("password") && wrong.starts_with('"') {
                    assert!(reply.status.is_client_error(), "{whole}"); // it is wrong, but not by its type
                    continue;
                }
                if name == "content" && route.operation.contains("spec") && wrong.starts_with('"') {
                    assert!(reply.status.as_u16() < 500, "{whole}"); // any text may be a specification that has faults
                    continue;
                }
                if reply.status != 400 || changed || !named.contains(name.as_str()) {
                    unnamed.push(whole);
                }
            }
        }
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
    scene.portal.end().await;
}

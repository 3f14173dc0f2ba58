//! Bodies that were right once: whatever they become, the answer is none of a fault, and the table stays whole.

use portico_http::routes::Route;
use serde_json::{Map, Value, json};

use super::noise::Noise;
use super::{Asked, Scene, with_body};

const ROUNDS: usize = 200;

/// What takes the place of members: as text, since some of it no JSON value could hold.
fn odd_values() -> Vec<String> {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let text = |text: &str| Value::from(text).to_string();
    let mut odd: Vec<String> = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "-0.0",
        "1.5",
        "1e3",
        "1e400",
        "18446744073709551615",
        "-9223372036854775809",
        "[]",
        "{}",
        "[null]",
        "[\"\"]",
        "{\"\":\"\"}",
        "{\"a\":{\"b\":[]}}",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\\u202e\"",
        "\"\\r\\nX: y\"",
    ]
    .map(str::to_owned)
    .to_vec();
    odd.extend([
        text(&"x".repeat(255)),
        text(&"x".repeat(256)),
        text(&"ü".repeat(1_000)),
        text(&"x".repeat(50_000)),
        text("a\u{301}\u{fdfa}"),
        text("x@y"),
        text("\"a b\"@example.test"),
        text(&format!("{}@example.test", "x".repeat(300))),
        text("http://["),
        text("javascript:alert(1)"),
        text("0192f3a4-5b6c-7d8e-9f00-112233445566"),
        text("0192F3A45B6C7D8E9F00112233445566"),
        text("2026-02-30T25:61:61Z"),
        text("P1D"),
        text("../../x"),
        text("{{7*7}}${7*7}"),
        text("approved"),
        text("APPROVED"),
        deep(20),
        deep(31),
        deep(40),
        "[0,".repeat(20) + "0" + &"]".repeat(20),
    ]);
    odd
}

/// Every place in a value.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, inner)| places(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| places(inner, &format!("{at}/{index}"), found)),
        _ => {}
    }
}

/// One to three changes of a body, as text.
fn mutate(good: &Value, odd: &[String], noise: &mut Noise) -> Vec<u8> {
    let (mut body, mut marks) = (good.clone(), Vec::new());
    for _ in 0..=noise.below(3) {
        let mut all = Vec::new();
        places(&body, "", &mut all);
        let place = noise.one_of(&all).clone();
        let Some(value) = body.pointer_mut(&place) else { continue };
        match noise.below(8) {
            0 => {
                if let Some(members) = value.as_object_mut() {
                    let name = members.keys().nth(noise.below(members.len())).cloned().unwrap_or_default();
                    members.remove(&name);
                }
            }
            1 => {
                if let Some(members) = value.as_object_mut() {
                    members.insert(format!("odd{}", noise.below(3)), json!(1));
                }
            }
            2 => {
                if let Some(items) = value.as_array_mut() {
                    let again = items.first().cloned().unwrap_or_default();
                    items.extend(std::iter::repeat_n(again, 1 + noise.below(70)));
                }
            }
            3 => *value = Value::Array(vec![value.take()]),
            4 => *value = Value::Object(Map::from_iter([("x".to_owned(), value.take())])),
            5 => {
                if let Some(text) = value.as_str() {
                    let cut: String = text.chars().take(noise.below(text.len() + 1)).collect();
                    *value = json!(cut + noise.one_of::<&str>(&["", " ", "\u{0}", "\u{7f}", "é", "\u{2028}", "'", "<b>"]));
                }
            }
            _ => {
                let mark = format!("odd-{}-value", marks.len());
                *value = json!(mark);
                marks.push((json!(mark).to_string(), noise.one_of(odd).clone()));
            }
        }
    }
    let text = marks.iter().fold(body.to_string(), |text, (mark, odd)| text.replace(mark, odd));
    let mut bytes = text.into_bytes();
    if noise.below(10) == 0 && !bytes.is_empty() {
        let at = noise.below(bytes.len());
        match noise.below(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] = u8::try_from(noise.below(256)).expect("a byte"),
            _ => bytes.insert(at, b'"'),
        }
    }
    bytes
}

async fn fuzz(routes: impl Fn(&Route) -> bool) {
    let odd = odd_values();
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for route in with_body().filter(|route| routes(route)) {
        let scene = Scene::start().await;
        let asked = Asked::of(&scene, route);
        let mut refused = 0;
        for round in 0..ROUNDS {
            let good = scene.body(&route.key(), round).expect("a body");
            let body = mutate(&good, &odd, &mut noise);
            let shown = String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned();
            scene.portal.take_calls();
            let reply = asked.json(body).await;
            let changed = asked.asked_and_changed().1;
            assert!(!reply.status.is_server_error(), "{} {shown}: {}", route.key(), reply.body);
            assert!(reply.status != 400 || !changed, "{} {shown}: refused and yet stored", route.key());
            refused += usize::from(reply.status == 400);
        }
        assert!(refused > ROUNDS / 10, "{}: {refused}", route.key());
        scene.portal.end_with_jobs().await;
    }
}

#[tokio::test]
async fn mutated_bodies_of_developers_never_make_a_fault() {
    fuzz(|route| route.path.starts_with("/api/")).await;
}

#[tokio::test]
async fn mutated_bodies_about_portals_never_make_a_fault() {
    fuzz(|route| route.path.starts_with("/v3/portals")).await;
}

#[tokio::test]
async fn mutated_bodies_about_apis_and_strategies_never_make_a_fault() {
    fuzz(|route| route.path.starts_with("/v3/apis") || route.path.starts_with("/v2/")).await;
}

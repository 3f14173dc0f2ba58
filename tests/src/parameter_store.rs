//! Parameter Store on a loopback address: it keeps SecureStrings, notes who asks for what, and answers as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Default)]
struct Contents {
    /// Type and value by name.
    parameters: BTreeMap<String, (String, String)>,
    asked: Vec<String>,
    refusal: Option<(StatusCode, String)>,
}

/// A Parameter Store.
#[derive(Clone)]
pub struct FakeParameterStore {
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    contents: Arc<Mutex<Contents>>,
}

impl FakeParameterStore {
    /// One without parameters.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let contents = Arc::<Mutex<Contents>>::default();
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&contents));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, contents }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Contents) -> T) -> T {
        change(&mut self.contents.lock().expect("nobody panics with it"))
    }

    /// Keeps a SecureString.
    pub fn keep(&self, name: &str, value: &str) {
        self.keep_as(name, "SecureString", value);
    }

    /// Keeps a parameter of another type.
    pub fn keep_as(&self, name: &str, kind: &str, value: &str) {
        self.with(|contents| contents.parameters.insert(name.to_owned(), (kind.to_owned(), value.to_owned())));
    }

    /// Forgets a parameter.
    pub fn forget(&self, name: &str) {
        self.with(|contents| contents.parameters.remove(name));
    }

    /// Answers with an error of that code, or again with what it has.
    pub fn refuse(&self, refusal: Option<(StatusCode, &str)>) {
        self.with(|contents| contents.refusal = refusal.map(|(status, code)| (status, code.to_owned())));
    }

    /// The names that were asked for since the last time, sorted.
    pub fn take_asked(&self) -> Vec<String> {
        let mut asked = self.with(|contents| std::mem::take(&mut contents.asked));
        asked.sort();
        asked
    }
}

async fn answer(State(contents): State<Arc<Mutex<Contents>>>, headers: HeaderMap, body: String) -> Response {
    let mut contents = contents.lock().expect("nobody panics with it");
    let signed = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let action = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let fits = signed.contains("/ssm/aws4_request") && action == "AmazonSSM.GetParameters" && asked["WithDecryption"] == true;
    let refusal = if fits { contents.refusal.clone() } else { Some((StatusCode::BAD_REQUEST, "ValidationException".to_owned())) };
    let names: Vec<_> = asked["Names"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    contents.asked.extend(names.iter().cloned());
    if let Some((status, code)) = refusal {
        return (status, json!({ "__type": code, "message": "refused" }).to_string()).into_response();
    }
    let (known, unknown): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| contents.parameters.contains_key(name));
    let known = known.into_iter().filter_map(|name| {
        let (kind, value) = contents.parameters.get(&name)?;
        Some(json!({ "Name": name, "Type": kind, "Value": value, "Version": 1 }))
    });
    json!({ "Parameters": known.collect::<Vec<_>>(), "InvalidParameters": unknown }).to_string().into_response()
}

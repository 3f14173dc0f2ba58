//! Somebody who calls the portal's API without a browser: what a scene has before its windows open.

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};

use crate::scene::Scene;

/// The password of everybody who does not choose one in a window.
pub(crate) const PASSWORD: &str = "a quiet harbour at dawn";

/// A program with somebody's session or token.
pub(crate) struct Program {
    http: Client,
    origin: String,
    with: (header::HeaderName, String),
}

impl Program {
    /// With an administrator's token.
    pub(crate) fn of_administrator(scene: &Scene) -> Self {
        Self::with(scene, header::AUTHORIZATION, format!("Bearer {}", scene.token))
    }

    /// With the session of a new developer, whose address is proven and whose password is [`PASSWORD`]. Who waits for approval has
    /// none.
    pub(crate) async fn of_new_developer(scene: &Scene, email: &str, name: &str) -> Self {
        let mut program = Self::with(scene, header::COOKIE, String::new());
        program.post("/api/v3/developer", json!({ "email": email, "full_name": name })).await;
        let link = scene.link(email).await;
        let token = link.split_once("token=").expect("a token").1;
        let verified = program.post("/api/v3/developer/verify-email", json!({ "token": token })).await;
        program.post("/api/v3/developer/reset-password", json!({ "token": verified["token"], "password": PASSWORD })).await;
        program.sign_in(email).await;
        program
    }

    /// With a session of a developer who has [`PASSWORD`].
    pub(crate) async fn with_password(scene: &Scene, email: &str) -> Self {
        let mut program = Self::with(scene, header::COOKIE, String::new());
        program.sign_in(email).await;
        program
    }

    fn with(scene: &Scene, name: header::HeaderName, value: String) -> Self {
        Self { http: Client::new(), origin: scene.origin.clone(), with: (name, value) }
    }

    /// Takes a session, if the developer may have one.
    pub(crate) async fn sign_in(&mut self, email: &str) {
        let form = json!({ "username": email, "password": PASSWORD });
        let request = self.http.post(format!("{}/api/v3/developer/authenticate", self.origin)).json(&form);
        let reply = request.send().await.expect("an answer");
        let cookies = reply.headers().get_all(header::SET_COOKIE).iter().map(|line| line.to_str().expect("text"));
        let pairs: Vec<_> = cookies.filter_map(|line| line.split(';').next()).collect();
        self.with.1 = pairs.join("; ");
    }

    /// What a request is answered; it must succeed.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// What a request is answered.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.origin)).header(&self.with.0, &self.with.1);
        if !body.is_null() {
            request = request.json(&body);
        }
        let reply = request.send().await.expect("an answer");
        (reply.status(), reply.json().await.unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.send(Method::POST, path, body).await
    }
}

/// The id of what an answer shows.
pub(crate) fn id(answer: &Value) -> &str {
    answer["id"].as_str().expect("an id")
}

//! A developer and an administrator at a running portal's door: HTTP and nothing else.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::command::{Folder, Portal};

const PASSWORD: &str = "a quiet harbour at dawn";

/// Status and body of a reply; a body that is not JSON is null.
pub(super) type Reply = (u16, Value);

/// Somebody's way to a portal.
pub(super) struct Door {
    address: String,
    token: String,
    session: String,
    pub(super) http: Client,
}

impl Door {
    /// An administrator and nobody yet.
    pub(super) fn to(portal: &Portal, folder: &Folder) -> Self {
        let token = std::fs::read_to_string(folder.data().join("admin-token")).expect("the administrator's token");
        let address = portal.address.clone();
        Self { address, token: token.trim().to_owned(), session: String::new(), http: Client::new() }
    }

    /// Signs up, follows the mails and signs in: possible without an administrator if the portal approves by itself.
    pub(super) async fn sign_up(&mut self, email: &str) -> Value {
        let (status, _) = self.post("/api/v3/developer", json!({ "email": email, "full_name": "Ada" })).await;
        assert_eq!(status, 201);
        let link = self.text(&format!("/_local/mail?to={email}&link")).await;
        let token = link.trim().split_once("token=").expect("the mail has a link with a token").1.to_owned();
        let (_, reset) = self.post("/api/v3/developer/verify-email", json!({ "token": token })).await;
        let (status, _) = self
            .post("/api/v3/developer/reset-password", json!({ "token": reset["token"].as_str(), "password": PASSWORD }))
            .await;
        assert!(status < 300, "{status}");
        let sign_in = self.request(Method::POST, "/api/v3/developer/authenticate");
        let reply = sign_in.json(&json!({ "username": email, "password": PASSWORD })).send().await.expect("an answer");
        assert_eq!(reply.status(), 204);
        let cookies = reply.headers().get_all("set-cookie").iter().map(|line| line.to_str().expect("text"));
        let session = cookies.rev().find(|line| line.starts_with("portalaccesstoken=")).expect("a session");
        self.session = session.split(';').next().expect("a cookie").to_owned();
        self.get("/api/v3/developer/me").await.1
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        if self.session.is_empty() { request } else { request.header("cookie", &self.session) }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        reply(self.request(Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Reply {
        reply(self.request(Method::POST, path).json(&body)).await
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: Value) -> Reply {
        reply(self.request(method, path).json(&body)).await
    }

    pub(super) async fn text(&self, path: &str) -> String {
        self.request(Method::GET, path).send().await.expect("an answer").text().await.expect("text")
    }

    pub(super) async fn admin(&self, method: Method, path: &str, body: Value) -> Reply {
        reply(self.http.request(method, format!("{}{path}", self.address)).bearer_auth(&self.token).json(&body)).await
    }

    /// The portal's path in the management contract.
    pub(super) async fn portal(&self) -> String {
        let (_, portals) = self.admin(Method::GET, "/v3/portals", Value::Null).await;
        format!("/v3/portals/{}", id(&portals["data"][0]))
    }

    /// A new application and its API key.
    pub(super) async fn application(&self, name: &str) -> (String, String) {
        let (status, application) = self.post("/api/v3/applications", json!({ "name": name })).await;
        assert_eq!(status, 201, "{application}");
        let application = format!("/api/v3/applications/{}", id(&application));
        let (_, key) = self.post(&format!("{application}/credentials"), json!({ "display_name": "Key" })).await;
        (application, key["credential"].as_str().expect("the key, once").to_owned())
    }

    /// Asks for the API of a slug.
    pub(super) async fn register(&self, application: &str, slug: &str) -> Reply {
        let (_, api) = self.get(&format!("/api/v3/apis/{slug}")).await;
        self.post(&format!("{application}/registrations"), json!({ "api_id": id(&api) })).await
    }

    /// The status of a call of a published API.
    pub(super) async fn call(&self, path: &str, key: &str) -> u16 {
        let call = self.http.get(format!("{}/gateway/{path}", self.address)).header("apikey", key);
        call.send().await.expect("an answer").status().as_u16()
    }
}

pub(super) fn id(item: &Value) -> String {
    item["id"].as_str().expect("an id").to_owned()
}

pub(super) async fn reply(request: RequestBuilder) -> Reply {
    let reply = request.send().await.expect("an answer");
    (reply.status().as_u16(), reply.json().await.unwrap_or_default())
}

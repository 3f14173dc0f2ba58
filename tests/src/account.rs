//! Accounts as their owners come by them: what a mail would have said, and the whole way from the sign-up to a session.

use portico_domain::developer::Developer;
use portico_domain::event::{Event, Name};
use portico_domain::id::DeveloperId;
use portico_domain::mail_token::{MailKey, MailToken, Purpose};
use portico_domain::status::Status;
use portico_store::{Key, Update};
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::portal::{MAIL_KEY, TestPortal};

/// `register`.
pub const SIGN_UP: &str = "/api/v3/developer";
/// `verify-email`.
pub const VERIFY_EMAIL: &str = "/api/v3/developer/verify-email";
/// `forgot-password`.
pub const FORGOT_PASSWORD: &str = "/api/v3/developer/forgot-password";
/// `reset-password`.
pub const RESET_PASSWORD: &str = "/api/v3/developer/reset-password";
/// `authenticate`.
pub const AUTHENTICATE: &str = "/api/v3/developer/authenticate";
/// `refresh`.
pub const REFRESH: &str = "/api/v3/developer/refresh";
/// `logout`.
pub const LOGOUT: &str = "/api/v3/developer/logout";
/// `change-password`.
pub const CHANGE_PASSWORD: &str = "/api/portico/v1/developer/change-password";
/// `get-developer-me`.
pub const ME: &str = "/api/v3/developer/me";

/// A password that every rule lets pass.
pub const PASSWORD: &str = "violet tractor hums at dusk";

impl TestPortal {
    /// The developer who has an address, if somebody has.
    pub async fn developer(&self, email: &str) -> Option<Developer> {
        let store = &self.portal.store;
        let guard = store.get(&Key::email_guard(self.id(), email)).await.expect("the store answers")?;
        let id: DeveloperId = guard.text("owner").expect("an owner").parse().expect("an id");
        Some(store.find(&Key::developer(id)).await.expect("the store answers").expect("the owner of the address is there"))
    }

    /// A developer who is there.
    pub async fn known(&self, email: &str) -> Developer {
        self.developer(email).await.expect("the developer is there")
    }

    /// What happened to a developer; in no order, where the clock stood still.
    pub async fn events_of(&self, id: DeveloperId) -> Vec<Event> {
        self.portal.store.children_as(Key::developer(id).pk(), "EVENT#").await.expect("the store answers")
    }

    /// The names of what happened to the developer who has an address, sorted.
    pub async fn history(&self, email: &str) -> Vec<&'static str> {
        let id = self.known(email).await.id;
        let mut names: Vec<_> = self.events_of(id).await.iter().map(|event| event.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The token in the last mail of a kind to an address, derived from the event as the sender does.
    pub async fn mailed(&self, email: &str, name: Name) -> String {
        let developer = self.known(email).await;
        let events = self.events_of(developer.id).await;
        let generations = events.iter().filter(|event| event.name == name).filter_map(|event| event.data["generation"].as_u64());
        let generation = generations.max().expect("a mail with a link");
        let purpose = match name {
            Name::DeveloperSignedUp | Name::DeveloperSignedUpAgain => Purpose::Verify,
            _ => Purpose::Password,
        };
        MailToken::derive(&MailKey::new(MAIL_KEY), self.id(), purpose, developer.id, generation).expose().to_string()
    }

    /// A developer who signed up, proved the address and set [`PASSWORD`]; the status is as it is asked for.
    pub async fn account(&self, email: &str, status: Status) -> DeveloperId {
        let anonymous = self.anonymous();
        anonymous.sign_up(email).await.expect(201);
        let token = self.mailed(email, Name::DeveloperSignedUp).await;
        let verified = anonymous.verify_email(&token).await.expect(202);
        anonymous.reset_password(verified.body["token"].as_str().expect("a token"), PASSWORD).await.expect(204);
        let id = self.known(email).await.id;
        self.decide(id, status).await;
        self.take_calls();
        id
    }

    /// Gives a developer a status beside the administrators' routes, and ends the sessions as they do.
    pub async fn decide(&self, id: DeveloperId, status: Status) {
        let update = Update::of(Key::developer(id)).set("status", &status).add("epoch", 1);
        self.portal.store.edit(update).await.expect("the status is set");
    }

    /// The number of store calls of a request.
    pub async fn calls_of<T>(&self, request: impl Future<Output = T>) -> usize {
        self.take_calls();
        request.await;
        self.take_calls().len()
    }
}

impl Client {
    /// Signs up.
    pub async fn sign_up(&self, email: &str) -> Reply {
        self.post(SIGN_UP, json!({ "email": email, "full_name": "Ada Lovelace" })).await
    }

    /// Asks for a link to set a password.
    pub async fn forgot_password(&self, email: &str) -> Reply {
        self.post(FORGOT_PASSWORD, json!({ "email": email })).await
    }

    /// Uses the link of a verification mail.
    pub async fn verify_email(&self, token: &str) -> Reply {
        self.post(VERIFY_EMAIL, json!({ "token": token })).await
    }

    /// Sets a password.
    pub async fn reset_password(&self, token: &str, password: &str) -> Reply {
        self.post(RESET_PASSWORD, json!({ "token": token, "password": password })).await
    }

    /// Sets another password, signed in.
    pub async fn change_password(&self, current: &str, new: &str) -> Reply {
        self.post(CHANGE_PASSWORD, json!({ "current_password": current, "new_password": new })).await
    }

    /// Signs in.
    pub async fn authenticate(&self, email: &str, password: &str) -> Reply {
        self.post(AUTHENTICATE, json!({ "username": email, "password": password })).await
    }

    /// Exchanges the refresh cookie.
    pub async fn refresh(&self) -> Reply {
        self.send(http::Method::POST, REFRESH, None).await
    }

    /// Signs out.
    pub async fn logout(&self) -> Reply {
        self.send(http::Method::POST, LOGOUT, None).await
    }

    /// The developer's own profile.
    pub async fn me(&self) -> Reply {
        self.get(ME).await
    }

    /// Sends the same request so many times at the same moment.
    pub async fn race<F, R>(&self, times: usize, request: F) -> Vec<Reply>
    where
        F: Fn(usize, Self) -> R,
        R: Future<Output = Reply> + Send + 'static,
    {
        let asked: Vec<_> = (0..times).map(|number| tokio::spawn(request(number, self.copy()))).collect();
        futures_util::future::join_all(asked).await.into_iter().map(|reply| reply.expect("no panic")).collect()
    }
}

impl Reply {
    /// Everything that an onlooker could compare: status, headers in order, and the body, trace id aside.
    pub fn seen(&self) -> (u16, Vec<(String, String)>, Value) {
        let headers = self.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("a header").to_owned()));
        let mut headers: Vec<_> = headers.filter(|(name, _)| !matches!(name.as_str(), "apigw-requestid" | "date")).collect();
        headers.sort();
        let mut body = self.body.clone();
        if let Some(instance) = body.get_mut("instance") {
            *instance = Value::Null;
        }
        (self.status.as_u16(), headers, body)
    }

    /// The `Set-Cookie` lines.
    pub fn cookie_lines(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("a cookie")).collect()
    }
}

/// How many replies have a status.
pub fn with_status(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status.as_u16() == status).count()
}

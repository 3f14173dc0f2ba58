//! W3C WebDriver, as far as these tests need it: commands to one session of chromedriver, and what it refuses.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::chromedriver::Chromedriver;

/// The member that an element is under, by the standard.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// No command takes as long, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// An element of the page that a session shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element(String);

/// A session: a browser with a profile of its own.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    http: Client,
    base: String,
}

/// A command that was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}: {message}")]
pub(crate) struct Refused {
    /// Such as `stale element reference`.
    pub(crate) error: String,
    /// More words.
    pub(crate) message: String,
}

impl Session {
    /// A new browser with these options for Chromium.
    pub(crate) async fn start(driver: &Chromedriver, options: Value) -> Self {
        let http = Client::builder().timeout(PATIENCE).build().expect("a client");
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            // A dialog fails the command that meets it.
            "unhandledPromptBehavior": "dismiss and notify",
            "timeouts": { "script": 60_000, "pageLoad": 60_000 },
        });
        let unborn = Self { http, base: driver.address() };
        let started = unborn.post("/session", json!({ "capabilities": { "alwaysMatch": wanted } })).await;
        let started = started.expect("Chromium starts: `make browser-test` installs it");
        let id = started["sessionId"].as_str().expect("a session");
        Self { base: format!("{}/session/{id}", unborn.base), ..unborn }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, Refused> {
        self.send(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Value, Refused> {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Refused> {
        self.send(Method::DELETE, path, Value::Null).await
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let asked = self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
        asked.unwrap_or_else(|refused| panic!("{command}: {refused}"))
    }

    /// What a script returns: the body of a function that finds its arguments in `arguments`.
    pub(crate) async fn script(&self, script: &str, arguments: &[Value]) -> Result<Value, Refused> {
        self.post("/execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// What a script hands to its last argument, a function.
    pub(crate) async fn script_that_calls_back(&self, script: &str) -> Result<Value, Refused> {
        self.post("/execute/async", json!({ "script": script, "args": [] })).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Result<Value, Refused> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !body.is_null() {
            request = request.json(&body);
        }
        let reply = request.send().await.expect("chromedriver answers");
        let done = reply.status().is_success();
        let value = reply.json::<Value>().await.expect("chromedriver speaks JSON")["value"].take();
        if done { Ok(value) } else { Err(Refused::of(&value)) }
    }
}

impl Refused {
    fn of(value: &Value) -> Self {
        let text = |member: &str| value[member].as_str().unwrap_or_default().to_owned();
        Self { error: text("error"), message: text("message").lines().next().unwrap_or_default().to_owned() }
    }

    /// Whether the page was about to become another: worth another look.
    pub(crate) fn is_of_a_page_that_goes(&self) -> bool {
        let passing = ["stale element reference", "javascript error", "element click intercepted", "element not interactable"];
        passing.contains(&self.error.as_str()) || self.message.contains("navigat") || self.message.contains("detached")
    }
}

impl Element {
    /// The element that a script returned, if it did.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        value[ELEMENT].as_str().map(|id| Self(id.to_owned()))
    }

    /// As a script's argument.
    pub(crate) fn argument(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }

    /// The path of one of its commands.
    pub(crate) fn path(&self, command: &str) -> String {
        format!("/element/{}/{command}", self.0)
    }
}

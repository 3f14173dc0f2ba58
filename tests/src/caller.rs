//! Somebody who calls published APIs: calls become the events of API Gateway's authorizer, in the form that AWS documents.

use portico::recorded::acting_as;
use serde_json::{Map, Value, json};

use crate::portal::TestPortal;
use crate::seed_catalog::GATEWAY;

/// A call of a published API.
#[derive(Clone, Debug)]
pub struct ApiCall {
    /// The gateway's id.
    pub gateway: String,
    /// The stage.
    pub stage: String,
    /// Method.
    pub method: String,
    /// Path behind the stage.
    pub path: String,
    /// Query string.
    pub query: String,
    /// Headers as they were sent, in order.
    pub headers: Vec<(String, String)>,
}

impl ApiCall {
    /// `GET /` of a seeded API, with nothing to show.
    pub fn to(stage: &str) -> Self {
        Self {
            gateway: GATEWAY.to_owned(),
            stage: stage.to_owned(),
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: vec![("accept".to_owned(), "*/*".to_owned())],
        }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the key in the header of the portal's default strategy.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("apikey", key)
    }

    /// Of another method and path.
    #[must_use]
    pub fn route(mut self, method: &str, path: &str) -> Self {
        (self.method, self.path) = (method.to_owned(), path.to_owned());
        self
    }

    fn arn(&self) -> String {
        let Self { gateway, stage, method, path, .. } = self;
        format!("arn:aws:execute-api:eu-central-1:123456789012:{gateway}/{stage}/{method}{path}")
    }

    /// The event of an HTTP API: payload 2.0, headers in lower case, repeated ones joined by commas.
    pub fn http_api(&self) -> Value {
        let mut headers = Map::new();
        for (name, value) in &self.headers {
            let joined = match headers.get(&name.to_ascii_lowercase()).and_then(Value::as_str) {
                Some(before) => format!("{before},{value}"),
                None => value.clone(),
            };
            headers.insert(name.to_ascii_lowercase(), joined.into());
        }
        let route_key = format!("{} {}", self.method, self.path);
        json!({
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": self.arn(),
            "identitySource": null,
            "routeKey": route_key,
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": self.gateway,
                "domainName": "api.example.test",
                "http": { "method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.9", "userAgent": "" },
                "requestId": "call-1",
                "routeKey": route_key,
                "stage": self.stage,
            },
        })
    }

    /// The event of a REST API: `headers` has the last value of each, `multiValueHeaders` all of them, in the case that was sent.
    pub fn rest_api(&self) -> Value {
        let (mut last, mut all) = (Map::new(), Map::new());
        for (name, value) in &self.headers {
            last.insert(name.clone(), value.clone().into());
            if let Some(all) = all.entry(name.clone()).or_insert_with(|| json!([])).as_array_mut() {
                all.push(value.clone().into());
            }
        }
        json!({
            "type": "REQUEST",
            "methodArn": self.arn(),
            "resource": self.path,
            "path": self.path,
            "httpMethod": self.method,
            "headers": last,
            "multiValueHeaders": all,
            "queryStringParameters": {},
            "requestContext": {
                "apiId": self.gateway, "stage": self.stage, "requestId": "call-1", "httpMethod": self.method, "path": self.path,
            },
        })
    }
}

impl TestPortal {
    /// The authorizer's answer to an event.
    pub async fn authorizer(&self, event: Value) -> Value {
        acting_as("authorize", authorize::handle(&self.portal, event)).await.expect("the authorizer has no errors")
    }

    /// What the backend of an HTTP API would be told of a call, or nothing if the call is refused.
    pub async fn call(&self, call: &ApiCall) -> Option<Value> {
        let answer = self.authorizer(call.http_api()).await;
        match &answer["isAuthorized"] {
            Value::Bool(true) => Some(answer["context"].clone()),
            _ => None,
        }
    }
}

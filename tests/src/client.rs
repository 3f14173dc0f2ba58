//! A strict client: it holds every reply against the contract and keeps cookies as a browser does.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use crate::contract::{Contract, check_problem};
use crate::openapi::Described;
use crate::portal::{SOURCE, TestPortal};

/// Somebody who calls the portal. Clones share their cookies, as the tabs of a browser do.
#[derive(Clone)]
pub struct Client {
    portal: TestPortal,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
    headers: HeaderMap,
    source: IpAddr,
    /// What a developer's tests want to know of the developer behind the session.
    pub developer: Option<portico_domain::id::DeveloperId>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers, `Set-Cookie` lines included.
    pub headers: HeaderMap,
    /// The body as JSON; null if there is none or it is something else.
    pub body: Value,
    /// The body as it came.
    pub bytes: Bytes,
}

impl Client {
    /// Somebody without session or token.
    pub fn new(portal: TestPortal) -> Self {
        Self { portal, cookies: Arc::default(), headers: HeaderMap::new(), source: SOURCE, developer: None }
    }

    /// With a bearer token.
    pub fn with_bearer(self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// With a header on every request.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a header value"));
        self
    }

    /// Calling from another address.
    pub fn from(mut self, source: IpAddr) -> Self {
        self.source = source;
        self
    }

    /// Another browser of the same developer: the cookies as they are now, but no longer shared.
    pub fn copy(&self) -> Self {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { cookies: Arc::new(Mutex::new(cookies)), ..self.clone() }
    }

    /// The portal that is called.
    pub fn portal(&self) -> &TestPortal {
        &self.portal
    }

    /// Sets a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Any method, with a JSON body or none.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = http::Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        self.send_raw(request.body(body).expect("a request")).await
    }

    /// Any request; cookies and the client's headers are added. The reply is held against the contract.
    pub async fn send_raw(&self, mut request: http::Request<Bytes>) -> Reply {
        for (name, value) in &self.headers {
            request.headers_mut().entry(name).or_insert(value.clone());
        }
        let path = request.uri().path().to_owned();
        let method = request.method().clone();
        let line = {
            let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
            let limited = [("portalrefreshtoken", "/api/v3/developer/refresh"), ("portalidtoken", "/api/v3/developer/logout")];
            let goes = |name: &str| limited.iter().all(|(known, to)| *known != name || *to == path);
            let sent = cookies.iter().filter(|(name, _)| goes(name));
            sent.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        };
        if !line.is_empty() && !request.headers().contains_key(header::COOKIE) {
            request.headers_mut().insert(header::COOKIE, line.parse().expect("cookies"));
        }
        let response = self.portal.send(request, self.source).await;
        for line in response.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().expect("a cookie").split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.set_cookie(name, value);
            }
        }
        let (parts, bytes) = response.into_parts();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let reply = Reply { status: parts.status, headers: parts.headers, body, bytes };
        reply.check(&method, &path);
        reply
    }
}

impl Reply {
    /// Holds the reply against the contract.
    fn check(&self, method: &Method, path: &str) {
        let status = self.status.as_u16();
        let media = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert!(status != 500, "{method} {path}: {}", self.body);
        let is_page = media.is_some_and(|media| media.starts_with("text/html"));
        let faults = if is_page {
            assert!(!path.starts_with("/api/") && !path.starts_with("/v"), "{method} {path}: a page");
            Ok(())
        } else if status == 303 || (status == 302 && !path.starts_with("/api/")) {
            assert!(self.headers.contains_key(header::LOCATION), "{method} {path}: it leads somewhere");
            Ok(())
        } else if status >= 400 {
            assert_eq!(media, Some("application/problem+json"), "{method} {path}: {status} {:?}", self.bytes);
            check_problem(status, &self.body)
        } else {
            match Contract::load().match_route(method.as_str(), path) {
                Some(operation) => operation.check_response(status, media, &self.body),
                None => Ok(()),
            }
        };
        assert_eq!(faults, Ok(()), "{method} {path}: {status} {}", self.body);
        if !is_page && !matches!(status, 302 | 303) {
            let faults = Described::load().check(method.as_str(), path, status, media, &self.body);
            assert_eq!(faults, Ok(()), "{method} {path}: {status} {}", self.body);
        }
    }

    /// Requires a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Requires a problem of a kind, such as `reference-id-taken`.
    #[track_caller]
    pub fn expect_problem(self, status: u16, kind: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.body["type"], format!("urn:portico:problem:{kind}"), "{}", reply.body);
        reply
    }

    /// Requires a 400 that names these fields and no others.
    #[track_caller]
    pub fn expect_invalid(self, fields: &[&str]) -> Self {
        let reply = self.expect_problem(400, "invalid-request");
        let mut named: Vec<_> = reply.body["invalid_parameters"]
            .as_array()
            .map(|all| all.iter().filter_map(|one| one["field"].as_str()).collect())
            .unwrap_or_default();
        named.sort_unstable();
        let mut wanted = fields.to_vec();
        wanted.sort_unstable();
        assert_eq!(named, wanted, "{}", reply.body);
        reply
    }

    /// The `id` of the body.
    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().expect("an id").to_owned()
    }
}
